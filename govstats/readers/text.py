"""Plain text -> Document. Tabs and pipes inside lines are left to the extraction."""

from __future__ import annotations

from govstats.document import Document, Line
from govstats.numbers import is_blank, parse_number
from govstats.readers.limits import MOST_CELLS, refuse

# A row of a table has at least so many fields, a table so many rows.
_FIELDS, _ROWS = 4, 5


def read_text(text: str) -> Document:
    """One Line for every line of the text, empty ones included: their number is a clue.

    Raises ReportError (stage read) for far more lines or cells than a report has.
    """
    if sum(map(text.count, "\n\t|")) > MOST_CELLS:
        raise refuse(f"has more than {MOST_CELLS:,} lines and cells")
    lines = (Line(line, number) for number, line in enumerate(text.split("\n"), start=1))
    return Document("text", tuple(lines))


def is_comma_separated(text: str) -> bool:
    """True where most lines are fields of numbers and blanks with commas between them."""
    if text.count(",") < _ROWS * (_FIELDS - 1) or sum(map(text.count, "\n\t|")) > MOST_CELLS:
        return False
    lines = [line for line in text.split("\n") if line.strip()]
    rows = sum(_is_row(line.split(",")) for line in lines if "\t" not in line and "|" not in line)
    return rows >= _ROWS and 2 * rows > len(lines)


def _is_row(fields: list[str]) -> bool:
    """There are enough fields, at least half of them are for data, and one of them is filled."""
    if len(fields) < _FIELDS:
        return False
    bare = [field.strip().strip('"') for field in fields]
    numbers = sum(parse_number(field) is not None for field in bare)
    blanks = sum(map(is_blank, bare))
    return numbers > 0 and 2 * (numbers + blanks) >= len(bare)
