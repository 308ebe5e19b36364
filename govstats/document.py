"""What every reader gives: a report as lines and grids, each knowing where it stood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Stands for what is printed and cannot be read, and behind a number that is read with doubt.
DOUBT = "\ufffd"


class ReportError(Exception):
    """A file that cannot be used: `stage` (find, read, decode, extract) and what to do about it."""

    def __init__(self, stage: str, message: str) -> None:
        super().__init__(message)
        self.stage = stage


@dataclass(frozen=True, slots=True)
class Line:
    """One line of running text; `number` counts from 1 as an editor would.

    `page` counts from 1 in formats that have pages, else it is 0.
    """

    text: str
    number: int
    page: int = 0

    def place(self, column: int) -> str:
        """Where a character of the line (from 1) stands, in words."""
        return f"{_page(self.page)}line {self.number}, column {column}"


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of a table: text, upper left corner (from 1), rows and columns it spans."""

    text: str
    row: int
    column: int
    height: int = 1
    width: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; `rows[i]` holds, left to right, every cell that covers row i + 1.

    `pages[i]` is the page of row i + 1 in formats that have pages, else `pages` is empty.
    """

    number: int
    rows: tuple[tuple[GridCell, ...], ...]
    pages: tuple[int, ...] = ()

    def place(self, cell: GridCell) -> str:
        """Where a cell of this table stands, in words."""
        page = self.pages[cell.row - 1] if self.pages else 0
        return f"{_page(page)}table {self.number}, row {cell.row}, column {cell.column}"


@dataclass(frozen=True, slots=True)
class Document:
    """A report's blocks in reading order; `format` is the reader's name (text, html, pdf).

    `remarks` say what of the file could not be read, such as pages that are pictures.
    """

    format: str
    blocks: tuple[Line | Grid, ...]
    remarks: tuple[str, ...] = ()

    def lines(self) -> Iterable[Line]:
        """The running text, without the grids."""
        return (block for block in self.blocks if isinstance(block, Line))

    def text(self) -> str:
        """The running text as one string, a newline between lines."""
        return "\n".join(line.text for line in self.lines())


def _page(number: int) -> str:
    return f"page {number}, " if number else ""


def lay_out(rows: Iterable[Iterable[tuple[str, int, int]]], number: int) -> Grid:
    """Build a grid from rows of (text, height, width), giving every cell its columns.

    Cells that span rows are listed again in each row they cover, as HTML and Word lay them out.
    """
    open_cells: dict[int, tuple[GridCell, int]] = {}
    laid: list[tuple[GridCell, ...]] = []
    for row_number, row in enumerate(rows, start=1):
        covered = {
            column: cell for column, (cell, last) in open_cells.items() if last >= row_number
        }
        current = dict(covered)
        column = 1
        for text, height, width in row:
            while column in current:
                column += 1
            cell = GridCell(text, row_number, column, height, width)
            for offset in range(width):
                current.setdefault(column + offset, cell)
                open_cells[column + offset] = (cell, row_number + height - 1)
            column += width
        unique = dict.fromkeys(current[position] for position in sorted(current))
        laid.append(tuple(unique))
    return Grid(number, tuple(laid))
