"""Running text of pages: lines without page furniture, put together to paragraphs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from govstats.labels import NUMBERED, normalise
from govstats.readers.pdf.celltext import WORD_GAPS
from govstats.readers.pdf.glyphs import Piece, cut_lines, turned_upright
from govstats.readers.pdf.words import join_touching

_DASH = r"[-—–―·.\s]*"
_PAGE_NUMBER = re.compile(
    rf"{_DASH}(?:第\s*)?\d{{1,4}}(?:\s*页)?(?:\s*(?:/|共|,共)\s*\d{{1,4}}(?:\s*页)?)?{_DASH}"
)
# Page numbers, running heads and feet stand within this share of the page's height.
EDGE = 0.13
# and at least this share of their size away from other lines.
APART = 0.9
# A line that ends this many characters before the right margin ends its paragraph.
SHORT_BY = 1.6
# Lines of one paragraph are nearer than this many times their size.
LINE_PITCH = 2.2


@dataclass(frozen=True, slots=True)
class TextLine:
    """A printed line of running text on a page."""

    text: str
    x0: float
    x1: float
    y0: float
    y1: float
    page: int

    @property
    def size(self) -> float:
        """Height of the line."""
        return self.y1 - self.y0


def text_lines(pieces: Sequence[Piece], page: int) -> list[TextLine]:
    """Lines of upright text from top to bottom, then turned text as if it stood upright."""
    upright = [piece for piece in pieces if piece.turn == 0]
    found = [_line(line, page) for line in cut_lines(upright)]
    for turn in (1, 2, 3):
        turned = [piece for piece in pieces if piece.turn == turn]
        for line in cut_lines(turned_upright(turned, turn)) if turned else ():
            top = min(piece.y0 for piece in turned)
            made = _line(line, page)
            found.append(TextLine(made.text, 0.0, 0.0, top, top, page))
    return found


def _line(line: Sequence[Piece], page: int) -> TextLine:
    words = join_touching(line, WORD_GAPS)
    return TextLine(
        " ".join(word.text for word in words),
        words[0].x0,
        words[-1].x1,
        min(word.y0 for word in words),
        max(word.y1 for word in words),
        page,
    )


def page_numbers(lines: Sequence[Sequence[Piece]], height: float) -> set[Piece]:
    """Pieces of lines that are a number alone at the upper or lower edge of a page.

    A number that stands as near to another line as lines of a table do is not taken for one.
    """
    found: set[Piece] = set()
    for index, line in enumerate(lines):
        top, bottom = line[0].y0, line[0].y1
        at_edge = bottom < EDGE * height or top > (1 - EDGE) * height
        text = unicodedata.normalize("NFKC", " ".join(piece.text for piece in line))
        if not at_edge or not _PAGE_NUMBER.fullmatch(text):
            continue
        others = (*lines[max(0, index - 1) : index], *lines[index + 1 : index + 2])
        gaps = (max(top - other[0].y1, other[0].y0 - bottom) for other in others)
        if all(gap > APART * (bottom - top) for gap in gaps):
            found.update(line)
    return found


def running_heads(pages: Iterable[Sequence[TextLine]], heights: Sequence[float]) -> set[TextLine]:
    """Lines at the edge of a page that the page before has at the same place; the first is kept."""
    repeated: set[TextLine] = set()
    known: dict[str, float] = {}
    for lines, height in zip(pages, heights, strict=True):
        at_edge = {
            line.text: line
            for line in (*lines[:2], *lines[-2:])
            if line.y1 < EDGE * height or line.y0 > (1 - EDGE) * height
        }
        repeated |= {
            line for text, line in at_edge.items() if abs(known.get(text, -99) - line.y0) < 3
        }
        known = {text: line.y0 for text, line in at_edge.items()}
    return repeated


def paragraphs(lines: Sequence[TextLine]) -> list[tuple[str, int]]:
    """(text, page) of each paragraph; a line that reaches the margin goes on in the next one."""
    if not lines:
        return []
    right = max(line.x1 for line in lines)
    found: list[tuple[str, int]] = []
    last: TextLine | None = None
    for line in lines:
        if last is not None and _continues(last, line, right):
            text, page = found[-1]
            found[-1] = (_glued(text, line.text), page)
        else:
            found.append((line.text, line.page))
        last = line
    return found


def _continues(last: TextLine, line: TextLine, right: float) -> bool:
    full = right - last.x1 <= SHORT_BY * last.size
    centred = abs(line.x0 + line.x1 - last.x0 - last.x1) < line.size
    indented = line.x0 - last.x0 > line.size and not centred
    near = last.page != line.page or line.y0 - last.y0 <= LINE_PITCH * line.size
    alike = abs(line.size - last.size) < 0.2 * line.size
    numbered = NUMBERED.match(normalise(line.text)) is not None
    return full and near and alike and not indented and not numbered


def _glued(text: str, more: str) -> str:
    # Digits on both sides are two numbers, or one that is broken: which, nobody can tell.
    return f"{text} {more}" if text[-1].isascii() and more[0].isascii() else text + more
