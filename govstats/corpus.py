"""A folder of reports -> tidy tables. A bad file costs that file only, and is listed."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from govstats.document import ReportError
from govstats.extract import STATED, UNREAD
from govstats.readers import LARGEST, load
from govstats.readers.archive import Archives, members_of
from govstats.readers.pictures import Beside, beside_file
from govstats.report import Report, read_report
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
    """Files named, and every file below the folders named, sorted; hidden ones are left out.

    A source's name is relative to its folder; where two would be the same, both keep their path.
    A zip archive gives its members, named archive.zip/member; members over `largest` bytes are
    listed, and reading them tells that they are too large.
    """
    found: list[tuple[Source, Path]] = []
    for path in paths:
        inner = list(_walk(path)) if path.is_dir() else [path]
        base = path if path.is_dir() else path.parent
        found += [(Source(file, file.relative_to(base).as_posix()), file) for file in inner]
    times = Counter(source.name for source, _ in found)
    named = [
        source if times[source.name] == 1 else Source(file, file.as_posix())
        for source, file in found
    ]
    return [each for source in named for each in _with_members(source, largest)]


def _with_members(source: Source, largest: int) -> list[Source]:
    members = members_of(source.path, largest)
    inside = [Source(source.path, f"{source.name}/{each.name}", each.place) for each in members]
    return inside or [source]


def _walk(folder: Path) -> Iterator[Path]:
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(base) / name


def collect(
    sources: Iterable[Source], largest: int = LARGEST, advance: Callable[[], object] = lambda: None
) -> Collection:
    """Read every source, calling `advance` after each.

    A second file with the same bytes is not read again but listed as a duplicate.
    """
    collection = Collection()
    first_with: dict[str, str] = {}
    with Archives() as archives:
        for source in sources:
            _add(source, archives, largest, collection, first_with)
            advance()
    return collection


def _add(
    source: Source,
    archives: Archives,
    largest: int,
    collection: Collection,
    first_with: dict[str, str],
) -> None:
    """Read one source into the collection; `first_with` tells which had the same bytes."""
    try:
        data = (
            archives.load(source.path, source.place, largest)
            if source.place
            else load(source.path, largest)
        )
        digest = hashlib.sha256(data).hexdigest()
        if digest in first_with:
            raise ReportError(DUPLICATE, f"has the same content as {first_with[digest]}")
        first_with[digest] = source.name
        beside = beside_source(source, archives, largest)
        collection.reports.append(read_report(source.name, data, beside))
    except ReportError as error:
        collection.failures.append(Failure(source.name, error.stage, f"{source.name} {error}"))
    except Exception as error:  # noqa: BLE001 - a fault of ours must not cost the other files
        fault = f"{type(error).__name__}: {error}"
        message = f"{source.name} met a fault in govstats ({fault}): please report it"
        collection.failures.append(Failure(source.name, "extract", message))


def beside_source(source: Source, archives: Archives, largest: int = LARGEST) -> Beside:
    """What lies beside a source: in its folder, or in its folder within its archive."""
    if source.place:
        return archives.beside(source.path, source.place, largest)
    return beside_file(source.path)


def write(collection: Collection, folder: Path, file_format: str = "csv") -> None:
    """Write every table of `tables.EXTRACTED`. Raises OSError when that is impossible."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*_ROWS, "failures"):
        write_table(name, rows_of(collection, name), folder, file_format)


def rows_of(collection: Collection, name: str) -> Iterator[Sequence[Any]]:
    """The rows of one table (reports, cells, checks, prose, topics, failures), columns in order."""
    if name == "failures":
        return ((f.source, f.stage, f.error) for f in collection.failures)
    return (row for report in collection.reports for row in _ROWS[name](report))


def _report_rows(report: Report) -> Iterator[Sequence[Any]]:
    found = report.extraction
    forms = [found.forms.get(name, "") for name in ("disclosure", "requests", "remedies")]
    counts = [report.count(STATED), report.count(UNREAD), len(report.violated())]
    head = [report.report_id, report.source, report.sha256, report.format, found.title, found.year]
    yield [*head, *forms, *counts, *astuple(report.issuer), "; ".join(report.remarks)]


def _cell_rows(report: Report) -> Iterator[Sequence[Any]]:
    for cell in report.extraction.cells:
        known = [cell.value, cell.corrected, cell.correction, cell.unit, cell.printed]
        known += [cell.status, cell.low, cell.high]
        yield [report.report_id, *cell.address, *known, cell.form, cell.locator, cell.label]


def _check_rows(report: Report) -> Iterator[Sequence[Any]]:
    for found in report.checks:
        sides = [found.left, found.right, found.difference]
        yield [report.report_id, found.name, found.address, *sides, found.verdict, found.corrected]


def _prose_rows(report: Report) -> Iterator[Sequence[Any]]:
    for figure in report.figures:
        about = "approximate" if figure.approximate else ""
        stated = [figure.measure, figure.value, figure.unit, about, figure.scope]
        yield [report.report_id, *stated, figure.section, figure.start, figure.end]


def _topic_rows(report: Report) -> Iterator[Sequence[Any]]:
    for topic in report.topics:
        yield [report.report_id, topic.topic, topic.theme, topic.about, topic.count]


_ROWS: dict[str, Callable[[Report], Iterator[Sequence[Any]]]] = {
    "reports": _report_rows,
    "cells": _cell_rows,
    "checks": _check_rows,
    "prose": _prose_rows,
    "topics": _topic_rows,
}
