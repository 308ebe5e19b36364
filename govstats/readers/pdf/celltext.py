"""Pieces that stand in one cell -> the cell's text."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from govstats.numbers import parse_number
from govstats.readers.pdf.glyphs import Piece, cut_lines, turned_upright
from govstats.readers.pdf.tables import fills, is_cjk
from govstats.readers.pdf.words import Gaps, join_touching

# Characters this share of their size apart belong to two words.
WORD_GAPS = Gaps(0.3, 0.3, 0.3)


def cell_text(pieces: Sequence[Piece], width: float) -> tuple[str, bool]:
    """Text of a cell of that width, and whether its last line fills it.

    Lines are parted by newlines, save a number that was broken because its column is too narrow;
    text set in columns from top to bottom is put together as it is read.
    """
    if len(pieces) == 1:
        return pieces[0].text, fills(pieces, width)
    turns = {piece.turn for piece in pieces}
    if len(turns) > 1 or turns != {0}:
        return "\n".join(_upright(pieces, turn) for turn in sorted(turns)), False
    lines = cut_lines(pieces)
    downward = _read_downward(lines)
    if downward is not None:
        return downward, False
    texts = ["".join(_spaced(line)) for line in lines]
    return _join_lines(texts, lines, width), fills(lines[-1], width)


def _upright(pieces: Sequence[Piece], turn: int) -> str:
    own = [piece for piece in pieces if piece.turn == turn]
    return "\n".join("".join(_spaced(line)) for line in cut_lines(turned_upright(own, turn)))


def _spaced(line: Sequence[Piece]) -> list[str]:
    return [" ".join(run.text for run in join_touching(line, WORD_GAPS))]


def _read_downward(lines: Sequence[Sequence[Piece]]) -> str | None:
    """Text set from top to bottom in columns from right to left, or None when it is not.

    There characters follow each other more closely downward than sideways.
    """
    columns = max(map(len, lines))
    if len(lines) < 3 or columns > 4 or any(not _single(p) for line in lines for p in line):
        return None
    downward = median(b[0].base - a[0].base for a, b in zip(lines, lines[1:], strict=False))
    gaps = [b.x0 - a.x0 for line in lines for a, b in zip(line, line[1:], strict=False)]
    if gaps and median(gaps) <= 1.1 * downward:
        return None
    ordered = sorted((piece for line in lines for piece in line), key=lambda p: -p.middle[0])
    stacks: list[list[Piece]] = []
    for piece in ordered:
        if stacks and stacks[-1][0].middle[0] - piece.middle[0] < 0.6 * piece.size:
            stacks[-1].append(piece)
        else:
            stacks.append([piece])
    return "".join(p.text for stack in stacks for p in sorted(stack, key=lambda p: p.base))


def _single(piece: Piece) -> bool:
    return len(piece.text) == 1 and is_cjk(piece.text)


def _join_lines(texts: Sequence[str], lines: Sequence[Sequence[Piece]], width: float) -> str:
    """Lines with newlines between; a number broken for lack of width is closed up."""
    numeric = all(set(text) <= set("0123456789.,+-") for text in texts)
    broken = (
        numeric
        and len(texts) > 1
        and len({len(text) for text in texts[:-1]}) == 1
        and len(texts[-1]) <= len(texts[0])
        and all(fills(line, width) for line in lines[:-1])
    )
    closed = "".join(texts)
    return closed if broken and parse_number(closed) else "\n".join(texts)
