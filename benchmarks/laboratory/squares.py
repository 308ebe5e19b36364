"""The squares of a sheet: which cell covers each, where it moved, and a sheet cut in two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from govstats.forms import Address
from govstats.numbers import Value

from .sheets import HEAD, Cell, Row, Sheet


@dataclass(frozen=True, slots=True)
class Place:
    """One square of a sheet: its cell, whether the cell begins here, and whether in this row."""

    cell: Cell
    origin: bool
    top: bool


def spread(rows: Sequence[Row]) -> list[list[Place]]:
    """Every square of the rows, spanned ones too; rows too short end early."""
    grid: dict[tuple[int, int], Place] = {}
    for i, row in enumerate(rows):
        j = 0
        for cell in row:
            while (i, j) in grid:
                j += 1
            for down in range(cell.height):
                for right in range(cell.width):
                    grid[i + down, j + right] = Place(cell, down == right == 0, down == 0)
            j += cell.width
    widths = [max((j for i, j in grid if i == row), default=-1) + 1 for row in range(len(rows))]
    return [[grid[i, j] for j in range(w) if (i, j) in grid] for i, w in enumerate(widths)]


def moved(before: Sheet, after: Sheet) -> dict[Address, Value | None]:
    """Addresses whose square now holds another cell: the number there, None without one.

    For sheets with the same rows, some with a cell more or less.
    """
    found: dict[Address, Value | None] = {}
    for old, new in zip(spread(before.rows), spread(after.rows), strict=True):
        for j, place in enumerate(old):
            address = place.cell.address
            now = new[j].cell if j < len(new) else None
            if address and place.origin and (now is None or now.address != address):
                found[address] = now.value if now else None
    return found


def cut(rows: Sequence[Row], at: int, repeat_head: bool = False) -> tuple[list[Row], list[Row]]:
    """Two parts of a sheet, the second from row `at`; spanned labels go on below as empty cells."""
    first = [
        [replace(c, height=min(c.height, at - i)) for c in row] for i, row in enumerate(rows[:at])
    ]
    second = [list(row) for row in rows[at:]]
    if second:
        second[0] = list(_continued(rows, at))
    head = 0
    while head < len(rows) and all(cell.role == HEAD for cell in rows[head]):
        head += 1
    return first, ([*map(list, rows[:head]), *second] if repeat_head else second)


def _continued(rows: Sequence[Row], at: int) -> Iterable[Cell]:
    """The cells of row `at`, with what is left of those that span into it from above."""
    squares = spread(rows)
    j = 0
    while j < len(squares[at]):
        cell, top = squares[at][j].cell, squares[at][j].top
        if top:
            yield cell
        else:
            started = next(
                i for i in range(at) if any(p.cell is cell and p.top for p in squares[i])
            )
            yield replace(cell, text="", height=cell.height - (at - started))
        j += cell.width
