"""Characters of a PDF page with their boxes, as pdfium lays them out; text that is seen as upright.

Coordinates are points from the upper left corner of the page as it is shown.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from math import atan2, pi
from typing import Any, NamedTuple

# Boxes of neighbouring characters of one word touch; this share of the size apart they do not.
TOUCHING = 0.05
# Baselines nearer than this share of the size are one line.
ONE_LINE = 0.3


class Frame(NamedTuple):
    """The visible part of a page in its own coordinates, and its quarter turns clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int

    def shown(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the page is seen, from the upper left corner."""
        if self.turns == 1:
            return y - self.bottom, x - self.left
        if self.turns == 2:
            return self.right - x, y - self.bottom
        if self.turns == 3:
            return self.top - y, self.right - x
        return x - self.left, self.top - y


class Piece(NamedTuple):
    """Characters of one line whose boxes touch; `base` is their baseline, `turn` 0 to 3."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    base: float
    turn: int = 0

    @property
    def size(self) -> float:
        """Height of the characters."""
        return self.y1 - self.y0

    @property
    def middle(self) -> tuple[float, float]:
        """Centre of the box."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


def frame_of(page: Any) -> Frame:
    """What is visible of a pypdfium2 page."""
    left, bottom, right, top = page.get_cropbox()
    return Frame(left, bottom, right, top, page.get_rotation() // 90 % 4)


def read_glyphs(textpage: Any, frame: Frame, count: int) -> list[Piece]:
    """Every visible character as a piece of its own; white space gives none."""
    import pypdfium2.raw as pdfium

    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    to_box, to_matrix = ctypes.byref(box), ctypes.byref(matrix)
    x, y = ctypes.c_double(), ctypes.c_double()
    to_x, to_y = ctypes.byref(x), ctypes.byref(y)
    raw, found = textpage.raw, []
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        if code <= 32 or code in (0xA0, 0x3000, 0xFEFF, 0xFFFE, 0xFFFF):
            continue
        pdfium.FPDFText_GetLooseCharBox(raw, index, to_box)
        pdfium.FPDFText_GetCharOrigin(raw, index, to_x, to_y)
        pdfium.FPDFText_GetMatrix(raw, index, to_matrix)
        turn = 0
        if matrix.a <= 0 or matrix.b or frame.turns:
            angle = atan2(matrix.b, matrix.a) if matrix.a or matrix.b else 0.0
            turn = (round(angle / (pi / 2)) - frame.turns) % 4
        x0, y0 = frame.shown(box.left, box.top)
        x1, y1 = frame.shown(box.right, box.bottom)
        base = frame.shown(x.value, y.value)[0 if turn % 2 else 1]
        found.append(
            Piece(chr(code), min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1), base, turn)
        )
    return found


def turned_upright(glyphs: Sequence[Piece], turn: int) -> list[Piece]:
    """Glyphs set with `turn` quarter turns anticlockwise, moved to where they would read upright."""
    if turn == 1:
        return [Piece(g.text, -g.y1, g.x0, -g.y0, g.x1, g.base) for g in glyphs]
    if turn == 2:
        return [Piece(g.text, -g.x1, -g.y1, -g.x0, -g.y0, -g.base) for g in glyphs]
    if turn == 3:
        return [Piece(g.text, g.y0, -g.x1, g.y1, -g.x0, -g.base) for g in glyphs]
    return list(glyphs)


def cut_lines(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Pieces in lines from top to bottom, each line from left to right."""
    lines: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: (p.base, p.x0)):
        if lines and piece.base - lines[-1][0].base <= ONE_LINE * _height(lines[-1], piece):
            lines[-1].append(piece)
        else:
            lines.append([piece])
    for line in lines:
        line.sort(key=lambda p: p.x0)
    return lines


def _height(line: Sequence[Piece], piece: Piece) -> float:
    # Punctuation may have a box as small as its ink; a full character tells the size.
    return max(piece.size, line[0].size, line[-1].size)


def join_touching(line: Sequence[Piece], share: float = TOUCHING, digits: float = TOUCHING) -> list[Piece]:
    """Runs of a line whose gaps are below `share` of the size, between digits below `digits`."""
    runs: list[Piece] = []
    for piece in line:
        if not runs:
            runs.append(piece)
            continue
        last = runs[-1]
        numeric = last.text[-1].isdigit() and piece.text[0].isdigit()
        size = max(last.size, piece.size)
        if piece.x0 - last.x1 <= (digits if numeric else share) * size:
            if not _is_double(last, piece):
                runs[-1] = _joined(last, piece)
        else:
            runs.append(piece)
    return runs


def _is_double(last: Piece, piece: Piece) -> bool:
    """A character printed again over itself, as some writers imitate bold type."""
    width = piece.x1 - piece.x0
    return last.text.endswith(piece.text) and piece.x1 - last.x1 < 0.3 * width


def _joined(first: Piece, second: Piece) -> Piece:
    return Piece(
        first.text + second.text,
        first.x0,
        min(first.y0, second.y0),
        max(first.x1, second.x1),
        max(first.y1, second.y1),
        first.base,
        first.turn,
    )
