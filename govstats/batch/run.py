"""The front door: files, folders and archives of any number -> tables.

A run that was ended, however that came, goes on where it was: what has been read lies in parts
below the folder of the tables and is known by the hash of its bytes.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC
from pathlib import Path

from govstats.batch import engine
from govstats.batch.guard import Order, Task, read_task, seconds_in_words
from govstats.batch.index import Index, LockedError, lock
from govstats.batch.merge import Summary, write_tables
from govstats.batch.parts import fingerprint, held_by, write_part
from govstats.corpus import LIMITS, Failure, Limits, Source, load_source, walk_sources
from govstats.document import ReportError
from govstats.outcome import Outcome, pages_in_words
from govstats.readers.archive import Archives
from govstats.report import digest_of
from govstats.tables import EXTRACTED, FORMATS

# Hidden, so that it is never taken for reports.
PARTS = ".govstats-parts"
# A part is written after so many files or seconds: what a run that is killed has to read again.
_PART_FILES = 512
_PART_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Options:
    """Limits of a file, format of the tables, and where files are read.

    workers: processes, 0 for one a core; cluster: address of a Dask scheduler, or ''; fresh: read
    all anew.
    """

    limits: Limits = LIMITS
    file_format: str = "csv"
    workers: int = 0
    cluster: str = ""
    fresh: bool = False
    read: Callable[[Task], Outcome] = read_task


class OutputError(Exception):
    """The folder for the tables cannot be used: which, why, and what to do."""


def extract(
    paths: Sequence[Path],
    out: Path,
    options: Options,
    advance: Callable[[int], object] = lambda files: None,
    tell: Callable[[Failure], object] = lambda failure: None,
) -> Summary:
    """Read every source below `paths` and write the tables of `tables.EXTRACTED` to `out`.

    `advance` hears how many files more are done, `tell` of every failure but duplicates. Raises
    OutputError; EngineError and GuardError where no process or cluster can be had.
    """
    try:
        work = out / PARTS
        work.mkdir(parents=True, exist_ok=True)
        with lock(work / "lock"):
            return _Run(out, work, options, advance).run(paths, tell)
    except (OSError, sqlite3.Error) as error:
        raise OutputError(_what_to_do(out, error)) from error


def _what_to_do(out: Path, error: OSError | sqlite3.Error) -> str:
    said = getattr(error, "strerror", None) or str(error)
    if isinstance(error, LockedError):
        return f"{out} cannot be written ({said}): wait for it, or choose another --out"
    full = getattr(error, "errno", None) in (ENOSPC, EDQUOT) or "disk is full" in said
    if full:
        return f"{out} is full ({said}): make room and run the same again, what was read is kept"
    return f"{out} cannot be written ({said}): choose another --out"


def kept(out: Path) -> int:
    """Bytes of the parts that lie below a folder of tables."""
    return sum(path.stat().st_size for path in (out / PARTS).glob("*.parquet"))


class _Run:
    """One run: its parts, by number, and the index that says what they hold."""

    def __init__(
        self, out: Path, work: Path, options: Options, advance: Callable[[int], object]
    ) -> None:
        self._out, self._work, self._options, self._advance = out, work, options, advance
        self._parts: list[Path] = []
        self._packed: list[bytes] = []
        self._packed_files = 0
        self._last = time.monotonic()
        self._index = Index(work / "index")

    def run(self, paths: Sequence[Path], tell: Callable[[Failure], object]) -> Summary:
        with closing(self._index):
            self._find_parts()
            own = {f"{name}.{kind}" for name in EXTRACTED for kind in FORMATS}
            here = self._out.resolve()
            self._read(
                source
                for source in walk_sources(paths, self._options.limits.largest)
                # What an earlier run wrote among the reports is none.
                if source.path.name not in own or source.path.parent.resolve() != here
            )
            folders = (self._out, self._work)
            entries = self._index.entries()
            kind = self._options.file_format
            summary = write_tables(entries, self._parts, folders, kind, tell)
        (self._work / "index").unlink()
        return summary

    def _find_parts(self) -> None:
        """Take in what earlier runs read; remove what is of no use any more."""
        for path in sorted(self._work.iterdir()):
            held = None
            if path.suffix == ".parquet" and not self._options.fresh:
                held = held_by(path)
            if held is not None:
                self._add_part(path, held)
            elif path.suffix in (".parquet", ".part"):
                path.unlink()

    def _add_part(self, path: Path, held: Iterable[tuple[str, str]]) -> None:
        limits = self._options.limits
        words = {seconds_in_words(limits.seconds), pages_in_words(limits.most_pages)}
        self._index.add_part(len(self._parts), held, words)
        self._parts.append(path)

    def _read(self, sources: Iterable[Source]) -> None:
        """Have all that is new read, and written to parts."""
        options = self._options
        order = Order(options.limits.seconds, fingerprint(), options.read)
        where = (
            engine.cluster(options.cluster) if options.cluster else engine.local(options.workers)
        )
        try:
            with where as (executor, workers):
                chunks = engine.in_chunks(self._new(sources), workers)
                for files, packed in engine.outcomes(executor, workers, chunks, order):
                    self._keep(files, packed)
                    self._advance(files)
        except OSError:
            raise
        except BaseException:
            # What was read is not lost because the run was interrupted.
            with suppress(OSError, sqlite3.Error):
                self._write_part()
            raise
        self._write_part()

    def _new(self, sources: Iterable[Source]) -> Iterator[Task]:
        """Note every source in the index; the first with a content that is not known yet."""
        with Archives() as archives:
            for source in sources:
                try:
                    data = load_source(source, archives, self._options.limits.largest)
                except ReportError as error:
                    self._index.fail(source.name, error.stage, str(error))
                    self._advance(1)
                    continue
                if self._index.see(source.name, digest_of(data)):
                    yield Task(source, data, self._options.limits)
                else:
                    self._advance(1)

    def _keep(self, files: int, packed: Iterable[bytes]) -> None:
        self._packed += packed
        self._packed_files += files
        late = time.monotonic() - self._last > _PART_SECONDS
        if late or self._packed_files >= _PART_FILES:
            self._write_part()

    def _write_part(self) -> None:
        if self._packed:
            path = write_part(self._packed, self._work)
            self._packed.clear()
            self._packed_files = 0
            self._add_part(path, held_by(path) or ())
        self._last = time.monotonic()
