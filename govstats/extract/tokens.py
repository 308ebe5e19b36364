"""Document -> tokens: cells in reading order, each a label, a number, a blank or garbled.

Grids, tab lines and pipe lines give one token a cell; a line dumped with its numbers inside is
split at white space; any other line is one cell. Where cells stand one a line, empty ones show
only as surplus newlines (`fill_gaps`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from govstats.document import Document, Grid, GridCell, Line
from govstats.numbers import Number, doubtful_values, is_blank, parse_number

_PIECE = re.compile(r"\S+")
# Digits with letters that look like digits, as poor recognition prints them: O0, l2, 1S.
_LOOKALIKE = re.compile(r"[+-]?[\d.,OoDIlSB]{1,9}")
# Fewer standing numbers than this in a line are prose, not a dumped table row.
_FEWEST_NUMBERS = 3
# Two empty rows of the widest table; more empty lines are layout.
MOST_BLANKS = 30


class Kind(Enum):
    """What a cell holds. GARBLED stands among numbers and is neither number nor blank."""

    LABEL = "label"
    NUMBER = "number"
    BLANK = "blank"
    GARBLED = "garbled"


@dataclass(frozen=True, slots=True)
class Token:
    """One printed cell; `line` is 0 inside grids, `columns` None outside them.

    `start` is where the cell begins in the document's running text, -1 inside grids.
    """

    kind: Kind
    text: str
    number: Number | None
    locator: str
    row: tuple[int, int]
    line: int = 0
    columns: range | None = None
    whole_line: bool = False
    start: int = -1

    @property
    def row_place(self) -> tuple[int, int, int]:
        """The printed row: block and row of a grid, or line; cells of one row have the same."""
        return (*self.row, self.line)

    @property
    def is_value(self) -> bool:
        """A cell for data, filled or not."""
        return self.kind is not Kind.LABEL


def tokenise(document: Document) -> list[Token]:
    """All cells of a document in reading order; lines without any text give none."""
    tokens: list[Token] = []
    offset = 0
    for index, block in enumerate(document.blocks):
        if isinstance(block, Grid):
            for row in range(len(block.rows)):
                tokens += _tidy_row(list(_grid_row(block, row, index)))
        else:
            tokens += _line_tokens(block, index, offset)
            offset += len(block.text) + 1
    return tokens


def _token(text: str, locator: str, row: tuple[int, int]) -> Token:
    if is_blank(text):
        return Token(Kind.BLANK, text.strip(), None, locator, row)
    number = parse_number(text)
    kind = Kind.NUMBER
    if number is None:
        doubtful = doubtful_values(text) is not None
        letters = any(sign.isalpha() for sign in text)
        alike = letters and _LOOKALIKE.fullmatch(text.strip())
        kind = Kind.GARBLED if doubtful or alike else Kind.LABEL
    return Token(kind, text.strip(), number, locator, row)


def _grid_row(grid: Grid, row: int, block: int) -> Iterator[Token]:
    for cell in grid.rows[row]:
        token = _token(cell.text, grid.place(cell), (block, row))
        # A label counts in every row it spans; a number was printed once.
        if token.kind is Kind.LABEL or cell.row == row + 1:
            yield replace(token, columns=_covered(cell))


def _covered(cell: GridCell) -> range:
    return range(cell.column, cell.column + cell.width)


def _line_tokens(line: Line, block: int, offset: int) -> list[Token]:
    if "\t" in line.text:
        return _tidy_row(_cells(line, block, offset, "\t"))
    if "|" in line.text:
        return _tidy_row(_pipe_cells(line, block, offset))
    if _has_numbers(line.text):
        pieces = ((piece[0], piece.start()) for piece in _PIECE.finditer(line.text))
        return [_piece(text, at, line, block, offset) for text, at in pieces]
    if not line.text.strip():
        return []
    return [replace(_piece(line.text, 0, line, block, offset), whole_line=True)]


def _has_numbers(text: str) -> bool:
    return sum(parse_number(piece) is not None for piece in text.split()) >= _FEWEST_NUMBERS


def _piece(text: str, at: int, line: Line, block: int, offset: int) -> Token:
    """The token of a part of a line that begins at character `at` of it."""
    at += len(text) - len(text.lstrip())
    token = _token(text, f"{line.place()}, column {at + 1}", (block, 0))
    return replace(token, line=line.number, start=offset + at)


def _cells(line: Line, block: int, offset: int, separator: str) -> list[Token]:
    tokens, at = [], 0
    for part in line.text.split(separator):
        tokens.append(_piece(part, at, line, block, offset))
        at += len(part) + 1
    return tokens


def _pipe_cells(line: Line, block: int, offset: int) -> list[Token]:
    cells = _cells(line, block, offset, "|")
    text = line.text.strip()
    # A pipe at the end closes the last cell, one at the start opens the first; alone it is a blank.
    if text.endswith("|"):
        cells = cells[:-1]
    if text.startswith("|") and len(cells) > 1:
        cells = cells[1:]
    return cells


def _tidy_row(tokens: list[Token]) -> list[Token]:
    """Drop blanks among the labels in front of a row; text among its numbers is garbled."""
    filled = (Kind.NUMBER, Kind.GARBLED)
    first = next((i for i, token in enumerate(tokens) if token.kind in filled), len(tokens))
    labels = [i for i in range(first) if tokens[i].kind is Kind.LABEL]
    front = [tokens[i] for i in labels]
    start = labels[-1] + 1 if labels else 0
    rest = [replace(t, kind=Kind.GARBLED) if t.kind is Kind.LABEL else t for t in tokens[start:]]
    return front + rest


def fill_gaps(tokens: Sequence[Token]) -> list[Token]:
    """Add a blank for every newline too many between cells that stand one a line.

    What is one too many is judged by the commonest distance between neighbours.
    """
    pairs = zip(tokens, tokens[1:], strict=False)
    distances = Counter(b.line - a.line for a, b in pairs if _both_lines(a, b))
    if not distances:
        return list(tokens)
    usual = distances.most_common(1)[0][0]
    filled = list(tokens[:1])
    for first, second in zip(tokens, tokens[1:], strict=False):
        if _both_lines(first, second):
            surplus = min(second.line - first.line - usual, MOST_BLANKS)
            filled += [_empty(first, step) for step in range(1, surplus + 1)]
        filled.append(second)
    return filled


def _both_lines(first: Token, second: Token) -> bool:
    return first.whole_line and second.whole_line


def _empty(before: Token, step: int) -> Token:
    return Token(
        Kind.BLANK, "", None, f"after line {before.line}", (before.row[0], step), before.line
    )
