"""Damages of single cells: emptied, gone, another digit, a look-alike, one too many, two in one.

Each takes a sheet and gives the sheet that is printed instead, None where it does not apply.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random

from govstats.numbers import Value

from .sheets import STRAY, VALUE, Cell, Row, Sheet

LOOKALIKES = {"0": "Oo", "1": "lI", "5": "S", "8": "B"}
BLANKS = ("", "", "", "/", "-", "—", "无")
# Tables whose every row has a sum.
SUMMED = frozenset({"requests", "remedies"})


def value_places(row: Row) -> list[int]:
    """Where the value cells of a row stand."""
    return [i for i, cell in enumerate(row) if cell.role == VALUE]


def with_row(sheet: Sheet, at: int, row: Row) -> Sheet:
    """The sheet with another row at this place."""
    return Sheet(sheet.name, [*sheet.rows[:at], row, *sheet.rows[at + 1 :]])


def pick_row(sheet: Sheet, rng: Random) -> tuple[int, Row]:
    """A row with numbers by chance: its place, and a copy of it."""
    at = rng.choice(sheet.data_rows())
    return at, list(sheet.rows[at])


def _pick_cell(sheet: Sheet, rng: Random) -> tuple[int, Row, int]:
    at, row = pick_row(sheet, rng)
    return at, row, rng.choice(value_places(row))


def blanked(cell: Cell, text: str = "") -> Cell:
    """The cell with `text`, which is no number."""
    return replace(cell, text=text, value=None)


def cell_blank(sheet: Sheet, rng: Random) -> Sheet:
    """One cell is empty, or prints one of the signs for empty."""
    at, row, i = _pick_cell(sheet, rng)
    row[i] = blanked(row[i], rng.choice(BLANKS))
    return with_row(sheet, at, row)


def cell_deleted(sheet: Sheet, rng: Random) -> Sheet | None:
    """One cell is gone, and those right of it move up.

    Not where no sum joins the cells of a row: such a row prints other figures, and nothing tells.
    """
    if sheet.name not in SUMMED:
        return None
    at, row, i = _pick_cell(sheet, rng)
    del row[i]
    return with_row(sheet, at, row)


def digit_changed(sheet: Sheet, rng: Random) -> Sheet:
    """One digit of one number is another one."""
    at, row, i = _pick_cell(sheet, rng)
    cell = row[i]
    places = [k for k, sign in enumerate(cell.text) if sign.isdigit()]
    k = rng.choice(places)
    digit = rng.choice([d for d in "0123456789" if d != cell.text[k]])
    text = cell.text[:k] + digit + cell.text[k + 1 :]
    row[i] = replace(cell, text=text, value=_number(text))
    return with_row(sheet, at, row)


def _number(text: str) -> Value:
    return Decimal(text) if "." in text else int(text)


def lookalikes(sheet: Sheet, rng: Random) -> Sheet | None:
    """One to four cells have a letter for a digit that looks like it, as poor recognition gives."""
    squares = [
        (at, i)
        for at in sheet.data_rows()
        for i in value_places(sheet.rows[at])
        if any(digit in sheet.rows[at][i].text for digit in LOOKALIKES)
    ]
    for at, i in rng.sample(squares, min(len(squares), rng.choice((1, 1, 2, 4)))):
        row = list(sheet.rows[at])
        text = row[i].text
        k = rng.choice([k for k, sign in enumerate(text) if sign in LOOKALIKES])
        row[i] = blanked(row[i], text[:k] + rng.choice(LOOKALIKES[text[k]]) + text[k + 1 :])
        sheet = with_row(sheet, at, row)
    return sheet if squares else None


def zeros_merged(sheet: Sheet, rng: Random) -> Sheet | None:
    """Two neighbouring zeros are one cell that prints 00, where sums can tell it."""
    found = [
        (at, i)
        for at in sheet.data_rows()
        for i in value_places(sheet.rows[at])[:-1]
        if sheet.name in SUMMED and sheet.rows[at][i].value == 0 == sheet.rows[at][i + 1].value
    ]
    if not found:
        return None
    at, i = rng.choice(found)
    row = list(sheet.rows[at])
    row[i : i + 2] = [replace(row[i], text="00")]
    return with_row(sheet, at, row)


def stray_number(sheet: Sheet, rng: Random) -> Sheet:
    """A number too many stands in a row."""
    at, row = pick_row(sheet, rng)
    places = value_places(row)
    number = rng.choice((7, 0, 12))
    stray = Cell(str(number), role=STRAY, value=number)
    row.insert(rng.choice([*places, places[-1] + 1]), stray)
    return with_row(sheet, at, row)


def stray_blank(sheet: Sheet, rng: Random) -> Sheet:
    """An empty cell too many stands in a row."""
    at, row = pick_row(sheet, rng)
    places = value_places(row)
    row.insert(rng.choice([*places, places[-1] + 1]), Cell("", role=STRAY))
    return with_row(sheet, at, row)
