"""A collected CSV file -> typed rows that know their line, and what is wrong in them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from govstats.schemas.fields import BESIDE, INPUTS, Field, table

# Digits of other scripts, 1e5, nan and 1_000 are no numbers here: what is meant must be plain.
# Longer ones are slips, and would not be exact as floats.
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(?:\.[0-9]{1,6})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")
_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Where a table is broken, and what to do; `at` is the column's place in its file."""

    file: str
    line: int
    at: int
    column: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, column {self.column}: {self.text}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file: values by column, where each column stands, and unreadable columns."""

    file: str
    line: int
    values: dict[str, Any]
    places: dict[str, int]
    broken: set[str] = field(default_factory=set)

    def problem(self, column: str, text: str) -> Problem:
        """What is wrong with the value of a column of this row."""
        return Problem(self.file, self.line, self.places.get(column, 0), column, text)


@dataclass
class Rows:
    """The rows of a file, and its problems; `whole` is false where rows could not be read."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    whole: bool = True


def read_rows(path: Path, file: str, name: str, section: str = INPUTS) -> Rows:
    """Read the rows of one input table (`fields.toml`, inputs or beside) from UTF-8 CSV.

    `file` is the name that problems give. Text stays as it is, "" for nothing; numbers are float or
    int, None for nothing; an empty or missing column with a default has the default. A value that
    cannot be read is a problem, and its column is among the row's `broken` ones. A table of
    `beside` has every column that is not optional, and no other.
    """
    lines = list(read_lines(path.read_bytes(), file))
    if problems := [line for line in lines if isinstance(line, Problem)]:
        return Rows([], problems, False)
    described = table(name, section).fields
    (_, head), *body = [line for line in lines if not isinstance(line, Problem)] or [(1, [])]
    problems = list(_head_problems(head, described, file))
    if section == BESIDE:
        problems += _strict_head_problems(head, described, file)
    if problems:
        return Rows([], problems, False)
    found = Rows()
    for line, values in body:
        _add(
            found,
            Row(file, line, {}, {name: at for at, name in enumerate(head)}),
            values,
            described,
        )
    return found


def read_lines(data: bytes, file: str) -> Iterator[tuple[int, list[str]] | Problem]:
    """The lines of a CSV file in UTF-8, each with its number, or why they cannot be read."""
    try:
        text = data.decode("utf-8").removeprefix(_MARK)
    except UnicodeDecodeError as error:
        yield _undecodable(data, error.start, file)
        return
    yield from _lines(text, file)


def _undecodable(data: bytes, start: int, file: str) -> Problem:
    before = data[:start].decode("utf-8").removeprefix(_MARK)
    line = before.count("\n") + 1
    head, _, _ = before.partition("\n")
    columns = next(csv.reader([head]), [])
    at = max(len(next(csv.reader([before.rpartition("\n")[2]]), [])) - 1, 0)
    column = columns[at] if line > 1 and at < len(columns) else str(at + 1)
    return Problem(file, line, at, column, "is not UTF-8: save the file as CSV in UTF-8")


def _lines(text: str, file: str) -> Iterator[tuple[int, list[str]] | Problem]:
    """Every line that is not empty, with the number of the file's line where it starts."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for values in reader:
            if values:
                yield line, values
            line = reader.line_num + 1
    except csv.Error as error:
        yield Problem(file, line, 0, "1", f"is no CSV ({error}): check the quotes of this line")


def _head_problems(head: list[str], fields: Sequence[Field], file: str) -> Iterator[Problem]:
    # A column that may be empty, or that has a default, may be missing.
    for at, wanted in enumerate(fields, len(head)):
        if wanted.required and wanted.name not in head:
            yield Problem(file, 1, at, wanted.name, "is missing: add the column")
    for at, name in enumerate(head):
        if name in head[:at]:
            yield Problem(file, 1, at, name, "stands twice in the head: keep one")


def _strict_head_problems(head: list[str], fields: Sequence[Field], file: str) -> Iterator[Problem]:
    """A misspelt column would be lost, and an empty field of these tables says something."""
    known = [field.name for field in fields]
    for at, wanted in enumerate(fields, len(head)):
        if not (wanted.required or wanted.optional) and wanted.name not in head:
            yield Problem(file, 1, at, wanted.name, "is missing: add the column")
    for at, name in enumerate(head):
        if name not in known:
            text = f"is not known here: use {', '.join(known)}"
            yield Problem(file, 1, at, name or str(at + 1), text)


def _add(found: Rows, row: Row, values: list[str], fields: Sequence[Field]) -> None:
    """Add a typed row, or what is wrong with it."""
    width = len(row.places)
    if len(values) != width:
        at = min(len(values), width)
        column = dict(enumerate(row.places)).get(at, str(at + 1))
        said = f"the line has {len(values)} fields and the head {width}"
        advice = "put text with a comma in quotes, and add what is missing"
        found.problems.append(Problem(row.file, row.line, at, column, f"{said}: {advice}"))
        found.whole = False
        return
    for wanted in fields:
        text = values[row.places[wanted.name]] if wanted.name in row.places else ""
        row.values[wanted.name] = _typed(text or wanted.default, wanted)
        if wrong := _wrong(text or wanted.default, wanted):
            row.broken.add(wanted.name)
            found.problems.append(row.problem(wanted.name, wrong))
    found.rows.append(row)


def _typed(text: str, wanted: Field) -> str | int | float | None:
    if wanted.type == "text":
        return text
    if wanted.type == "whole":
        return int(text) if _WHOLE.fullmatch(text) else None
    return float(text) if _NUMBER.fullmatch(text) else None


def _wrong(text: str, wanted: Field) -> str:
    """What is wrong with a value, and what to do; empty where nothing is."""
    if not text:
        return "is empty: fill it in" if wanted.required else ""
    value = _typed(text, wanted)
    if value is None:
        kind = "whole number" if wanted.type == "whole" else "number"
        return f"{text!r} is no {kind}: write plain digits, or leave out what is not known"
    if wanted.enum and value not in wanted.enum:
        empty = "" if wanted.required else ", or leave it empty"
        return f"{text!r} is none of {', '.join(map(str, wanted.enum))}: use one of them{empty}"
    if isinstance(value, str):
        return ""
    low, high = wanted.minimum, wanted.maximum
    if low is not None and high is not None and not low <= value <= high:
        return f"{text} is not in {low} to {high}: correct the {wanted.name}"
    if low is not None and value < low:
        return f"{text} is below {low}: correct it or leave it out"
    return ""
