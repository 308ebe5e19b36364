"""Tables that go on over a page break: one table, heads once, a row cut in two whole again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from govstats.labels import NUMBERED, normalise
from govstats.numbers import parse_number
from govstats.readers.pdf.tables import Box, PageTable, is_value

# Boundaries of one column on two pages are nearer than this, in points.
SAME_EDGE = 4.0
# Sides of values of one column on two pages are nearer than this, in points,
SAME_SIDE = 1.5
# in all of its columns but one of four: columns of other widths overlap by chance only.
MOSTLY = 4 / 3
# Heads of the statutory tables have at most four rows.
MOST_HEAD_ROWS = 6


def goes_on(first: PageTable, second: PageTable) -> bool:
    """True when the second table can be the rest of the first: same sides, or the same columns."""
    if first.ruled != second.ruled:
        return False
    if first.ruled:
        sides = ((first.edges[0], second.edges[0]), (first.edges[-1], second.edges[-1]))
        return all(abs(one - two) <= SAME_EDGE for one, two in sides)
    return _common_columns(first, second) is not None


def _common_columns(first: PageTable, second: PageTable) -> list[tuple[float, float]] | None:
    """Columns of both unruled tables, those over each other once; None where that is not clear."""
    shared = 0
    found: list[tuple[float, float]] = []
    for low, high in sorted((*first.columns, *second.columns)):
        if found and low < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
            shared += 1
        else:
            found.append((low, high))
    pairs = len(first.columns) + len(second.columns) - len(found)
    fewest = min(len(first.columns), len(second.columns))
    clear = all(len(set(_places(t, found))) == len(t.columns) for t in (first, second))
    even = sum(_in_line(one, two) for one in first.columns for two in second.columns)
    return found if clear and pairs == shared <= MOSTLY * even and 2 * shared > fewest else None


def _in_line(one: tuple[float, float], two: tuple[float, float]) -> bool:
    """True when one side or the middle of two columns stands at the same place."""
    sides = one[0] - two[0], one[1] - two[1], (sum(one) - sum(two)) / 2
    return one[0] < two[1] and two[0] < one[1] and min(map(abs, sides)) <= SAME_SIDE


def _places(table: PageTable, columns: Sequence[tuple[float, float]]) -> list[int]:
    """Index among `columns` of each column of an unruled table."""
    return [
        next(i for i, (low, high) in enumerate(columns) if low <= own[0] <= high)
        for own in table.columns
    ]


def join(first: PageTable, second: PageTable) -> PageTable:
    """Both as one table, without the head that the second repeats."""
    first, second = _on_common_edges(first, second)
    repeated = _repeated_rows(first, second)
    second = _without_rows(second, repeated)
    if not second.pages:
        return replace(first, extent=second.extent)
    merged = _cut_row(first, second) if first.ruled else _cut_numbered_row(first, second)
    if merged is not None:
        first, second = merged
    return PageTable(
        [*first.boxes, *second.shifted(len(first.pages))],
        first.edges,
        [*first.pages, *second.pages],
        second.extent,
        first.ruled,
        first.columns,
    )


def _on_common_edges(first: PageTable, second: PageTable) -> tuple[PageTable, PageTable]:
    columns = None if first.ruled else _common_columns(first, second)
    if columns is not None:
        labels = max(len(t.edges) - len(t.columns) for t in (first, second))
        return _on_columns(first, labels, columns), _on_columns(second, labels, columns)
    edges: list[float] = []
    for edge in sorted((*first.edges, *second.edges)):
        if not edges or edge - edges[-1] > SAME_EDGE:
            edges.append(edge)
    return _on_edges(first, edges), _on_edges(second, edges)


def _on_columns(table: PageTable, labels: int, columns: Sequence[tuple[float, float]]) -> PageTable:
    """An unruled table with that many label columns and these columns of values.

    A column that the table lacks is empty in its rows of values.
    """
    own = len(table.edges) - len(table.columns)
    places = _places(table, columns)
    boxes = []
    for box in table.boxes:
        if box.column < own:
            boxes.append(replace(box, column=box.column + labels - own))
            continue
        first, last = places[box.column - own], places[box.column - own + box.width - 1]
        boxes.append(replace(box, column=labels + first, width=last - first + 1))
    missing = set(range(len(columns))) - set(places)
    rows = {box.row for box in table.boxes if is_value(box.text) and box.column >= own}
    boxes += [Box("", row, labels + column) for row in sorted(rows) for column in sorted(missing)]
    edges = (*[table.edges[0]] * labels, *(low for low, _ in columns))
    return replace(table, boxes=boxes, edges=edges, columns=tuple(columns))


def _on_edges(table: PageTable, edges: Sequence[float]) -> PageTable:
    def index(edge: float) -> int:
        return min(bisect_left(edges, edge - SAME_EDGE), len(edges) - 1)

    places = [index(edge) for edge in table.edges]
    if len(places) == len(edges):
        return table
    boxes = [
        replace(
            box,
            column=places[box.column],
            width=places[box.column + box.width] - places[box.column],
        )
        for box in table.boxes
    ]
    return replace(table, boxes=boxes, edges=tuple(edges))


def _repeated_rows(first: PageTable, second: PageTable) -> int:
    """How many rows at the top of the second table are the head of the first again."""
    for count in range(min(MOST_HEAD_ROWS, len(first.pages), len(second.pages)), 0, -1):
        rows = [(_texts(first, i), _texts(second, i)) for i in range(count)]
        if all(one == two and any(one) and not _has_numbers(one) for one, two in rows):
            return count
    return 0


def _texts(table: PageTable, row: int) -> list[str]:
    return [normalise(box.text) for box in table.row(row)]


def _has_numbers(texts: Sequence[str]) -> bool:
    return any(parse_number(text) is not None for text in texts)


def _without_rows(table: PageTable, count: int) -> PageTable:
    """The table without its first rows; cells that reach further down keep what is left."""
    if not count:
        return table
    boxes = [
        box if box.row >= count else replace(box, row=count, height=box.row + box.height - count)
        for box in table.boxes
        if box.row + box.height > count
    ]
    boxes = [replace(box, row=box.row - count) for box in boxes]
    return replace(table, boxes=boxes, pages=table.pages[count:])


def _cut_row(first: PageTable, second: PageTable) -> tuple[PageTable, PageTable] | None:
    """Both tables with the row that the page break cut put together in the first, or None."""
    above, below = first.row(len(first.pages) - 1), second.row(0)
    partners = {(box.column, box.width): box for box in above}
    if any((box.column, box.width) not in partners for box in below):
        return None
    pairs = [(partners[box.column, box.width], box) for box in below]
    if not _is_cut(pairs):
        return None
    joined = {id(one): _both(one, two) for one, two in pairs}
    boxes = [joined.get(id(box), box) for box in first.boxes]
    return replace(first, boxes=boxes), _without_rows(second, 1)


def _cut_numbered_row(first: PageTable, second: PageTable) -> tuple[PageTable, PageTable] | None:
    """Both tables with a cut row together where rows are numbered and the lower part is not."""
    above, below = first.row(len(first.pages) - 1), second.row(0)
    labels = [[box for box in row if box.text and not is_value(box.text)] for row in (above, below)]
    if not all(labels) or not NUMBERED.match(normalise(labels[0][-1].text)):
        return None
    numbered_below = any(NUMBERED.match(normalise(box.text)) for box in labels[1])
    values = [[box for box in row if is_value(box.text)] for row in (above, below)]
    if numbered_below or all(values):
        return None
    last = len(first.pages) - 1
    label = replace(labels[0][-1], text=f"{labels[0][-1].text}\n{labels[1][-1].text}")
    kept = [box for box in first.boxes if box.row != last]
    cells = [replace(box, row=last) for box in below if box not in labels[1]]
    own = [box for box in above if box not in labels[0]]
    row = [*labels[0][:-1], label, *(cells if values[1] else own or cells)]
    return replace(first, boxes=[*kept, *row]), _without_rows(second, 1)


def _both(one: Box, two: Box) -> Box:
    text = "\n".join(filter(None, (one.text, two.text)))
    return replace(one, text=text, full=two.full)


def _is_cut(pairs: Sequence[tuple[Box, Box]]) -> bool:
    """True when the two rows are one: the label breaks off at the end of a full line, or the upper
    row has a label and nothing else while the lower one has everything but a label."""
    words = [(one, two) for one, two in pairs if two.text and not is_value(two.text)]
    values_above = any(is_value(one.text) for one, _ in pairs)
    values_below = any(is_value(two.text) for _, two in pairs)
    if any(is_value(two.text) and one.text for one, two in pairs):
        return False
    if values_above and values_below:
        return False
    if any(NUMBERED.match(normalise(two.text)) for _, two in words):
        return False
    if words:
        upper, _ = words[-1]
        return bool(upper.text) and upper.full and not is_value(upper.text)
    return values_below and not values_above and any(one.text for one, _ in pairs)
