"""How the rows of a Word table lie on its grid: merged cells, and columns that cannot be seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from govstats.readers.numbering import W, value_of

if TYPE_CHECKING:
    from lxml.etree import _Element

# Twips, of which there are 567 to a centimetre.
HAIR = 10


def merge_down(
    rows: Iterable[list[tuple[str, int, int, str]]],
) -> list[list[tuple[str, int, int]]]:
    """Rows of (text, height, width); a cell that goes on below stands in its first row only."""
    heights: list[list[list[str | int]]] = []
    above: dict[tuple[int, int], list[str | int]] = {}
    for row in rows:
        laid, going_on = [], {}
        for text, column, width, part in row:
            cell = above.get((column, width)) if part == "continue" else None
            if cell is None:
                cell = [text, 0, width]
                laid.append(cell)
            cell[1] = int(cell[1]) + 1
            if part:
                going_on[column, width] = cell
        heights.append(laid)
        above = going_on
    return [[(str(t), int(h), int(w)) for t, h, w in row] for row in heights]


def seen_columns(table: _Element) -> list[int]:
    """How many columns that can be seen stand before each grid column, and before the end.

    Where two sides of cells are a rounding apart, LibreOffice puts a column between them.
    """
    columns = table.iterfind(f"{W}tblGrid/{W}gridCol")
    widths = (column.get(f"{W}w", "") for column in columns)
    return list(accumulate((not (w.isdecimal() and 0 < int(w) < HAIR) for w in widths), initial=0))


def place(column: int, seen: Sequence[int]) -> int:
    """A grid column's place among those that can be seen."""
    return seen[column] if column < len(seen) else seen[-1] + column - len(seen) + 1


def count(properties: _Element | None, name: str, default: int) -> int:
    """A number among an element's properties, at least the default and at most 100."""
    text = value_of(properties.find(f"{W}{name}")) if properties is not None else ""
    return max(default, min(int(text), 100)) if text.isdecimal() else default
