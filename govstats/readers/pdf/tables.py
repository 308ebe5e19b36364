"""A table on one page, before tables that go on over pages are joined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from govstats.document import Grid, GridCell
from govstats.numbers import doubtful_values, is_blank, parse_number
from govstats.readers.pdf.glyphs import Piece

# Cells of a table have inner margins of about this much on both sides together, in points.
MARGINS = 12.0
# Ends text that the side of a page has cut.
CUT_OFF = "…"


@dataclass(frozen=True, slots=True)
class Box:
    """A cell: text, upper left corner (from 0), span; `full` when its last line fills its width."""

    text: str
    row: int
    column: int
    height: int = 1
    width: int = 1
    full: bool = False


@dataclass(slots=True)
class PageTable:
    """Cells of a table; `edges` are its column boundaries, `pages` the page of each row.

    `extent` is upper and lower end on the (last) page. `ruled` tells lines from white space.
    """

    boxes: list[Box]
    edges: tuple[float, ...]
    pages: list[int]
    extent: tuple[float, float]
    ruled: bool = True
    columns: tuple[tuple[float, float], ...] = field(default=())

    def row(self, index: int) -> list[Box]:
        """Cells that cover a row, left to right."""
        covering = (box for box in self.boxes if box.row <= index < box.row + box.height)
        return sorted(covering, key=lambda box: box.column)

    def shifted(self, rows: int) -> Iterable[Box]:
        """The cells with `rows` rows put in front."""
        return (replace(box, row=box.row + rows) for box in self.boxes)


def as_grid(table: PageTable, number: int) -> Grid:
    """The table as a Grid, every row with its page."""
    rows: list[list[GridCell]] = [[] for _ in table.pages]
    for box in sorted(table.boxes, key=lambda box: box.column):
        cell = GridCell(box.text, box.row + 1, box.column + 1, box.height, box.width)
        for index in range(box.row, min(box.row + box.height, len(rows))):
            rows[index].append(cell)
    return Grid(number, tuple(map(tuple, rows)), tuple(table.pages))


def marked_beyond(table: PageTable, width: float) -> PageTable:
    """The table with a mark in every cell that reaches over the side of the page.

    What such a cell holds, nobody can see: it is neither that number nor empty.
    """
    if table.edges[0] > -1 and table.edges[-1] < width + 1:
        return table
    boxes = [
        replace(box, text=box.text.removesuffix(CUT_OFF) + CUT_OFF)
        if (table.edges[box.column] < -1 or table.edges[box.column + box.width] > width + 1)
        and (not box.text or is_value(box.text.removesuffix(CUT_OFF)))
        else box
        for box in table.boxes
    ]
    return replace(table, boxes=boxes)


def is_value(text: str) -> bool:
    """True for a number, also one in doubt, or a printed sign that stands for an empty cell."""
    known = parse_number(text) is not None or is_blank(text)
    return bool(text) and (known or doubtful_values(text) is not None)


def is_cjk(text: str) -> bool:
    """True for text of Chinese characters and their punctuation alone."""
    return all(char >= "\u2e80" or char in "()" for char in text)


def fills(line: Sequence[Piece], width: float) -> bool:
    """True when one more character would not have fitted into the width."""
    size = max(piece.size for piece in line)
    return line[-1].x1 - line[0].x0 + size > width - MARGINS
