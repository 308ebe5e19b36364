"""Finding tables without rules: runs of lines with numbers in columns, and the heads above them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from govstats.labels import normalise
from govstats.readers.pdf.glyphs import Piece
from govstats.readers.pdf.rules import Rule
from govstats.readers.pdf.tables import CUT_OFF, is_value
from govstats.readers.pdf.words import Words, begins_label

# A single value stands at least this far from its label, in sizes.
VALUE_GAP = 0.8
# Lines of one label are nearer than this many sizes, as printers set them.
LINE_GAP = 0.75
# Lines of a table are nearer than this many sizes.
LINE_PITCH = 3.0
MOST_HEAD_LINES = 16
# Rules of a table lie at most this far above or below its words, in points.
LONG = 20.0
# Parts of a head are set apart by no more than this share of the size.
WIDE_SPACE = 1.2
# A column stands at least this share of the least distance of two columns from the next one,
NEARER = 0.75
# which is about this where there is one only, in points.
LEAST_PITCH = 40.0
# Misread numbers are no longer than this.
LONGEST_MISPRINT = 8
_HEADING = re.compile(r"[一二三四五六七八九十]{1,2}、")
_ARTICLE = re.compile(r"第[一二三四五六七八九十]+条")
_SENTENCE = re.compile(r".*[。;:!?]$")


@dataclass(slots=True)
class Block:
    """Lines of one table: its head, then rows of values with their labels and label lines.

    `torn` holds values that may be two numbers run together.
    """

    head: list[Words] = field(default_factory=list)
    rows: list[tuple[Words, Words]] = field(default_factory=list)
    labels: Words = field(default_factory=list)
    torn: set[Piece] = field(default_factory=set)

    def values(self) -> Iterator[Piece]:
        """All values, row by row."""
        return (value for _, values in self.rows for value in values)

    def settle(self) -> None:
        """Move what stands in a column from labels to values, though it be misprinted."""
        columns = self.filled_columns()
        self.rows = [split_values([*labels, *values], columns) for labels, values in self.rows]

    def columns(self) -> list[tuple[float, float]]:
        """From where to where the values of each column stand; of empty ones, their heads."""
        found = self.filled_columns()
        return sorted(found + self._empty_columns(found))

    def filled_columns(self) -> list[tuple[float, float]]:
        """From where to where the values of each column stand."""
        found: list[tuple[float, float]] = []
        for value in sorted(self.values(), key=lambda v: v.x0):
            if found and value.x0 < found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], value.x1))
            else:
                found.append((value.x0, value.x1))
        return found

    def _empty_columns(self, found: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        """Heads beside those of the columns, over no value and no other head: of empty cells."""
        labels = max((word.x1 for words, _ in self.rows for word in words), default=0.0)
        over: list[tuple[float, float]] = []
        lowest: Words = []
        for word in (word for line in reversed(self.head) for word in line if word.x0 > labels):
            if all(word.x1 < low or high < word.x0 for low, high in over):
                lowest.append(word)
            over.append((word.x0, word.x1))
        own = [w for w in lowest if any(low < w.x1 and w.x0 < high for low, high in found)]
        return [
            (word.x0, word.x1)
            for word in lowest
            if word not in own
            and any(w.y0 < word.y1 and word.y0 < w.y1 for w in own)
            and not (self._set_apart(word) and _shares(word, found))
        ]

    def _set_apart(self, word: Piece) -> bool:
        """True when another word of the head stands beside it, no further than a wide space."""
        room = WIDE_SPACE * word.size
        (line,) = (line for line in self.head if any(w is word for w in line))
        return any(-room < max(w.x0 - word.x1, word.x0 - w.x1) < room for w in line if w != word)

    def left(self) -> float:
        """Where the first column of values begins."""
        return min(value.x0 for value in self.values())

    def runs_off(self, side: float, level: Sequence[Rule]) -> bool:
        """True when the side of the page cuts a word or a rule of the table."""
        words = [
            w for line in (*self.head, *(part for row in self.rows for part in row)) for w in line
        ]
        top, bottom = min(word.y0 for word in words), self.bottom()
        cut = any(rule.end >= side - 1 for rule in level if top - LONG < rule.at < bottom + LONG)
        return cut or any(word.text.endswith(CUT_OFF) for word in words)

    def bottom(self) -> float:
        """Where the last line of the block ends."""
        words = [word for labels, values in self.rows for word in (*labels, *values)]
        return max(word.y1 for word in (*words, *self.labels))


def _shares(word: Piece, columns: Sequence[tuple[float, float]]) -> bool:
    """True for a head too near to a column for one of its own: part of that column's, set apart."""
    middles = [(low + high) / 2 for low, high in columns]
    pitch = min((b - a for a, b in zip(middles, middles[1:], strict=False)), default=LEAST_PITCH)
    return min(abs(word.middle[0] - middle) for middle in middles) < NEARER * pitch


def split_values(words: Words, columns: Sequence[tuple[float, float]] = ()) -> tuple[Words, Words]:
    """The label words of a line and the values behind them.

    Beside values, what stands in one of the columns is a value too, though it be misprinted.
    """
    start = len(words)
    while start and (_is_number(words[start - 1]) or _is_misprinted(words[start - 1])):
        start -= 1
    if not any(_is_number(word) for word in words[start:]):
        start = len(words)
    inside = len(words)
    while inside and _stands_in(words[inside - 1], columns):
        inside -= 1
    if any(_is_number(word) for word in words[inside:]):
        start = min(start, inside)
    return words[:start], words[start:]


