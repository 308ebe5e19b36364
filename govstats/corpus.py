"""Files, folders and zip archives as sources of reports, and what comes of them, in memory.

They are read by govstats.batch.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from govstats import outcome
from govstats.document import ReportError
from govstats.outcome import REPORTED
from govstats.readers import LARGEST, load
from govstats.readers.archive import Archives, is_hidden, members_of
from govstats.readers.clock import SECONDS
from govstats.readers.limits import MOST_PAGES
from govstats.readers.pictures import Beside, beside_file
from govstats.report import Report
from govstats.tables import write_table

DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: where it is, and its name relative to the folder that was given.

    `place` is set for a file in a zip archive at `path`: its index there, and in the one inside.
    """

    path: Path
    name: str
    place: tuple[int, ...] = ()


class Limits(NamedTuple):
    """Bytes, seconds and pages of a file beyond which it is not read."""

    largest: int = LARGEST
    seconds: float = SECONDS
    most_pages: int = MOST_PAGES


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that gave no report: the stage (find, read, decode, extract, duplicate) and why."""

    source: str
    stage: str
    error: str


@dataclass
class Collection:
    """What a run gives: every file is in exactly one of the two lists, in the order given."""

    reports: list[Report] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def failed(self) -> list[Failure]:
        """Failures that are not mere duplicates."""
        return [failure for failure in self.failures if failure.stage != DUPLICATE]


def find_sources(paths: Sequence[Path], largest: int = LARGEST) -> list[Source]:
    """All of `walk_sources`, as a list."""
    return list(walk_sources(paths, largest))


def walk_sources(paths: Sequence[Path], largest: int = LARGEST) -> Iterator[Source]:
    """Files named, and every file below the folders named, sorted; hidden ones are left out.

    A source's name is relative to its folder; where two would be the same, both keep their path.
    A zip archive gives its members, named archive.zip/member; members over `largest` bytes are
    listed, and reading them tells that they are too large. Sources come one at a time: of a
    million none is kept, but eight bytes of each name where several paths are given.
    """
    repeated = _repeated(paths)
    for path in paths:
        for file, name in _files(path):
            alone = not repeated or _short(name) not in repeated
            yield from _with_members(file, name if alone else _legible(file.as_posix()), largest)


def count_sources(paths: Sequence[Path], largest: int = LARGEST) -> int:
    """How many sources there will be, at a glance: only what is named .zip is looked into."""
    return sum(
        len(members_of(file, largest)) or 1 if name.lower().endswith(".zip") else 1
        for path in paths
        for file, name in _files(path)
    )


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    """A file, or the files below a folder: where each is, and its name relative to the folder."""
    if not path.is_dir():
        yield path, _legible(path.name)
        return
    top = len(os.path.join(path, ""))
    # A folder that cannot be listed is a source too, so that it is told as a failure.
    unlisted: list[OSError] = []
    for base, folders, names in os.walk(path, onerror=unlisted.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not is_hidden(name):
                file = os.path.join(base, name)
                yield Path(file), _legible(file[top:].replace(os.sep, "/"))
    for error in unlisted:
        yield Path(error.filename), _legible(error.filename[top:].replace(os.sep, "/"))


def _legible(name: str) -> str:
    """The name, with bytes that are no UTF-8 (unpacked from archives of Windows) as GB18030."""
    if name.isascii():
        return name
    for encoding in ("utf-8", "gb18030"):
        try:
            return os.fsencode(name).decode(encoding)
        except UnicodeError:
            continue
    return name.encode("utf-8", "replace").decode()


def _repeated(paths: Sequence[Path]) -> set[int]:
    seen: set[int] = set()
    twice: set[int] = set()
    if len(paths) > 1:
        for path in paths:
            for _, name in _files(path):
                number = _short(name)
                (twice if number in seen else seen).add(number)
    return twice


def _short(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest())


def _with_members(file: Path, name: str, largest: int) -> Iterator[Source]:
    members = members_of(file, largest)
    for each in members:
        yield Source(file, f"{name}/{each.name}", each.place)
    if not members:
        yield Source(file, name)


def load_source(source: Source, archives: Archives, largest: int) -> bytes:
    """The bytes of a source. Raises ReportError (stage find, read or decode); nothing else."""
    try:
        if source.place:
            return archives.load(source.path, source.place, largest)
        if source.path.is_dir():
            raise ReportError("find", "is a folder that cannot be listed: check its permissions")
        if source.path.exists() and not source.path.is_file():
            raise ReportError("find", "is a pipe, socket or device: give files and folders")
        return load(source.path, largest)
    except ReportError:
        raise
    except Exception as error:
        fault = outcome.faulty("", error)
        raise ReportError(fault.stage, fault.error) from error


def same_content(first: str) -> str:
    """What is said of a file with the same bytes as an earlier one."""
    return f"has the same content as {first}"


def beside_source(source: Source, archives: Archives, largest: int = LARGEST) -> Beside:
    """What lies beside a source: in its folder, or in its folder within its archive."""
    if source.place:
        return archives.beside(source.path, source.place, largest)
    return beside_file(source.path)


def write(collection: Collection, folder: Path, file_format: str = "csv") -> None:
    """Write every table of `tables.EXTRACTED`. Raises OSError when that is impossible."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*REPORTED, "failures"):
        write_table(name, rows_of(collection, name), folder, file_format)


def rows_of(collection: Collection, name: str) -> Iterator[Sequence[Any]]:
    """The rows of one table (reports, cells, checks, prose, topics, failures), columns in order."""
    if name == "failures":
        return ((f.source, f.stage, f.error) for f in collection.failures)
    return (row for report in collection.reports for row in outcome.rows_of(report, name))
