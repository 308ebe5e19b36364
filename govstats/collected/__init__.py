"""Figures that were transcribed from reports, read from CSV and checked before anything uses them.

A collection is a folder with reports.csv and, where there are any, prose.csv, cells.csv and
topics.csv; their columns: docs/codebook.md. Needs the extra `panel`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from govstats import vocabulary
from govstats.collected import checks
from govstats.collected.rows import Problem, Row, Rows, read_rows
from govstats.schemas.fields import INPUTS, names, table

SHOWN = 20
_DTYPES = {"text": "str", "whole": "Int64", "number": "float64"}


class CollectedError(ValueError):
    """Collected tables are broken; the message names file, line and column of every problem.

    `problems` has all of them, in the order of the files; the message at most 20.
    """

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        """Take a message that is ready, and what it tells."""
        super().__init__(message)
        self.problems = tuple(problems)

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> CollectedError:
        """Return the error that tells these problems, sorted, each once."""
        found = sorted(set(problems))
        lines = [str(problem) for problem in found[:SHOWN]]
        if len(found) > SHOWN:
            lines.append(f"... and {len(found) - SHOWN} more")
        return cls("\n".join(lines), found)


@dataclass(frozen=True)
class Collected:
    """Collected tables as frames: text is str with "" for nothing, numbers float64 or Int64.

    records: a row a report (origin is `collected`); figures: a row a figure of a sentence; cells: a
    row a cell; topics: a row a topic. All name their report by record_id. Order: folders by name,
    rows as in their file.
    """

    records: pd.DataFrame
    figures: pd.DataFrame
    cells: pd.DataFrame
    topics: pd.DataFrame


def read_collected(folder: Path) -> Collected:
    """Read the collections in a folder: the folder itself and every folder directly in it.

    Values are taken as they stand; what a column that is empty or missing stands for is said in
    the codebook. A row that says the same as an earlier one is read once.
    Raises CollectedError for broken tables, with all their problems, and FileNotFoundError where
    there is no table at all.
    """
    read = {name: list(_tables(folder, name)) for name in names(INPUTS)}
    if not any(read.values()):
        raise FileNotFoundError(f"{folder} holds no collected table: it needs a reports.csv")
    rows = {name: [row for part in parts for row in part.rows] for name, parts in read.items()}
    known = {row.values["report_id"]: row for row in rows["reports"]}
    _fill(rows, known)
    problems = [problem for parts in read.values() for part in parts for problem in part.problems]
    problems += _problems(rows, known, all(part.whole for part in read["reports"]))
    if problems:
        raise CollectedError.of(problems)
    return Collected(*(_frame(name, rows[name]) for name in names(INPUTS)))


def _tables(folder: Path, name: str) -> Iterator[Rows]:
    inner = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    for place in (folder, *inner):
        path = place / f"{name}.csv"
        if path.is_file():
            yield read_rows(path, path.relative_to(folder).as_posix(), name)


def _fill(rows: Mapping[str, Sequence[Row]], known: Mapping[str, Row]) -> None:
    """Fill in what follows from other columns: a figure's unit and scope, a cell's status."""
    for row in rows["prose"]:
        report = known.get(row.values["report_id"])
        row.values["scope"] = row.values["scope"] or (report.values["scope"] if report else "")
        measure = vocabulary.measures().get(row.values["measure"], {})
        row.values["unit"] = row.values["unit"] or measure.get("unit", "")
    for row in rows["cells"]:
        implied = "blank" if row.values["value"] is None else "stated"
        row.values["status"] = row.values["status"] or implied


def _problems(
    rows: Mapping[str, Sequence[Row]], known: Mapping[str, Row], whole: bool
) -> Iterator[Problem]:
    """Problems between rows. Ids are not looked up where a reports.csv could not be read."""
    yield from checks.duplicate_ids(rows["reports"])
    yield from checks.wrong_figures(rows["prose"])
    yield from checks.wrong_cells(rows["cells"])
    for name in ("prose", "cells"):
        yield from checks.conflicts(rows[name], table(name, INPUTS).key)
    for name in ("prose", "cells", "topics") if whole else ():
        yield from checks.unknown_ids(rows[name], known)


def _frame(name: str, rows: Sequence[Row]) -> pd.DataFrame:
    """The rows as a frame, columns in the order of fields.toml."""
    found = pd.DataFrame(
        {
            field.name: pd.Series(
                [row.values[field.name] for row in rows], dtype=_DTYPES[field.type]
            )
            for field in table(name, INPUTS).fields
        }
    ).rename(columns={"report_id": "record_id"})
    if name == "reports":
        found.insert(1, "origin", pd.Series(["collected"] * len(rows), dtype="str"))
        return found
    return found.drop_duplicates(ignore_index=True)