def _is_number(word: Piece) -> bool:
    return is_value(word.text.removesuffix(CUT_OFF))


def _is_misprinted(word: Piece) -> bool:
    """True for a few signs among numbers that are no words of a label: "O" or "l2"."""
    short = len(word.text) <= LONGEST_MISPRINT and word.text.isascii()
    return short and not begins_label(word)


def _stands_in(word: Piece, columns: Sequence[tuple[float, float]]) -> bool:
    # The last sign of a long label may just reach the first column.
    return any(
        min(high, word.x1) - max(low, word.x0) > 0.5 * min(high - low, word.x1 - word.x0)
        for low, high in columns
    )


def find_blocks(lines: Sequence[Words]) -> Iterator[Block]:
    """Every table of the lines, in order; lines that belong to none are running text."""
    free: list[Words] = []
    block: Block | None = None
    pending: list[Words] = []
    for words in lines:
        labels, values = split_values(words, block.filled_columns() if block else ())
        if _is_row(labels, values, block):
            if block is None or not _fits(values, block) or not _near(words, pending, block):
                last = block
                if last is not None:
                    free = pending
                block, free = _begun(free, labels, values), []
                if last is not None:
                    _tear(last, block)
                    yield last
            else:
                block.labels += (word for line in pending for word in line)
                block.rows.append((labels, values))
            pending = []
        elif block is not None and _is_label_line(words, block) and _near(words, pending, block):
            pending.append(words)
        elif block is not None:
            free = [*_close(block, pending), words]
            yield block
            block, pending = None, []
        else:
            free.append(words)
    if block is not None:
        _close(block, pending)
        yield block


def _is_row(labels: Words, values: Words, block: Block | None) -> bool:
    """Values behind a label at some distance, or many values, or values under those above."""
    if not values:
        return False
    if labels:
        apart = values[0].x0 - labels[-1].x1 > VALUE_GAP * values[0].size
        return (apart or len(values) > 1) and not _SENTENCE.match(labels[-1].text)
    if len(values) > 2:
        return True
    return block is not None and all(_stands_in(value, block.columns()) for value in values)


def _fits(values: Words, block: Block) -> bool:
    """True when no value stands under two columns and no two under one."""
    columns = block.columns()
    hits = [
        [i for i, (low, high) in enumerate(columns) if low < v.x1 and v.x0 < high] for v in values
    ]
    single = [hit[0] for hit in hits if hit]
    return all(len(hit) < 2 for hit in hits) and len(set(single)) == len(single) > 0


def _tear(above: Block, below: Block) -> None:
    """Mark values that stand over two of the other block, where no head parts the two.

    They are of one table, then, and numbers of neighbouring cells touch each other.
    """
    if below.head:
        return
    above.torn.update(_spanning(above.values(), below.values()))
    below.torn.update(_spanning(below.values(), above.values()))


def _spanning(values: Iterable[Piece], others: Iterable[Piece]) -> Iterator[Piece]:
    """Values over two or more of the others that do not lie over one another."""
    others = sorted(others, key=lambda other: other.x0)
    for value in values:
        under = [o for o in others if value.x0 < o.x1 and o.x0 < value.x1]
        if under and min(o.x1 for o in under) < max(o.x0 for o in under):
            yield value


def _near(words: Words, pending: Sequence[Words], block: Block) -> bool:
    bottom = max([block.bottom(), *(word.y1 for line in pending for word in line)])
    size = max(word.size for word in words)
    return min(word.y0 for word in words) - bottom < LINE_PITCH * size


def _is_label_line(words: Words, block: Block) -> bool:
    own = max(word.x1 for word in words) <= block.left()
    return own and not _ARTICLE.match(normalise(words[0].text))


def _begun(free: Sequence[Words], labels: Words, values: Words) -> Block:
    """A block with the lines above its first row: its head, and the start of that row's label."""
    head: list[Words] = []
    below, left = [*labels, *values], values[0].x0
    for words in reversed(free[-MOST_HEAD_LINES:]):
        gap = min(word.y0 for word in below) - max(word.y1 for word in words)
        size = max(word.size for word in below)
        if gap >= LINE_PITCH * size or split_values(words)[1]:
            break
        if _is_running_text(words):
            over = any(word.x1 > left for line in head for word in line)
            if over or words[0].x1 > left or gap > LINE_GAP * size:
                break
        head.insert(0, words)
        below = words
    return Block(head, [(labels, values)])


def _is_running_text(words: Words) -> bool:
    text = normalise(words[-1].text)
    return len(words) == 1 and bool(_HEADING.match(text) or _SENTENCE.match(text))


def _close(block: Block, pending: Sequence[Words]) -> list[Words]:
    """Give the block the lines that end its last label; the rest is returned."""
    for index, words in enumerate(pending):
        last = block.bottom()
        size = max(word.size for word in words)
        if _HEADING.match(normalise(words[0].text)) or words[0].y0 - last > LINE_GAP * size:
            return list(pending[index:])
        block.labels += words
    return []
