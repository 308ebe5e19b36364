"""Damages on purpose: each takes one sheet and gives the blocks that are printed instead.

What a damaged sheet prints is read off its cells, so a damage changes text and value together. None
is returned where a damage does not apply to a sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from govstats.forms import Address

from .cells import (
    BLANKS,
    blanked,
    cell_blank,
    cell_deleted,
    digit_changed,
    lookalikes,
    pick_row,
    stray_blank,
    stray_number,
    value_places,
    with_row,
    zeros_merged,
)
from .reports import Block, PageEnd
from .sheets import GROUP, LABEL, STRAY, VALUE, Cell, Row, Sheet
from .squares import cut

Blocks = list[Block]
Damage = Callable[[Sheet, Random], Sheet | Blocks | None]

PAGE_NUMBERS = ("- 3 -", "— 4 —", "3", "第 3 页", "第 3 页 共 8 页", "3 / 8")


def numbers_blank(sheet: Sheet, rng: Random) -> Sheet:
    """A row keeps its label and its cells, but not the numbers."""
    at, row = pick_row(sheet, rng)
    return with_row(sheet, at, [blanked(c) if c.role == VALUE else c for c in row])


def numbers_gone(sheet: Sheet, rng: Random) -> Sheet:
    """A row keeps its label; cells and numbers are gone."""
    at, row = pick_row(sheet, rng)
    return with_row(sheet, at, [c for c in row if c.role != VALUE])


def label_lost(sheet: Sheet, rng: Random) -> Sheet | None:
    """A row's own label is empty; those of its groups stand."""
    rows = [at for at in sheet.data_rows() if any(c.role == LABEL for c in sheet.rows[at])]
    if not rows:
        return None
    at = rng.choice(rows)
    row = [replace(c, text="") if c.role == LABEL else c for c in sheet.rows[at]]
    return with_row(sheet, at, row)


def _plain_rows(sheet: Sheet) -> list[int]:
    """Rows in which no group begins."""
    rows = sheet.rows
    return [i for i in sheet.data_rows() if rows[i][0].role == LABEL and rows[i][0].height == 1]


def _stretched(rows: Sequence[Row], at: int, by: int) -> list[Row]:
    """Rows above `at` whose cells span it, taller by `by`."""
    return [
        [replace(c, height=c.height + by) if c.height > 1 and i + c.height > at else c for c in row]
        for i, row in enumerate(rows[:at])
    ]


def row_duplicated(sheet: Sheet, rng: Random) -> Sheet | None:
    """A row is printed twice."""
    rows = _plain_rows(sheet)
    if not rows:
        return None
    at = rng.choice(rows)
    above = _stretched(sheet.rows, at, 1)
    return Sheet(sheet.name, [*above, list(sheet.rows[at]), *sheet.rows[at:]])


def row_gone(sheet: Sheet, rng: Random) -> Sheet | None:
    """A row is missing, label and all."""
    rows = _plain_rows(sheet)
    if not rows:
        return None
    at = rng.choice(rows)
    return Sheet(sheet.name, [*_stretched(sheet.rows, at, -1), *sheet.rows[at + 1 :]])


def rows_with_labels(sheet: Sheet, rng: Random) -> Sheet | None:
    """Two neighbouring rows change places, labels and all: nothing is changed in truth."""
    plain = set(_plain_rows(sheet))
    rows = [at for at in sorted(plain) if at + 1 in plain]
    if not rows:
        return None
    at = rng.choice(rows)
    below = [sheet.rows[at + 1], sheet.rows[at], *sheet.rows[at + 2 :]]
    return Sheet(sheet.name, [*sheet.rows[:at], *below])


def columns_bare(sheet: Sheet, rng: Random) -> Sheet | None:
    """Two columns that no total is among change places without their heads: no sum can see it."""
    own = [_places(row, "") for row in sheet.rows]
    if sheet.name == "remedies":
        kind = rng.choice(("review", "suit_direct", "suit_after_review"))
        own = [_places(row, kind) for row in sheet.rows]
    columns = rng.choice([list(places) for places in own if places])
    if len(columns) < 2:
        return None
    one, two = rng.sample(columns, 2)
    rows = [
        _swapped(row, places[one], places[two]) if one in places and two in places else row
        for row, places in zip(sheet.rows, own, strict=True)
    ]
    return Sheet(sheet.name, rows)


