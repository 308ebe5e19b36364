"""Collecting what a reader finds: lines and grids, counted as they come."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from govstats.document import Grid, GridCell, Line, lay_out
from govstats.numbers import is_blank, parse_number
from govstats.readers.limits import MOST_PLACES, refuse, require_places

# Marks without width: zero-width spaces and joiners, soft hyphens, byte-order marks.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
# No label of a form, with its remarks, is near this; a longer cell is prose set in a layout table.
LONGEST_CELL = 200
# How a title ends; no label of a form does.
_TITLE_END = re.compile(r"报告(?:[(（].*[)）]|全文)?$")

# What a cell says that shows a picture and no text: it is not printed empty.
PICTURE = "[图]"


def tidy(text: str) -> str:
    """One line of text: no marks without width, white space of any kind closed up to one space."""
    return " ".join(_INVISIBLE.sub("", text).split())


class Blocks:
    """The blocks of a document in reading order; `lines` and `grids` are how many there are."""

    def __init__(self) -> None:
        self.blocks: list[Line | Grid] = []
        self.lines = 0
        self.grids = 0
        # Empty rows in front of the parts of tables.
        self._above = 0

    def add_text(self, text: str, keep_tabs: bool = False) -> None:
        """Add each line of a text that has words in it; tabs may stay, as they part columns."""
        for line in text.split("\n"):
            words = "\t".join(map(tidy, line.split("\t"))) if keep_tabs else tidy(line)
            if words.strip():
                self.lines += 1
                self.blocks.append(Line(words, self.lines))

    def add_rows(self, rows: Iterable[Iterable[tuple[str, int, int]]]) -> None:
        """Add a table, given as rows of (text, height, width)."""
        laid = [list(row) for row in rows]
        require_places(laid)
        self.grids += 1
        self.add_grid(lay_out(laid, self.grids))

    def add_grid(self, grid: Grid) -> None:
        """Add a grid; rows that are running text become lines between its parts.

        The parts keep the grid's number and row numbers: rows that stand elsewhere are empty.
        """
        if sum(map(len, grid.rows)) == 1:
            # One single cell is page layout, not a table.
            self.add_text(next(row[0].text for row in grid.rows if row))
            return
        kept: list[tuple[GridCell, ...]] = []
        above = 0
        wide = any(len(row) > 1 for row in grid.rows)
        for row in grid.rows:
            if not _is_text(row):
                kept.append(() if wide and _is_spacer(row) else row)
                continue
            self._end_part(grid.number, above, kept)
            above += len(kept) + 1
            kept = []
            for cell in row:
                self.add_text(cell.text)
        self._end_part(grid.number, above, kept)

    def _end_part(self, number: int, above: int, rows: Sequence[tuple[GridCell, ...]]) -> None:
        """Add these rows of a grid behind as many empty ones as stand above them."""
        if not any(rows):
            return
        self._above += above
        if self._above > MOST_PLACES:
            raise refuse("has a long table that text parts too often")
        self.blocks.append(Grid(number, ((),) * above + tuple(rows)))


def _is_text(row: Sequence[GridCell]) -> bool:
    """A row of one cell with words, of a title and empty cells, or one that holds prose."""
    if any(cell.height > 1 or parse_number(cell.text) for cell in row):
        return False
    filled = [cell.text for cell in row if not is_blank(cell.text)]
    alone = len(row) == len(filled) == 1
    title = len(filled) == 1 and _TITLE_END.search(filled[0]) is not None
    return alone or title or any(len(text) > LONGEST_CELL for text in filled)


def _is_spacer(row: Sequence[GridCell]) -> bool:
    return len(row) == 1 and row[0].height == 1 and not row[0].text.strip()
