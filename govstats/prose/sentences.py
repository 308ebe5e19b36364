"""Paragraphs and sentences of a document, without white space but with their place in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# One character for one, so that places stay: full-width digits and signs to their plain forms.
_FOLDED = dict(zip("０１２３４５６７８９％﹪．：；（）﹙﹚", "0123456789%%.:;()()", strict=True))
_FULL_WIDTH = re.compile(f"[{''.join(_FOLDED)}]")
_LINE = re.compile(r"[^\n\r\f\v\x1c-\x1e\x85\u2028\u2029]+")
_PIECE = re.compile(r"\S+")
_SENTENCE = re.compile(r"[^。!?！？]+[。!?！？]?")
_LONGEST = 1500  # characters; what is longer is no sentence and is cut, so that work stays linear
_WRAPPED = 24  # a line of at least so many characters, ended in mid-sentence, goes on in the next
_OPEN_END = re.compile(r"[\w、,，“《(](?<!报告)(?<!年报)(?<!情况)(?<!措施)(?<!事项)(?<!问题)$")
_NUMBER_PATH = r"(?:第?[一二三四五六七八九十]{1,3}[、.,，部]|\([一二三四五六七八九十]{1,3}\))"
_HEADING = re.compile(rf"\s*{_NUMBER_PATH}")
# In a dump without line breaks a heading stands behind a blank or a full stop.
_INLINE = re.compile(
    rf"(?:(?<=[\s。])|^){_NUMBER_PATH}(?:\s*[^\s。:;,，\d|]{{2,30}}(?=[\s。:]|$))?"
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: its text without white space, its section, and the way back to the source.

    `pieces` and `places` are parallel: where a piece begins in `text` and in the document.
    """

    text: str
    section: str
    pieces: tuple[int, ...]
    places: tuple[int, ...]

    def place(self, position: int) -> int:
        """Return the place in the document of the character at `position`."""
        nth = bisect_right(self.pieces, position) - 1
        return self.places[nth] + position - self.pieces[nth]

    def sentences(self) -> Iterator[tuple[int, int]]:
        """Yield start and end of each sentence; over-long ones are cut, at a comma if possible."""
        for found in _SENTENCE.finditer(self.text):
            start, end = found.span()
            while end - start > _LONGEST:
                comma = self.text.rfind("，", start + 1, start + _LONGEST)
                cut = comma + 1 if comma > 0 else start + _LONGEST
                yield start, cut
                start = cut
            yield start, end


def paragraphs(text: str, tables: Sequence[tuple[int, int]] = ()) -> Iterator[Paragraph]:
    """Yield the paragraphs of a document, leaving out the spans of its tables.

    White space is dropped, except that between two digits one blank stays: 12 and 4 printed
    apart are not 124. A long line that stops in mid-sentence is joined to the next.
    """
    plain = _FULL_WIDTH.sub(lambda sign: _FOLDED[sign[0]], text)
    section = ""
    for start, end in _logical_lines(plain, tables):
        heads = [found.span() for found in _INLINE.finditer(plain, start, end)]
        cuts = [start, *(head[0] for head in heads if head[0] > start), end]
        names = {head[0]: "".join(plain[head[0] : head[1]].split()) for head in heads}
        for left, right in zip(cuts, cuts[1:], strict=False):
            section = names.get(left, section)
            yield _condensed(plain, left, right, section)


def _logical_lines(text: str, tables: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield spans of lines outside the tables, wrapped lines joined."""
    pending: tuple[int, int] | None = None
    for low, high in _outside(len(text), tables):
        for found in _LINE.finditer(text, low, high):
            start, end = found.span()
            if not text[start:end].strip():
                continue
            if pending and _goes_on(text, pending, start, end, low):
                pending = pending[0], end
                continue
            if pending:
                yield pending
            pending = start, end
    if pending:
        yield pending


def _goes_on(text: str, pending: tuple[int, int], start: int, end: int, low: int) -> bool:
    last = text[max(pending[0], pending[1] - 80) : pending[1]].strip()
    return (
        pending[0] >= low
        and text.count("\n", pending[1], start) == 1
        and len(last) >= _WRAPPED
        and bool(_OPEN_END.search(last))
        and "|" not in last
        and "\t" not in last
        and not _HEADING.match(text, start, end)
        and not _HEADING.match(text, text.rfind("\n", 0, pending[1]) + 1, pending[1])
    )


def _outside(length: int, tables: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    begin = 0
    for start, end in sorted(tables):
        if start > begin:
            yield begin, start
        begin = max(begin, end)
    if begin < length:
        yield begin, length


def _condensed(text: str, start: int, end: int, section: str) -> Paragraph:
    parts: list[str] = []
    pieces: list[int] = []
    places: list[int] = []
    length = 0
    for found in _PIECE.finditer(text, start, end):
        piece = found.group()
        if parts and parts[-1][-1].isdigit() and piece[0].isdigit():
            parts.append(" ")
            length += 1
        parts.append(piece)
        pieces.append(length)
        places.append(found.start())
        length += len(piece)
    return Paragraph("".join(parts), section, tuple(pieces), tuple(places))