def _places(row: Row, kind: str) -> dict[str, int]:
    """Column -> where its cell stands in a row, totals apart; of one kind of remedy if named."""
    addresses: list[tuple[int, Address]] = [
        (i, cell.address) for i, cell in enumerate(row) if cell.address
    ]
    return {a.column: i for i, a in addresses if a.column != "total" and kind in ("", a.row)}


def _swapped(row: Row, i: int, j: int) -> Row:
    new = list(row)
    new[i] = replace(row[i], text=row[j].text, value=row[j].value)
    new[j] = replace(row[j], text=row[i].text, value=row[i].value)
    return new


def zeros_blank(sheet: Sheet, rng: Random) -> Sheet:
    """House practice: zeros are printed as blanks."""
    sign = rng.choice(BLANKS)
    rows = [[blanked(c, sign) if c.value == 0 else c for c in row] for row in sheet.rows]
    return Sheet(sheet.name, rows)


def some_zeros_blank(sheet: Sheet, rng: Random) -> Sheet:
    """Some zeros are printed as blanks."""
    rows = [
        [blanked(c) if c.value == 0 and rng.random() < 0.3 else c for c in row]
        for row in sheet.rows
    ]
    return Sheet(sheet.name, rows)


def page_cut(sheet: Sheet, rng: Random) -> Blocks | None:
    """A page ends inside the table: its number stands between, the head may be repeated."""
    places = [i for i in range(1, len(sheet.rows)) if i >= sheet.data_rows()[0]]
    if not places:
        return None
    at = rng.choice(places)
    repeat = sheet.name != "disclosure" and rng.random() < 0.5
    first, second = cut(sheet.rows, at, repeat)
    number = rng.choice(PAGE_NUMBERS)
    return [Sheet(sheet.name, first), PageEnd(number), Sheet(sheet.name, second)]


def row_halved(sheet: Sheet, rng: Random) -> Blocks | None:
    """A page ends inside a row: its label and first numbers stand above, the rest below."""
    at, row = pick_row(sheet, rng)
    places = value_places(row)
    if len(places) < 2:
        return None
    middle = rng.choice(places[1:])
    first, second = cut(sheet.rows, at + 1)
    above = [_emptied(c) if i >= middle and c.role == VALUE else c for i, c in enumerate(row)]
    below = [_emptied(c) if i < middle else c for i, c in enumerate(row) if c.role != GROUP]
    tall = [replace(c, text="", height=1) for c in row if c.role == GROUP]
    parts = [*first[:at], above], [[*tall, *below], *second]
    above_sheet, below_sheet = (Sheet(sheet.name, list(part)) for part in parts)
    return [above_sheet, PageEnd(rng.choice(PAGE_NUMBERS)), below_sheet]


def _emptied(cell: Cell) -> Cell:
    return replace(cell, text="", role=STRAY, address=None, value=None)


# Swapping columns with their heads is a matter of how the sheet is made: see Style.swap.
COLUMNS_WITH_HEADS = "columns_with_heads"
NONE, BARE = "none", "columns_bare"
# Where squares are ruled, these leave numbers standing under the head of a neighbour.
SHIFTING = frozenset({"cell_deleted", "zeros_merged", "stray_number", "stray_blank"})
SINGLE = frozenset({"cell_blank", "cell_deleted", "digit_changed"})
DAMAGES: dict[str, Damage] = {
    NONE: lambda sheet, rng: sheet,
    "numbers_blank": numbers_blank,
    "numbers_gone": numbers_gone,
    "cell_blank": cell_blank,
    "cell_deleted": cell_deleted,
    "digit_changed": digit_changed,
    "lookalikes": lookalikes,
    "label_lost": label_lost,
    "row_duplicated": row_duplicated,
    "row_gone": row_gone,
    "rows_with_labels": rows_with_labels,
    COLUMNS_WITH_HEADS: lambda sheet, rng: sheet,
    BARE: columns_bare,
    "stray_number": stray_number,
    "stray_blank": stray_blank,
    "zeros_merged": zeros_merged,
    "zeros_blank": zeros_blank,
    "some_zeros_blank": some_zeros_blank,
    "page_cut": page_cut,
    "row_halved": row_halved,
}


def apply(name: str, sheet: Sheet, rng: Random) -> tuple[str, Blocks]:
    """The damage that was done (`none` where it does not apply) and the blocks to print."""
    found = DAMAGES[name](sheet, rng)
    if found is None:
        return NONE, [sheet]
    return name, found if isinstance(found, list) else [found]
