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
from govstats.numbers import Number, is_blank, parse_number

_PIECE = re.compile(r"\S+")
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
    """One printed cell; `line` is 0 inside grids, `columns` None outside them."""

    kind: Kind
    text: str
    number: Number | None
    locator: str
    row: tuple[int, int]
    line: int = 0
    columns: range | None = None
    whole_line: bool = False

    @property
    def is_value(self) -> bool:
        """A cell for data, filled or not."""
        return self.kind is not Kind.LABEL


def tokenise(document: Document) -> list[Token]:
    """All cells of a document in reading order; lines without any text give none."""
    tokens: list[Token] = []
    for index, block in enumerate(document.blocks):
        if isinstance(block, Grid):
            for row in range(len(block.rows)):
                tokens += _tidy_row(list(_grid_row(block, row, index)))
        else:
            tokens += _line_tokens(block, index)
    return tokens


def _token(text: str, locator: str, row: tuple[int, int], line: int = 0) -> Token:
    if is_blank(text):
        return Token(Kind.BLANK, text.strip(), None, locator, row, line)
    number = parse_number(text)
    kind = Kind.LABEL if number is None else Kind.NUMBER
    return Token(kind, text.strip(), number, locator, row, line)


def _grid_row(grid: Grid, row: int, block: int) -> Iterator[Token]:
    for cell in grid.rows[row]:
        locator = f"table {grid.number}, row {cell.row}, column {cell.column}"
        token = _token(cell.text, locator, (block, row))
        # A label counts in every row it spans; a number was printed once.
        if token.kind is Kind.LABEL or cell.row == row + 1:
            yield replace(token, columns=_covered(cell))


def _covered(cell: GridCell) -> range:
    return range(cell.column, cell.column + cell.width)


def _line_tokens(line: Line, block: int) -> list[Token]:
    if "\t" in line.text:
        return _tidy_row(_cut(line, block, "\t"))
    if "|" in line.text:
        return _tidy_row(_pipe_cells(line, block))
    if _has_numbers(line.text):
        return [
            _token(piece[0], _place(line, piece.start()), (block, 0), line.number)
            for piece in _PIECE.finditer(line.text)
        ]
    if not line.text.strip():
        return []
    token = _token(line.text, _place(line, 0), (block, 0), line.number)
    return [replace(token, whole_line=True)]


def _has_numbers(text: str) -> bool:
    return sum(parse_number(piece) is not None for piece in text.split()) >= _FEWEST_NUMBERS


def _place(line: Line, offset: int) -> str:
    return f"line {line.number}, column {offset + 1}"


def _cut(line: Line, block: int, separator: str) -> list[Token]:
    tokens, offset = [], 0
    for part in line.text.split(separator):
        indent = len(part) - len(part.lstrip())
        tokens.append(_token(part, _place(line, offset + indent), (block, 0), line.number))
        offset += len(part) + 1
    return tokens


def _pipe_cells(line: Line, block: int) -> list[Token]:
    cells = _cut(line, block, "|")
    text = line.text.strip()
    # A pipe at the end closes the last cell, one at the start opens the first; alone it is a blank.
    if text.endswith("|"):
        cells = cells[:-1]
    if text.startswith("|") and len(cells) > 1:
        cells = cells[1:]
    return cells


def _tidy_row(tokens: list[Token]) -> list[Token]:
    """Drop blanks among the labels in front of a row; text among its numbers is garbled."""
    first = next((i for i, token in enumerate(tokens) if token.kind is Kind.NUMBER), len(tokens))
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
