"""How near lines of one label stand in a table without rules, and how near its rows do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from govstats.readers.pdf.blocks import LINE_GAP, Block
from govstats.readers.pdf.glyphs import Piece
from govstats.readers.pdf.rules import Rule, parted
from govstats.readers.pdf.words import Words

# Lines of one label are set evenly: their gaps differ by less than this share of the size.
UNEVEN = 0.2
# Rows are further apart than lines of a label by at least this share.
LEAST = 0.05
# Words of which less lies one over the other belong to two columns.
OVER = 0.3

Gap = tuple[float, bool]


class Seams(NamedTuple):
    """What parts lines under one another: level rules, alone where there is one between all rows,
    else also a gap as wide as `limit`, a share of their size."""

    rules: Sequence[Rule]
    alone: bool
    limit: float

    def part(self, above: Piece, below: Piece) -> bool:
        """True when the two lines belong to two cells."""
        apart = not self.alone and below.y0 - above.y1 >= self.limit * below.size
        return apart or parted(above, below, self.rules)


def seams_of(block: Block, level: Sequence[Rule], limit: float) -> Seams:
    """Seams of a table; a lone rule or two of it part head and rows at most."""
    ys = [values[0].middle[1] for _, values in block.rows]
    top = min(word.y0 for line in (*block.head, block.rows[0][1]) for word in line)
    rules = [rule for rule in level if top < rule.at < block.bottom()]
    places = {round(rule.at) for rule in rules if ys[0] < rule.at < ys[-1]}
    return Seams(rules, len(places) >= len(ys) - 1 > 0, limit)


def line_limits(blocks: Sequence[Block]) -> list[float]:
    """For each table the gap from which on two lines are two rows, as a share of their size.

    Where a table does not show it itself, the nearest rows of the other tables do.
    """
    gaps = [list(_gaps(block)) for block in blocks]
    nearest = [min((gap for gap, rows in found if rows), default=None) for found in gaps]
    common = min((gap for gap in nearest if gap is not None), default=LINE_GAP)
    return [
        _limit(found, common if own is None else own)
        for found, own in zip(gaps, nearest, strict=True)
    ]


def _limit(gaps: Sequence[Gap], rows: float) -> float:
    inner = min((gap for gap, _ in gaps), default=LINE_GAP)
    return min(LINE_GAP, inner + UNEVEN, rows - LEAST)


def _gaps(block: Block) -> Iterator[Gap]:
    """Gaps under one another in head and labels, and whether they part two rows of values."""
    # Lines of a group's label may stand beside several rows: the labels next to the values count.
    on_row = {id(labels[-1]): index for index, (labels, _) in enumerate(block.rows) if labels}
    words: Words = [w for line in (*block.head, *(row for row, _ in block.rows)) for w in line]
    words = sorted([*words, *block.labels], key=lambda w: (w.base, w.x0))
    for index, word in enumerate(words):
        for above in reversed(words[:index]):
            gap = (word.y0 - above.y1) / word.size
            if gap >= LINE_GAP:
                break
            overlap = min(above.x1, word.x1) - max(above.x0, word.x0)
            if word.base > above.base and overlap > OVER * min(
                above.x1 - above.x0, word.x1 - word.x0
            ):
                rows = {on_row.get(id(above)), on_row.get(id(word))}
                yield gap, len(rows) == 2 and None not in rows
                break
