"""Document -> tokens: cells in reading order, each a label, a number, a blank or garbled.

Grids, tab lines and pipe lines give one token a cell; a line dumped with its numbers inside is
split at white space; any other line is one cell. Where cells stand one a line, empty ones show
only as surplus newlines (`fill_gaps`). A line with fewer numbers is split where all its pieces are
labels of the forms and values, or where a unit stands in front of its last value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

from govstats.document import Document, Grid, GridCell, Line
from govstats.forms import STATISTICS, TABLES, candidates
from govstats.labels import core
from govstats.numbers import UNITS, Number, doubtful_values, is_blank, parse_number

_PIECE = re.compile(r"\S+")
# Digits with letters that look like digits, as poor recognition prints them: O0, l2, 1S.
_LOOKALIKE = re.compile(r"[+-]?[\d.,OoDIlSB]{1,9}")
# No printed number is longer.
_LONGEST_NUMBER = 40
# Fewer standing numbers than this in a line are prose, not a dumped table row.
_FEWEST_NUMBERS = 3
# A label broken at white space has at most this many pieces.
MOST_PIECES = 4
# Two empty rows of the widest table; more empty lines are layout.
MOST_BLANKS = 30


class Kind(Enum):
    """What a cell holds. GARBLED stands among numbers and is neither number nor blank."""

    LABEL = "label"
    NUMBER = "number"
    BLANK = "blank"
    GARBLED = "garbled"


# Asked for thousands of times a report, and dear to look up on the class.
LABEL, NUMBER, BLANK, GARBLED = Kind


class Token(NamedTuple):
    """One printed cell; `line` is 0 inside grids, `columns` None outside them.

    `row` is the printed row, by block and row in it: cells of one row have the same. `start` is
    where the cell begins in the document's running text, -1 inside grids. `printed` is where it
    stands: the line and the character of it, or the grid and the cell.
    """

    kind: Kind
    text: str
    number: Number | None
    printed: tuple[Line | Grid, Any] | None
    row: tuple[int, int]
    line: int = 0
    columns: range | None = None
    whole_line: bool = False
    start: int = -1

    @property
    def locator(self) -> str:
        """Where the cell stands, in words: few are ever asked, so they are put together late."""
        if self.printed is None:
            return f"after line {self.line}"
        place, at = self.printed
        return place.place(at)

    @property
    def is_value(self) -> bool:
        """A cell for data, filled or not."""
        return self.kind is not LABEL


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


@lru_cache(maxsize=8192)
def _content(text: str) -> tuple[Kind, str, Number | None]:
    """What a cell holds: its kind, its text without space around it, its number."""
    inner = text.strip()
    if is_blank(text):
        return BLANK, inner, None
    number = parse_number(inner) if len(inner) <= _LONGEST_NUMBER else None
    if number is not None:
        return NUMBER, inner, number
    garbled = _LOOKALIKE.fullmatch(inner) and any(sign.isalpha() for sign in inner)
    doubtful = garbled or doubtful_values(inner) is not None
    return (GARBLED if doubtful else LABEL), inner, None


def _grid_row(grid: Grid, row: int, block: int) -> Iterator[Token]:
    for cell in grid.rows[row]:
        kind, text, number = _content(cell.text)
        # A label counts in every row it spans; a number was printed once.
        if kind is LABEL or cell.row == row + 1:
            yield Token(kind, text, number, (grid, cell), (block, row), columns=_covered(cell))


def _covered(cell: GridCell) -> range:
    return range(cell.column, cell.column + cell.width)


def _line_tokens(line: Line, block: int, offset: int) -> list[Token]:
    if "\t" in line.text:
        return _tidy_row(_cells(line, block, offset, "\t"))
    if "|" in line.text:
        return _tidy_row(_pipe_cells(line, block, offset))
    words = line.text.split()
    if _has_numbers(words) or _is_row(words):
        pieces = ((piece[0], piece.start()) for piece in _PIECE.finditer(line.text))
        return [_piece(text, at, line, block, offset) for text, at in pieces]
    if not words:
        return []
    return [_piece(line.text, 0, line, block, offset)._replace(whole_line=True)]


def _has_numbers(pieces: Sequence[str]) -> bool:
    found = sum(_content(piece)[0] is NUMBER for piece in pieces)
    return found >= _FEWEST_NUMBERS


def _is_row(pieces: Sequence[str]) -> bool:
    """A short row of a table: nothing but labels and values, or with a unit as cell.

    Labels of groups and rows are a row only with a value behind them: they are broken at spaces.
    """
    if len(pieces) < 2:
        return False
    valued = _is_value(pieces[-1])
    unit = len(pieces) - (2 if valued else 1)
    if pieces[unit] in UNITS and unit and _content(pieces[unit - 1])[2] is None:
        return True
    return _count_items(pieces, _words(valued)) > 1


def _is_value(piece: str) -> bool:
    return _content(piece)[0] in (BLANK, NUMBER)


def _count_items(pieces: Sequence[str], words: frozenset[str]) -> int:
    """How many labels and values the pieces are, each label perhaps broken; 0 when others too."""
    at = count = 0
    while at < len(pieces):
        ends = range(min(len(pieces), at + MOST_PIECES), at, -1)
        label = next((end for end in ends if core("".join(pieces[at:end])) in words), None)
        if label is None and not _is_value(pieces[at]):
            return 0
        at = label or at + 1
        count += 1
    return count


@lru_cache(maxsize=2)
def _words(rows: bool) -> frozenset[str]:
    """Words of the heads of all tables, and of the labels of their rows and groups."""
    tables = [table for name in (*TABLES, *STATISTICS) for table in candidates(name)]
    found = {word for table in tables for word in (*table.column_codes, *map(core, table.heads))}
    for table in tables:
        found |= (
            {*table.row_codes, *table.head_cores} if rows or table.name == "remedies" else set()
        )
    return frozenset(found - {""})


def _piece(text: str, at: int, line: Line, block: int, offset: int) -> Token:
    """The token of a part of a line that begins at character `at` of it."""
    kind, inner, number = _content(text)
    if text != inner:
        at += len(text) - len(text.lstrip())
    printed = (line, at + 1)
    return Token(kind, inner, number, printed, (block, 0), line.number, start=offset + at)


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
    filled = (NUMBER, GARBLED)
    first = next((i for i, token in enumerate(tokens) if token.kind in filled), len(tokens))
    labels = [i for i in range(first) if tokens[i].kind is LABEL]
    front = [tokens[i] for i in labels]
    start = labels[-1] + 1 if labels else 0
    rest = [t._replace(kind=GARBLED) if t.kind is LABEL else t for t in tokens[start:]]
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
    return Token(BLANK, "", None, None, (before.row[0], step), before.line)
