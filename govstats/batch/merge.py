"""Parts -> the tables, in the order of the sources, a batch of sources at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govstats.batch.index import Entry
from govstats.batch.parts import read_part
from govstats.corpus import DUPLICATE, Failure, same_content
from govstats.outcome import REPORTED
from govstats.schemas.fields import columns
from govstats.tables import EXTRACTED, open_tables

if TYPE_CHECKING:
    import pyarrow

# Sources at a time, and parts in memory: those read by one run lie in the order of the sources,
# those of a few runs lie among each other.
_BATCH = 512
_PARTS = 4


@dataclass
class Summary:
    """What a run gave, as counts; `reports`, `failed` and `duplicates` add up to `files`."""

    files: int = 0
    reports: int = 0
    failed: int = 0
    duplicates: int = 0
    cells_stated: int = 0
    cells_unread: int = 0
    checks_violated: int = 0


def write_tables(
    entries: Iterator[Entry],
    parts: Sequence[Path],
    folders: tuple[Path, Path],
    file_format: str,
    tell: Callable[[Failure], object],
) -> Summary:
    """Write every table into the first folder, by way of the second; `tell` hears of failures.

    Raises OSError when one of the folders cannot be written.
    """
    folder, scratch = folders
    summary = Summary()
    part = lru_cache(_PARTS)(lambda number: read_part(parts[number]))
    with open_tables(EXTRACTED, folder, file_format, scratch) as tables:
        while batch := list(islice(entries, _BATCH)):
            found = _outcomes(batch, part)
            failures = list(_failures(batch, found))
            for name in REPORTED:
                values = _columns(found, name)
                if name == "reports":
                    values["source"] = _read_names(batch, found)
                    _count_reports(summary, values)
                tables[name].add(list(values.values()))
            tables["failures"].add([[getattr(f, n) for f in failures] for n in columns("failures")])
            _count(summary, batch, failures, tell)
    return summary


def _is_read(entry: Entry) -> bool:
    """True for a source with an outcome of its own."""
    return not entry.stage and entry.first is None


def _outcomes(batch: Iterable[Entry], part: Callable[[int], pyarrow.Table]) -> pyarrow.Table:
    """The rows of the parts for those of a batch that were read, in its order."""
    import pyarrow

    runs: list[list[int]] = []
    for entry in filter(_is_read, batch):
        if runs and runs[-1][0] == entry.part and runs[-1][2] == entry.row:
            runs[-1][2] += 1
        else:
            runs.append([entry.part, entry.row, entry.row + 1])
    slices = [part(number).slice(start, end - start) for number, start, end in runs]
    return pyarrow.concat_tables(slices) if slices else None


def _columns(found: pyarrow.Table | None, name: str) -> dict[str, Any]:
    """The columns of a table, of all these outcomes together."""
    names = list(columns(name))
    if found is None:
        return {column: [] for column in names}
    rows = found[name].combine_chunks().flatten()
    return dict(zip(names, rows.flatten(), strict=True))


def _read_names(batch: Iterable[Entry], found: pyarrow.Table | None) -> list[str]:
    """Names of the sources that gave reports."""
    return [entry.name for entry, stage, _ in _read(batch, found) if not stage]


def _read(batch: Iterable[Entry], found: pyarrow.Table | None) -> Iterator[tuple[Entry, str, str]]:
    """Sources with an outcome of their own, its stage and error."""
    said = [[], []] if found is None else [found[n].to_pylist() for n in ("stage", "error")]
    return zip(filter(_is_read, batch), *said, strict=True)


def _failures(batch: Iterable[Entry], found: pyarrow.Table | None) -> Iterator[Failure]:
    """The sources of a batch that gave no report, in its order."""
    outcomes = _read(batch, found)
    for entry in batch:
        if _is_read(entry):
            _, stage, error = next(outcomes)
        elif entry.first is not None:
            stage, error = DUPLICATE, same_content(entry.first)
        else:
            stage, error = entry.stage, entry.error
        if stage:
            yield Failure(entry.name, stage, f"{entry.name} {error}")


def _count_reports(summary: Summary, values: dict[str, Any]) -> None:
    summary.reports += len(values["source"])
    for name in ("cells_stated", "cells_unread", "checks_violated"):
        setattr(summary, name, getattr(summary, name) + sum(int(str(v)) for v in values[name]))


def _count(
    summary: Summary,
    batch: Sequence[Entry],
    failures: Iterable[Failure],
    tell: Callable[[Failure], object],
) -> None:
    summary.files += len(batch)
    for failure in failures:
        if failure.stage == DUPLICATE:
            summary.duplicates += 1
        else:
            summary.failed += 1
            tell(failure)
    if summary.files != summary.reports + summary.failed + summary.duplicates:
        raise AssertionError(f"not every file is accounted for: {summary}")
