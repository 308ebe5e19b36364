"""Characters of a PDF page with their boxes, as pdfium lays them out; text that is seen as upright.

Coordinates are points from the upper left corner of the page as it is shown.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from math import pi
from typing import Any, NamedTuple

from govstats.document import DOUBT

# Boxes of neighbouring characters of one word touch; this share of the size apart they do not.
TOUCHING = 0.05
# This share of a Chinese character lies below the baseline.
DESCENT = 0.12
_CHINESE = "\u2e80"
# More spaces in a row than these move to another column.
MOST_SPACES = 2
# Baselines nearer than this share of the size are one line.
ONE_LINE = 0.3

_SPACES = frozenset(" \xa0\u3000")
_UNSEEN = frozenset("\0\t\r\n\x02 \xa0\u3000\u200b\ufeff\ufffe\uffff")


class Frame(NamedTuple):
    """The visible part of a page in its own coordinates, and its quarter turns clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int

    def size(self) -> tuple[float, float]:
        """Width and height as shown."""
        sides = self.right - self.left, self.top - self.bottom
        return sides[::-1] if self.turns % 2 else sides

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
    """Characters of one line whose boxes touch; `base` is their baseline, `turn` 0 to 3.

    `spaced` tells that only a printed space parts them from the piece before.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    base: float
    turn: int = 0
    spaced: bool = False

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


def read_pieces(textpage: Any, frame: Frame) -> list[Piece]:
    """Runs of touching characters in printed order; white space gives none.

    Boxes are those of the font, so that neighbours in a word touch whatever their ink.
    """
    import pypdfium2.raw as pdfium

    box = pdfium.FS_RECTF()
    to_box, raw, get_box = ctypes.byref(box), textpage.raw, pdfium.FPDFText_GetLooseCharBox
    placed = _Placer(textpage, frame)
    found: list[Piece] = []
    run: list[str] = []
    start, left, right, bottom, top = 0, 0.0, 0.0, 0.0, 0.0
    spaces, spaced = _Spaces(), False
    for index, char in enumerate(_characters(textpage)):
        if char in _UNSEEN:
            if run and char in _SPACES:
                get_box(raw, index, to_box)
                spaces.add(box.left, box.right)
            continue
        get_box(raw, index, to_box)
        # Asking for angle and baseline is slow: a character that goes on a level run has them too.
        # Boxes of Chinese characters vary a little in height, those of digits do not.
        slack = TOUCHING * (top - bottom)
        tall = slack if run and run[-1] >= _CHINESE and char >= _CHINESE else 0.0
        if (
            run
            and -slack <= box.left - right <= slack
            and -tall <= box.bottom - bottom <= tall
            and -tall <= box.top - top <= tall
        ):
            run.append(char)
            right = box.right
            continue
        if run:
            sides = (left, bottom, right, top)
            found.append(placed.piece("".join(run), start, sides)._replace(spaced=spaced))
        spaced = spaces.bridge(right, box.left, top - bottom) and abs(box.bottom - bottom) < slack
        run, start = [char], index
        left, right, bottom, top = box.left, box.right, box.bottom, box.top
    if run:
        sides = (left, bottom, right, top)
        found.append(placed.piece("".join(run), start, sides)._replace(spaced=spaced))
    return found


class _Spaces:
    """White space that was printed behind a run, as opposed to a jump to another place."""

    def __init__(self) -> None:
        self._sides: list[tuple[float, float]] = []

    def add(self, left: float, right: float) -> None:
        """Take up a space; one that pdfium made up for a jump has no width."""
        if right > left:
            self._sides.append((left, right))

    def bridge(self, right: float, left: float, size: float) -> bool:
        """True when spaces alone part what ends at `right` from what begins at `left`."""
        sides, self._sides = self._sides, []
        slack = TOUCHING * size
        # Of several spaces in a row pdfium keeps one.
        width = sum(end - start for start, end in sides)
        begun = bool(sides) and abs(sides[0][0] - right) <= slack
        return begun and left - right <= MOST_SPACES * width + slack


def _characters(textpage: Any) -> Sequence[str]:
    """Every character by index; asked for one by one where the text at once has another length."""
    import pypdfium2.raw as pdfium

    count = textpage.count_chars()
    text = textpage.get_text_range() if count else ""
    if len(text) == count and not any(
        "\ud800" <= char <= "\udfff" or char > "\uffff" for char in text
    ):
        return text
    codes = (pdfium.FPDFText_GetUnicode(textpage.raw, index) for index in range(count))
    # Half of a pair is no character, and cannot be written.
    return [DOUBT if 0xD800 <= code <= 0xDFFF else chr(code) for code in codes]


class _Placer:
    """Places runs on the page as it is shown, with their baseline and turn."""

    def __init__(self, textpage: Any, frame: Frame) -> None:
        self._raw, self._frame = textpage.raw, frame
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._origin = ctypes.byref(self._x), ctypes.byref(self._y)

    def piece(self, text: str, index: int, box: tuple[float, float, float, float]) -> Piece:
        """The run beginning with character `index`; its box is left, bottom, right, top."""
        import pypdfium2.raw as pdfium

        pdfium.FPDFText_GetCharOrigin(self._raw, index, *self._origin)
        angle, frame = pdfium.FPDFText_GetCharAngle(self._raw, index), self._frame
        if not angle and text[0] >= _CHINESE:
            box = self._full(index, box, len(text))
        left, bottom, right, top = box
        if not angle and not frame.turns:
            x, y = frame.left, frame.top
            return Piece(text, left - x, y - top, right - x, y - bottom, y - self._y.value)
        turn = (round(angle / (pi / 2)) + frame.turns) % 4
        (x0, y0), (x1, y1) = frame.shown(left, top), frame.shown(right, bottom)
        base = frame.shown(self._x.value, self._y.value)[turn % 2 == 0]
        return Piece(text, min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1), base, turn)

    def _full(
        self, index: int, box: tuple[float, float, float, float], length: int
    ) -> tuple[float, float, float, float]:
        """The squares of Chinese characters, where the font gives boxes of their ink."""
        import pypdfium2.raw as pdfium

        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._raw, index, ctypes.byref(matrix))
        size = pdfium.FPDFText_GetFontSize(self._raw, index) * abs(matrix.d)
        left, _, right, _ = box
        x, y = self._x.value, self._y.value
        if not size or not left <= x + size / 2 <= right + size:
            return box
        if length == 1 and abs(right - left - size) >= TOUCHING * size:
            left, right = x, x + size
        return left, y - DESCENT * size, right, y + (1 - DESCENT) * size


def turned_upright(glyphs: Sequence[Piece], turn: int) -> list[Piece]:
    """Glyphs set with `turn` quarter turns clockwise, moved to where they would read upright."""
    if turn == 1:
        return [Piece(g.text, g.y0, -g.x1, g.y1, -g.x0, -g.base) for g in glyphs]
    if turn == 2:
        return [Piece(g.text, -g.x1, -g.y1, -g.x0, -g.y0, -g.base) for g in glyphs]
    if turn == 3:
        return [Piece(g.text, -g.y1, g.x0, -g.y0, g.x1, g.base) for g in glyphs]
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
