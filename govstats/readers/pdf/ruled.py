"""Tables with rules: rules that meet -> cells, merged where a rule is missing between them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from govstats.numbers import is_blank, parse_number
from govstats.readers.pdf.celltext import cell_text
from govstats.readers.pdf.glyphs import Piece, cut_lines
from govstats.readers.pdf.rules import Rule
from govstats.readers.pdf.tables import Box, PageTable

# Rules nearer than this meet; parallel ones nearer than this are one boundary, in points.
MEETING = 3.5
# An end of rules this far beyond the last crossing one is an open side of the table.
OPEN_SIDE = 6.0
# Where a page cuts a row, its last line of text may hang out below the ends of the rules.
OVERHANG = 12.0
# A cell's side is closed when rules cover this share of it.
CLOSED = 0.6
# A page's tables have some 400 cells; far beyond that it is squared paper.
MOST_CELLS = 10_000
# How far a table that runs off the page is taken to go on, in points.
BEYOND = 50.0


@dataclass(slots=True)
class Lattice:
    """Rules that hang together, and the boundaries of rows and columns that they draw."""

    level: list[Rule] = field(default_factory=list)
    upright: list[Rule] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)
    xs: list[float] = field(default_factory=list)
    overhang: float = 0.0

    def place(self, piece: Piece) -> tuple[int, int]:
        """Row and column in which the middle of the piece lies."""
        x, y = piece.middle
        row = min(bisect_right(self.ys, y) - 1, len(self.ys) - 2)
        return row, bisect_right(self.xs, x) - 1

    def widen(self, width: float) -> None:
        """Take a boundary at the side of a page of this width for one beyond it."""
        if self.xs[-1] > width - MEETING:
            self.xs[-1] = max(self.xs[-1], width + BEYOND)
        if self.xs[0] < MEETING:
            self.xs[0] = min(self.xs[0], -BEYOND)

    def split(self, pieces: Iterable[Piece]) -> tuple[list[Piece], list[Piece]]:
        """The pieces inside the outer boundaries, and the others."""
        left, right, top = self.xs[0], self.xs[-1], self.ys[0]
        bottom = self.ys[-1] + self.overhang
        inside: list[Piece] = []
        outside: list[Piece] = []
        for piece in pieces:
            x, y = (piece.x0 + piece.x1) / 2, (piece.y0 + piece.y1) / 2
            (inside if left < x < right and top < y < bottom else outside).append(piece)
        return inside, outside


def find_lattices(level: Sequence[Rule], upright: Sequence[Rule]) -> list[Lattice]:
    """Every group of rules that encloses at least two cells, from top to bottom."""
    lattices = []
    for levels, uprights in _groups(level, upright):
        if len(levels) < 2 or not uprights:
            continue
        xs = _boundaries(uprights, levels)
        ys = _boundaries(levels, uprights)
        if len(xs) > 1 and len(ys) > 1 and 2 <= (len(xs) - 1) * (len(ys) - 1) <= MOST_CELLS:
            last = [rule for rule in levels if ys[-1] - rule.at <= MEETING]
            is_open = not _closed(last, xs[0], xs[-1], share=0.95)
            lattices.append(Lattice(levels, uprights, ys, xs, OVERHANG if is_open else 0.0))
    return sorted(lattices, key=lambda lattice: (lattice.ys[0], lattice.xs[0]))


def _groups(
    level: Sequence[Rule], upright: Sequence[Rule]
) -> Iterator[tuple[list[Rule], list[Rule]]]:
    """Rules joined to each other by meeting, directly or through others."""
    parent = list(range(len(level) + len(upright)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for j, up in enumerate(upright, start=len(level)):
        for i, flat in enumerate(level):
            if _within(flat.at, up) and _within(up.at, flat):
                parent[root(i)] = root(j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, rule in enumerate((*level, *upright)):
        groups.setdefault(root(i), ([], []))[0 if i < len(level) else 1].append(rule)
    return iter(groups.values())


def _within(place: float, rule: Rule) -> bool:
    return rule.start - MEETING <= place <= rule.end + MEETING


def _boundaries(rules: Iterable[Rule], crossing: Sequence[Rule]) -> list[float]:
    """Places of the rules, and the ends of those that cross them where a side is open."""
    places: list[float] = []
    for rule in sorted(rules):
        if not places or rule.at - places[-1] > MEETING:
            places.append(rule.at)
    first, last = min(rule.start for rule in crossing), max(rule.end for rule in crossing)
    if first < places[0] - OPEN_SIDE:
        places.insert(0, first)
    if last > places[-1] + OPEN_SIDE:
        places.append(last)
    return places


def read_lattice(lattice: Lattice, pieces: Sequence[Piece], page: int) -> PageTable | None:
    """The table that a lattice and the pieces inside it make; None where rows are not ruled."""
    boxes = [part for cells in _merged_cells(lattice) for part in _rectangles(cells)]
    if len(boxes) < 2:
        return None
    where = {
        (row, column): index
        for index, (top, left, height, width) in enumerate(boxes)
        for row in range(top, top + height)
        for column in range(left, left + width)
    }
    contents: list[list[Piece]] = [[] for _ in boxes]
    for piece in pieces:
        contents[where[lattice.place(piece)]].append(piece)
    if _rows_without_rules(boxes, contents):
        return None
    made = [
        box
        for place, content in zip(boxes, contents, strict=True)
        for box in _fill(place, content, lattice)
    ]
    return PageTable(
        made,
        tuple(lattice.xs),
        [page] * (len(lattice.ys) - 1),
        (lattice.ys[0], lattice.ys[-1]),
    )


Place = tuple[int, int, int, int]


def _rows_without_rules(boxes: Sequence[Place], contents: Sequence[Sequence[Piece]]) -> bool:
    """True when cells of one row hold several numbers one under the other."""
    stacked = 0
    for (_, _, height, _), content in zip(boxes, contents, strict=True):
        lines = cut_lines(content) if height == 1 and len(content) > 2 else []
        numbers = [line for line in lines if parse_number("".join(p.text for p in line))]
        stacked += len(numbers) > 2 and len(numbers) == len(lines)
    return stacked > 1


def _merged_cells(lattice: Lattice) -> list[set[tuple[int, int]]]:
    """Elementary cells, those without a rule between them together."""
    rows, columns = len(lattice.ys) - 1, len(lattice.xs) - 1
    level, upright = _by_place(lattice.level, lattice.ys), _by_place(lattice.upright, lattice.xs)
    group = {(r, c): {(r, c)} for r in range(rows) for c in range(columns)}
    for r in range(rows):
        for c in range(columns):
            if c + 1 < columns and not _closed(upright[c + 1], lattice.ys[r], lattice.ys[r + 1]):
                _unite(group, (r, c), (r, c + 1))
            if r + 1 < rows and not _closed(level[r + 1], lattice.xs[c], lattice.xs[c + 1]):
                _unite(group, (r, c), (r + 1, c))
    unique = {id(cells): cells for cells in group.values()}
    return sorted(unique.values(), key=min)


def _unite(
    group: dict[tuple[int, int], set[tuple[int, int]]], one: tuple[int, int], two: tuple[int, int]
) -> None:
    large, small = sorted((group[one], group[two]), key=len, reverse=True)
    if large is not small:
        large |= small
        for cell in small:
            group[cell] = large


def _by_place(rules: Iterable[Rule], places: Sequence[float]) -> list[list[Rule]]:
    found: list[list[Rule]] = [[] for _ in places]
    for rule in rules:
        nearest = min(range(len(places)), key=lambda i: abs(places[i] - rule.at))
        if abs(places[nearest] - rule.at) <= MEETING:
            found[nearest].append(rule)
    return found


def _closed(rules: Iterable[Rule], start: float, end: float, share: float = CLOSED) -> bool:
    covered = sum(max(0.0, min(rule.end, end) - max(rule.start, start)) for rule in rules)
    return covered >= share * (end - start)


def _rectangles(cells: set[tuple[int, int]]) -> list[Place]:
    """(row, column, height, width) of a rectangle, or of the pieces of any other shape by rows."""
    rows, columns = [r for r, _ in cells], [c for _, c in cells]
    top, left = min(rows), min(columns)
    height, width = max(rows) - top + 1, max(columns) - left + 1
    if len(cells) == height * width:
        return [(top, left, height, width)]
    found: list[Place] = []
    for row in range(top, top + height):
        run: list[int] = []
        for column in range(left, left + width + 1):
            if (row, column) in cells:
                run.append(column)
            elif run:
                found.append((row, run[0], 1, len(run)))
                run = []
    return found


def _fill(place: Place, content: Sequence[Piece], lattice: Lattice) -> Iterator[Box]:
    """The cell with its text; numbers that stand in rows or columns of their own stay apart."""
    row, column, height, width = place
    if not content:
        yield Box("", *place)
        return
    span = lattice.xs[column + width] - lattice.xs[column]
    text, full = cell_text(content, span)
    apart = _apart(place, content, lattice) if "\n" in text or " " in text else {}
    if not apart:
        yield Box(text, *place, full)
    for (r, c), pieces in sorted(apart.items()):
        inner, _ = cell_text(pieces, span)
        yield Box(
            inner,
            r,
            c,
            height if len({k for k, _ in apart}) == 1 else 1,
            width if len({k for _, k in apart}) == 1 else 1,
        )


def _apart(
    place: Place, content: Sequence[Piece], lattice: Lattice
) -> dict[tuple[int, int], list[Piece]]:
    """Numbers of a cell whose inner rules are missing, one for each row or column that it spans."""
    row, column, height, width = place
    found: dict[tuple[int, int], list[Piece]] = {}
    for piece in content:
        down, across = lattice.place(piece)
        at = (down if height > 1 else row, across if width > 1 else column)
        found.setdefault(at, []).append(piece)
    texts = ("".join(piece.text for piece in pieces) for pieces in found.values())
    whole = len(found) == height * width > 1
    numeric = all(parse_number(text) or is_blank(text) for text in texts)
    return found if whole and numeric else {}
