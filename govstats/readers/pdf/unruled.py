"""A table without rules as cells: columns from its values, rows from lines, labels put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from govstats.labels import NUMBERED, normalise
from govstats.readers.pdf.blocks import Block, find_blocks
from govstats.readers.pdf.glyphs import Piece
from govstats.readers.pdf.heads import Stack, head_boxes, head_end
from govstats.readers.pdf.rules import Rule
from govstats.readers.pdf.spacing import Seams, line_limits, seams_of
from govstats.readers.pdf.tables import CUT_OFF, Box, PageTable
from govstats.readers.pdf.words import Words, words_of

# No printed page has more lines.
MOST_LINES = 500


@dataclass(slots=True)
class Row:
    """A row of the table: where it stands, its labels from left to right, its values by column."""

    y: float
    labels: list[Stack] = field(default_factory=list)
    values: dict[int, str] = field(default_factory=dict)
    printed: bool = True


def read_unruled(
    pieces: Sequence[Piece],
    page: int,
    level: Sequence[Rule],
    upright: Sequence[Rule],
    side: float,
) -> tuple[list[PageTable], list[Piece]]:
    """Tables without a lattice among the pieces of a page, and the words that belong to none.

    Rules that run in one direction only part what stands on both sides of them. `side` is where the
    page ends: nobody can tell the columns of a table that runs off it, so its values are garbled.
    """
    lines = words_of([piece for piece in pieces if piece.turn == 0], upright)
    if len(lines) > MOST_LINES:
        return [], list(pieces)
    tables: list[PageTable] = []
    used: set[Piece] = set()
    blocks = list(find_blocks(lines))
    for block in blocks:
        block.settle()
    for block, limit in zip(blocks, line_limits(blocks), strict=True):
        tables.append(_table(block, page, level, limit, side))
        used.update(word for line in block.head for word in line)
        used.update(word for labels, values in block.rows for word in (*labels, *values))
        used.update(block.labels)
    free = [word for line in lines for word in line if word not in used]
    return tables, [*free, *(piece for piece in pieces if piece.turn)]


def _table(block: Block, page: int, level: Sequence[Rule], limit: float, side: float) -> PageTable:
    columns = block.columns()
    end = head_end(block.head, columns)
    labels = [word for line in block.head[end:] for word in line] + block.labels
    seams = seams_of(block, level, limit)
    rows = _rows(block, labels, columns, seams)
    width = max(1, *(len(row.labels) for row in rows))
    head = head_boxes(block.head[:end], columns, width, seams)
    height = max((box.row + box.height for box in head), default=0)
    boxes = list(head)
    if block.runs_off(side, level):
        rows = [_garbled(row, len(columns)) for row in rows]
    for index, row in enumerate(rows, start=height):
        boxes += _row_boxes(row, index, width, len(columns))
    words = [w for line in (*block.head, *(values for _, values in block.rows)) for w in line]
    edges = (columns[0][0],) * width + tuple(low for low, _ in columns)
    return PageTable(
        boxes,
        edges,
        [page] * (height + len(rows)),
        (min(word.y0 for word in words), block.bottom()),
        ruled=False,
        columns=tuple(columns),
    )


def _garbled(row: Row, columns: int) -> Row:
    return replace(row, values={c: row.values.get(c, "") + CUT_OFF for c in range(columns)})


def _row_boxes(row: Row, index: int, width: int, columns: int) -> list[Box]:
    """Labels next to the values, the last one nearest; every column without value is empty."""
    first = width - len(row.labels)
    boxes = [Box(stack.text, index, first + i) for i, stack in enumerate(row.labels)]
    if not row.printed:
        return boxes
    return boxes + [Box(row.values.get(c, ""), index, width + c) for c in range(columns)]


def _rows(
    block: Block, extra: Words, columns: Sequence[tuple[float, float]], seams: Seams
) -> list[Row]:
    rows = [_value_row(values, columns, block) for _, values in block.rows]
    lines = [{id(word) for word in labels} for labels, _ in block.rows]
    own = [word for labels, _ in block.rows for word in labels]
    stacks = _stacks([*own, *extra], lines, seams)
    unplaced = []
    for stack in stacks:
        beside = _row_beside(stack, rows, lines)
        if beside is not None:
            beside.labels.append(stack)
        else:
            unplaced.append(stack)
    nearest = [row.labels for row in rows if row.labels]
    left = min((max(labels, key=lambda s: s.x0).x0 for labels in nearest), default=0.0)
    for stack in unplaced:
        middle = (stack.words[0].y0 + stack.words[-1].y1) / 2
        # A label beside those of the rows has an empty row; one left of them heads a group.
        rows.append(Row(middle, [stack], printed=stack.x1 > left + stack.words[0].size))
    for row in rows:
        row.labels.sort(key=lambda s: s.x0)
    return sorted(rows, key=lambda row: row.y)


def _row_beside(stack: Stack, rows: Sequence[Row], lines: Sequence[set[int]]) -> Row | None:
    """The row on whose line the label stands, else the nearest one beside it."""
    ids = {id(word) for word in stack.words}
    for row, line in zip(rows, lines, strict=True):
        if ids & line:
            return row
    beside = [row for row in rows if stack.covers(row.y)]
    middle = (stack.words[0].y0 + stack.words[-1].y1) / 2
    return min(beside, key=lambda row: abs(row.y - middle), default=None)


def _value_row(values: Words, columns: Sequence[tuple[float, float]], block: Block) -> Row:
    placed: dict[int, str] = {}
    for value in values:
        text = value.text + CUT_OFF * (value in block.torn)
        column = next(i for i, (low, high) in enumerate(columns) if low <= value.x0 <= high)
        # Two numbers in one column are neither of them, nor one.
        placed[column] = f"{placed[column]} {text}" if column in placed else text
    middle = sum(value.middle[1] for value in values) / len(values)
    return Row(middle, values=placed)


def _stacks(words: Words, lines: Sequence[set[int]], seams: Seams) -> list[Stack]:
    """Words put together to labels: one under the other, nearer than rows, not numbered anew.

    Where rules part the rows they alone decide.
    """
    on_row = {key: index for index, line in enumerate(lines) for key in line}
    stacks: list[Stack] = []
    for word in sorted(words, key=lambda w: (w.base, w.x0)):
        anew = not seams.alone and NUMBERED.match(normalise(word.text))
        above = None if anew else _above(word, stacks, on_row, seams)
        if above is None:
            stacks.append(Stack([word]))
        else:
            above.words.append(word)
    return stacks


def _above(
    word: Piece, stacks: Sequence[Stack], on_row: dict[int, int], seams: Seams
) -> Stack | None:
    """The nearest label that the word can go on, of the same row where both stand beside values."""
    row = on_row.get(id(word))
    found: list[tuple[float, Stack]] = []
    for stack in stacks:
        last = stack.words[-1]
        overlap = min(last.x1, word.x1) - max(last.x0, word.x0)
        narrow = min(last.x1 - last.x0, word.x1 - word.x0)
        if word.base <= last.base or overlap <= 0.3 * narrow:
            continue
        gap = word.y0 - last.y1
        rows = {on_row[id(w)] for w in stack.words if id(w) in on_row}
        other_row = row is not None and bool(rows - {row})
        if not seams.part(last, word) and (seams.alone or not other_row):
            found.append((gap, stack))
    return min(found, key=lambda entry: entry[0])[1] if found else None
