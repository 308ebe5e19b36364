"""Runs of characters put together to words, as near to each other as their kind allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial, reduce
from typing import NamedTuple

from govstats.labels import NUMBERED, normalise
from govstats.readers.pdf.glyphs import TOUCHING, Piece, cut_lines
from govstats.readers.pdf.rules import Rule
from govstats.readers.pdf.tables import is_value

# Chinese punctuation fills half of its box at most.
HALF = 0.6
# Boxes that overlap by more than this share of the size are not of one word.
OVERLAP = 0.3

Words = list[Piece]

_LOOSE = frozenset("“”‘’—…·")


class Gaps(NamedTuple):
    """The widest gaps inside a word, as shares of the size: between Chinese characters, beside
    Latin letters and digits, between two digits. `numbered` tells that a number path, as labels
    have, begins a new word."""

    chinese: float
    latin: float
    digits: float
    numbered: bool = False

    def between(self, left: str, right: str) -> float:
        """The gap that is allowed between two characters."""
        # A dash behind a label may be the next cell's sign for empty.
        dashed = self.numbered and "—" in (left, right) and left != right
        if not dashed and (left in _LOOSE or right in _LOOSE):
            return max(self.chinese, HALF)
        if left.isdigit() and right.isdigit():
            return self.digits
        return self.latin if left.isascii() or right.isascii() else self.chinese


# Digits of one number are printed one after the other and joined on reading: what merely touches
# may be the numbers of two narrow cells.
TIGHT = Gaps(TOUCHING, TOUCHING, 0.02, numbered=True)
# Cells of two columns may stand nearer than words of running text beside Latin letters do.
CELL_GAPS = Gaps(0.06, 0.3, 0.02, numbered=True)


def join_touching(line: Sequence[Piece], gaps: Gaps = TIGHT) -> list[Piece]:
    """Runs of a line whose inner gaps are small enough."""
    runs: list[Piece] = []
    for piece in line:
        if not runs:
            runs.append(piece)
            continue
        last = runs[-1]
        if _is_double(last, piece):
            continue
        size = max(last.size, piece.size)
        widest = gaps.between(last.text[-1], piece.text[0]) * size
        if gaps.numbered and begins_label(piece, last):
            runs.append(piece)
        elif -OVERLAP * size <= piece.x0 - last.x1 <= widest:
            runs[-1] = joined(last, piece)
        else:
            runs.append(piece)
    return runs


def begins_label(piece: Piece, last: Piece | None = None) -> bool:
    """True for a number path; "5." behind a digit is the rest of a number."""
    behind = last is not None and last.text[-1].isdigit() and piece.text[0].isdigit()
    return not behind and NUMBERED.match(normalise(piece.text)) is not None


def _is_double(last: Piece, piece: Piece) -> bool:
    """A character printed again over itself, as some writers imitate bold type."""
    same = abs(piece.x1 - last.x1) + abs(piece.y0 - last.y0) < 0.2 * piece.size
    return same and last.text.endswith(piece.text)


def joined(first: Piece, second: Piece, between: str = "") -> Piece:
    """Both as one piece."""
    return Piece(
        first.text + between + second.text,
        first.x0,
        min(first.y0, second.y0),
        max(first.x1, second.x1),
        max(first.y1, second.y1),
        first.base,
        first.turn,
        first.spaced,
    )


def words_of(pieces: Sequence[Piece], upright: Sequence[Rule] = ()) -> list[Words]:
    """Lines of words; cells of a table are words of their own, parted by space or by rules."""
    lines = []
    for line in cut_lines(pieces):
        words: Words = []
        for part in _parts(line, upright):
            words += _bridged(join_touching(part, CELL_GAPS))
        lines.append(words)
    return lines


def _bridged(words: Words) -> Words:
    """Words with those put together that one printed space parts: it stands inside a label.

    Longer rows of them are the cells of a table that was typed, save single characters set apart.
    """
    chains: list[Words] = []
    for word in words:
        inside = word.spaced and not is_value(word.text) and not begins_label(word)
        if chains and inside and not is_value(chains[-1][-1].text):
            chains[-1].append(word)
        else:
            chains.append([word])
    found: Words = []
    for chain in chains:
        whole = len(chain) == 2 or all(len(word.text) == 1 for word in chain)
        found += [reduce(partial(joined, between=" "), chain)] if whole else chain
    return found


def _parts(line: Sequence[Piece], upright: Sequence[Rule]) -> Iterator[list[Piece]]:
    part: list[Piece] = []
    for piece in line:
        if part and any(
            part[-1].middle[0] < rule.at < piece.middle[0]
            and rule.start < piece.middle[1] < rule.end
            for rule in upright
        ):
            yield part
            part = []
        part.append(piece)
    yield part
