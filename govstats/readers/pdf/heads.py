"""The head of a table without rules: words above the values -> heads of columns and of groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from govstats.labels import normalise
from govstats.readers.pdf.blocks import LINE_GAP
from govstats.readers.pdf.glyphs import Piece
from govstats.readers.pdf.spacing import Seams
from govstats.readers.pdf.tables import Box

# A head not right over its column is nearer to its middle than this share of a column's width.
BESIDE = 0.6
# Heads set to one side or to the middle are that exact, in points,
SAME_SIDE = 1.5
# and heads of one row that exact, as a share of their size.
LEVEL = 0.2
_ARTICLE = re.compile(r"第[一二三四五六七八九十]+条第\([一二三四五六七八九十]+\)项")

Columns = Sequence[tuple[float, float]]


@dataclass(slots=True)
class Stack:
    """Lines of one label or head, one under the other."""

    words: list[Piece]

    @property
    def x0(self) -> float:
        """Left end."""
        return min(word.x0 for word in self.words)

    @property
    def x1(self) -> float:
        """Right end."""
        return max(word.x1 for word in self.words)

    @property
    def text(self) -> str:
        """The words with their line breaks."""
        return "\n".join(word.text for word in self.words)

    def covers(self, y: float) -> bool:
        """True when the height lies beside the label."""
        slack = 0.3 * self.words[0].size
        return self.words[0].y0 - slack < y < self.words[-1].y1 + slack


@dataclass(slots=True)
class Head(Stack):
    """Lines of one head and the columns that it stands over; `first` -1 beside the columns."""

    first: int
    last: int

    @property
    def y(self) -> float:
        """Height of its middle."""
        return (self.words[0].y0 + self.words[-1].y1) / 2


def head_end(lines: Sequence[Sequence[Piece]], columns: Columns) -> int:
    """How many of the lines above the values are head: up to the last with a word over a column."""
    left = columns[0][0]
    over = [i for i, words in enumerate(lines) if any(word.x1 > left for word in words)]
    return over[-1] + 1 if over else 0


def head_boxes(
    lines: Sequence[Sequence[Piece]], columns: Columns, label_width: int, seams: Seams
) -> list[Box]:
    """Cells of the head, groups above the columns that they join."""
    heads = _heads(lines, columns, seams)
    if not heads:
        return []
    titles = [head for head in heads if _is_title(head)]
    heads = [head for head in heads if not _is_title(head)]
    beside = [head for head in heads if head.first < 0]
    lowest = {
        column: max(
            (h for h in heads if h.first == h.last == column), key=lambda h: h.y, default=None
        )
        for column in range(len(columns))
    }
    leaves = [head for head in lowest.values() if head is not None]
    levels = _levels([h for h in heads if h.first >= 0 and not any(h is leaf for leaf in leaves)])
    for groups in levels:
        _widen(groups, leaves)
    boxes = []
    for depth, groups in enumerate(levels):
        whole = len(groups) == 1 and depth == 0
        for head in groups:
            first, last = (0, len(columns) - 1) if whole else (head.first, head.last)
            boxes.append(Box(head.text, depth, label_width + first, 1, last - first + 1))
    boxes += _leaf_boxes(leaves, levels, label_width)
    boxes += _corner_boxes(beside, levels, label_width)
    whole_width = label_width + len(columns)
    return [
        *(Box(title.text, row, 0, 1, whole_width) for row, title in enumerate(titles)),
        *(replace(box, row=box.row + len(titles)) for box in boxes),
    ]


def _corner_boxes(
    beside: Sequence[Head], levels: Sequence[Sequence[Head]], label_width: int
) -> Iterator[Box]:
    """Heads over the labels, down to the values; those at one depth are one cell."""
    corners: dict[int, list[str]] = {}
    for head in beside:
        depth = sum(groups[0].y < head.y - head.words[0].size / 2 for groups in levels)
        corners.setdefault(depth, []).append(head.text)
    depths = sorted(corners)
    for depth, end in zip(depths, [*depths, len(levels) + 1][1:], strict=True):
        yield Box("\n".join(corners[depth]), depth, 0, end - depth, label_width)


def _widen(groups: Sequence[Head], leaves: Sequence[Head]) -> None:
    """Stretch the heads of groups over the columns that they join, where their places show it.

    A head set to the left stands where its first column begins, a centred one over the middle of
    all of them. Columns of a group have their own heads at one height below it.
    """
    ways = [
        [_span(head, groups, leaves, fits) for head in groups] for fits in (_begins, _is_middle)
    ]
    apart = [
        spans
        for spans in ways
        if all(one[1] < two[0] for one, two in zip(sorted(spans), sorted(spans)[1:], strict=False))
    ]
    covered = [sum(last - first for first, last in spans) for spans in apart]
    if apart:
        for head, (first, last) in zip(groups, apart[covered.index(max(covered))], strict=True):
            head.first, head.last = first, last


def _span(
    head: Head,
    groups: Sequence[Head],
    leaves: Sequence[Head],
    fits: Callable[[Head, Sequence[Head]], bool],
) -> tuple[int, int]:
    """First and last of the most columns under which the head fits; those it is over, if none."""
    runs = [run for run in _runs_below(head, groups, leaves) if fits(head, run)]
    longest = max(runs, key=len, default=None)
    return (longest[0].first, longest[-1].first) if longest else (head.first, head.last)


def _runs_below(head: Head, groups: Sequence[Head], leaves: Sequence[Head]) -> Iterator[list[Head]]:
    """Heads of neighbouring columns at one height, under this group and under no other one."""
    taken = {group.first for group in groups if group is not head}
    row = [leaf for leaf in leaves if leaf.y > head.y and leaf.first not in taken]
    for start, begin in enumerate(row):
        run: list[Head] = []
        for leaf in row[start:]:
            size = leaf.words[0].size
            if abs(leaf.y - begin.y) > LEVEL * size or leaf.first != begin.first + len(run):
                break
            run.append(leaf)
            yield list(run)


def _begins(head: Head, run: Sequence[Head]) -> bool:
    return run[0].first == head.first and abs(run[0].x0 - head.x0) <= SAME_SIDE


def _is_middle(head: Head, run: Sequence[Head]) -> bool:
    middle = (run[0].x0 + run[0].x1 + run[-1].x0 + run[-1].x1) / 4
    return abs((head.x0 + head.x1) / 2 - middle) <= SAME_SIDE


def _leaf_boxes(
    leaves: Sequence[Head], levels: Sequence[Sequence[Head]], label_width: int
) -> list[Box]:
    """Heads of single columns, each from below the last group over it down to the values."""
    boxes = []
    for leaf in leaves:
        top = 0
        for depth, level in enumerate(levels):
            whole = len(level) == 1 and depth == 0
            if whole or any(group.first <= leaf.first <= group.last for group in level):
                top = depth + 1
        boxes.append(Box(leaf.text, top, label_width + leaf.first, len(levels) + 1 - top))
    return boxes


def _heads(lines: Sequence[Sequence[Piece]], columns: Columns, seams: Seams) -> list[Head]:
    """Words over the same columns, line under line, put together."""
    heads: list[Head] = []
    for word in (word for line in lines for word in line):
        first, last = _over(word, columns)
        above = [
            h for h in heads if (h.first, h.last) == (first, last) and _follows(h, word, seams)
        ]
        if above:
            above[-1].words.append(word)
        else:
            heads.append(Head([word], first, last))
    return heads


def _is_title(head: Head) -> bool:
    """True for the article of the law that a table reports on: it stands over the whole of it."""
    return _ARTICLE.fullmatch(normalise(head.text)) is not None


def _follows(head: Head, word: Piece, seams: Seams) -> bool:
    last = head.words[-1]
    near = word.y0 - last.y1 < LINE_GAP * word.size
    return near and not _is_title(head) and not seams.part(last, word)


def _levels(groups: Sequence[Head]) -> list[list[Head]]:
    levels: list[list[Head]] = []
    for head in sorted(groups, key=lambda h: h.y):
        if levels and head.y - levels[-1][0].y < 0.5 * head.words[0].size:
            levels[-1].append(head)
        else:
            levels.append([head])
    return levels


def _over(word: Piece, columns: Columns) -> tuple[int, int]:
    """First and last column that a word stands over; (-1, -1) beside them."""
    middles = [(low + high) / 2 for low, high in columns]
    over = [index for index, middle in enumerate(middles) if word.x0 <= middle <= word.x1]
    if over:
        return over[0], over[-1]
    widest = min((b - a for a, b in zip(middles, middles[1:], strict=False)), default=40.0)
    away, nearest = min((abs(m - word.middle[0]), i) for i, m in enumerate(middles))
    return (nearest, nearest) if away < BESIDE * widest else (-1, -1)
