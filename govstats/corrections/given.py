"""corrections.csv -> corrections that are whole in themselves, or every problem of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from errno import EEXIST, ENOENT
from pathlib import Path

from govstats.collected import CollectedError
from govstats.collected.checks import WHOLE_TABLES, addresses, strange
from govstats.collected.rows import Problem, Row, read_rows
from govstats.forms import Address
from govstats.numbers import Value, exact
from govstats.schemas.fields import BESIDE

FILE = "corrections.csv"
_TABLE = "corrections"


@dataclass(frozen=True, slots=True)
class Correction:
    """One line: which cell, what it prints, the right number (None: not known), and why."""

    row: Row
    source: str
    report_id: str
    address: Address
    printed: str
    corrected: Value | None
    reason: str

    @property
    def place(self) -> str:
        """Names the line, as no two have the same."""
        return f"{self.row.file}:{self.row.line}"

    @property
    def named_by(self) -> str:
        """The column that names the record."""
        return "source" if self.source else "report_id"

    def problem(self, column: str, text: str) -> Problem:
        """What is wrong with the correction, told at one of its columns."""
        return self.row.problem(column, text)


def find_file(raw: Path, named: Path | None = None) -> Path | None:
    """The file named, else corrections.csv in the raw folder or beside it; None without any.

    Raises OSError when the file named is not there, and when there are two to choose from.
    """
    if named is not None:
        if not named.is_file():
            raise FileNotFoundError(ENOENT, "is no file", str(named))
        return named
    held = [path for path in (raw / FILE, raw.resolve().parent / FILE) if path.is_file()]
    if len(held) > 1:
        text = f"stands beside {held[1]}: keep one, or name one by --corrections"
        raise FileExistsError(EEXIST, text, str(held[0]))
    return held[0] if held else None


def read_corrections(path: Path) -> list[Correction]:
    """Read the corrections in the order of the file. Raises CollectedError with every problem."""
    read = read_rows(path, path.name, _TABLE, BESIDE)
    problems = [*read.problems, *_wrong(read.rows), *_repeated(read.rows)]
    if problems:
        raise CollectedError.of(problems)
    return [_correction(row) for row in read.rows]


def _correction(row: Row) -> Correction:
    known = row.values
    return Correction(
        row,
        known["source"],
        known["report_id"],
        _address(row),
        known["printed"].strip(),
        exact(known["corrected"]),
        known["reason"],
    )


def _address(row: Row) -> Address:
    return Address(*(row.values[name] for name in ("table", "row", "column")))


def _wrong(rows: Iterable[Row]) -> Iterator[Problem]:
    """What no report is needed to see: no record named, no such cell, no number for the cell."""
    known = addresses()
    for row in rows:
        address, value = _address(row), row.values["corrected"]
        if not row.values["source"] and not row.values["report_id"]:
            text = "is empty: name the report's file, or the record in report_id"
            yield row.problem("source", text)
        if address not in known:
            if all(address):
                yield row.problem(*strange(address))
        elif value is not None and value < 0 and not known[address]:
            text = f"{value:g} is negative: correct it, or leave it empty if it is not known"
            yield row.problem("corrected", text)
        elif value is not None and value != int(value) and address.table in WHOLE_TABLES:
            yield row.problem("corrected", f"{value:g} is no whole number: correct the count")


def _repeated(rows: Iterable[Row]) -> Iterator[Problem]:
    first: dict[tuple[str, ...], Row] = {}
    for row in rows:
        named = (row.values["source"], row.values["report_id"], *_address(row))
        before = first.setdefault(named, row)
        if before is not row:
            text = f"{_address(row)} is corrected in line {before.line} too: keep one"
            yield row.problem("column", text)
