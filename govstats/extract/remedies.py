"""Aligning the remedies table: fifteen numbers in one printed row, three blocks of five."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from govstats.extract.columns import by_position
from govstats.extract.readings import Placement, Reading, agreed, fit, support
from govstats.extract.segments import Segment, beside_labels, cut_segments, without_blank_rows
from govstats.extract.tokens import BLANK, LABEL, NUMBER, Token
from govstats.forms import Address, Table
from govstats.labels import core, find_all, find_exact

# Block -> its five addresses, both in printed order.
Orders = Mapping[str, Sequence[Address]]


def align_remedies(tokens: Sequence[Token], table: Table) -> Placement:
    """Place a remedies table: by the grid's heads, by labelled rows, or in printed order."""
    placement = Placement(table, rows=dict.fromkeys(_blocks(table)))
    for token in tokens:
        code = table.row_codes.get(core(token.text)) if token.kind is LABEL else None
        if code is not None:
            placement.note_row(code, token)
    segments = cut_segments(tokens)
    for reading in _readings(tokens, segments, table):
        placement.put(reading)
    filled = sum(segment.filled for segment in segments)
    placed = sum(token.kind is not BLANK for token in placement.tokens.values())
    placement.unplaced = max(0, filled - placed)
    return placement


def _readings(
    tokens: Sequence[Token], segments: Sequence[Segment], table: Table
) -> Sequence[Reading]:
    """What the grid's heads say, else each labelled row, else the fifteen in order."""
    by_grid = _by_grids(tokens, table)
    orders = _printed_orders([t.text for t in tokens if t.kind is LABEL], table)
    if by_grid or orders is None:
        return by_grid
    return _by_rows(tokens, table, orders) or [_in_order(segments, table, orders)]


def _blocks(table: Table) -> list[str]:
    return [row.code for row in table.blocks[0].rows]


def _columns(table: Table) -> list[str]:
    return [column.code for column in table.blocks[0].columns]


def _by_grids(tokens: Sequence[Token], table: Table) -> list[Reading]:
    """A reading of each grid that names the blocks: a page may print the table of two years.

    What the page prints in other grids below is no part of them.
    """
    named = [t.row[0] for t in tokens if t.columns and core(t.text) in table.row_codes]
    grids = ([t for t in tokens if t.row[0] == grid] for grid in dict.fromkeys(named))
    return [reading for grid in grids if (reading := _by_grid(grid, table))]


def _by_grid(tokens: Sequence[Token], table: Table) -> Reading:
    """Each number under its own two heads; nothing unless the grid gives all fifteen.

    A number beside all heads tells that the row does not stand under them: a cell is too many.
    """
    labels = [token for token in tokens if token.kind is LABEL]
    rows, columns = by_position(labels, table.row_codes), by_position(labels, table.column_codes)
    placed: dict[Address, Token] = {}
    last = max((i for i, token in enumerate(tokens) if token.kind is LABEL), default=-1)
    for token in tokens[last + 1 :]:
        at = token.columns.start if token.columns is not None else 0
        if at in rows and at in columns:
            address = Address("remedies", rows[at], columns[at])
            if address in placed:
                return {}
            placed[address] = token
        elif token.kind is NUMBER:
            return {}
    return placed if len(placed) == len(table.addresses) else {}


def _by_rows(tokens: Sequence[Token], table: Table, orders: Orders) -> list[Reading]:
    """A reading of each row of five beside its block's label; none where they are not set so."""
    ahead = cut_segments(tokens)
    rows = [s for s in ahead if s.values and find_exact(s.pieces, table.row_codes)]
    cells = [segment.filled for segment in rows]
    # Blanks alone stand behind the labels of a head; more cells than a row has are all fifteen.
    if len(rows) < 2 or not 0 < max(cells) <= len(_columns(table)) + 1:
        return []
    behind = _labels_behind(ahead, table)
    if behind is None:
        return [{}]
    if behind:
        cut = cut_segments(tokens, labels_first=False)
        rows = [s for s in cut if s.filled and _first_row(s, table)]
    found = []
    for segment in rows if behind else map(beside_labels, rows):
        code = _first_row(segment, table) if behind else find_exact(segment.pieces, table.row_codes)
        if code is not None:
            found.append(fit(segment.values, orders[code], table, [code]))
    return found


def _labels_behind(segments: Sequence[Segment], table: Table) -> bool | None:
    """Whether labels stand behind their numbers: none behind the last label. None when unclear.

    Unclear is a table whose first or last row has lost its numbers, or its label.
    """
    named = [s for s in segments if next(find_all(s.pieces, table.row_codes), None)]
    rows = [s for s in named if s.values]
    lines = {s.labels[-1].row for s in rows if s.labels[-1].row == s.values[0].row}
    # Where rows stand in grids or in lines of their own, each begins with its label.
    if len(lines) == len(rows):
        return False
    first = next((segment for segment in segments if segment.filled), Segment())
    in_front = find_exact(first.pieces, table.row_codes) is not None
    if named[-1].values:
        return False if in_front else None
    return None if in_front else True


def _first_row(segment: Segment, table: Table) -> str | None:
    found = next(find_all(segment.pieces, table.row_codes), None)
    return found[1] if found and found[0] == 0 else None


def _in_order(segments: Sequence[Segment], table: Table, orders: Orders) -> Reading:
    """Fifteen cells in printed order; where labels cut the run, totals may be moved to the end."""
    addresses = [address for block in orders.values() for address in block]
    runs = [without_blank_rows(segment.values) for segment in segments if segment.filled]
    values = [token for run in runs for token in run]
    if len(runs) > 1 and len(values) == len(addresses):
        return _displaced(runs, table, orders)
    return fit(values, addresses, table, _blocks(table))


def _printed_orders(labels: Sequence[str], table: Table) -> Orders | None:
    """Each block's addresses as the head prints blocks and columns, in the form's order without.

    None where a head that is not whole contradicts the form's order: then order tells nothing.
    """
    known, columns = _blocks(table), _columns(table)
    blocks = list(dict.fromkeys(code for _, code in find_all(labels, table.row_codes)))
    if len(blocks) < len(known):
        if blocks != [block for block in known if block in blocks]:
            return None
        blocks = known
    printed = [code for _, code in find_all(labels, table.column_codes)]
    width = len(columns)
    parts = [printed[i : i + width] for i in range(0, len(printed), width)]
    if any(set(part) != set(columns) for part in parts):
        if not _may_be_in_order(printed, columns):
            return None
        parts = [columns]
    same = len(set(map(tuple, parts))) <= 1
    if not same and len(parts) != len(blocks):
        return None
    parts = (parts[:1] or [columns]) * len(blocks) if same else parts
    return {
        block: [Address("remedies", block, column) for column in part]
        for block, part in zip(blocks, parts, strict=True)
    }


def _may_be_in_order(printed: Sequence[str], columns: Sequence[str]) -> bool:
    """False when a column stands in front of an earlier one of, as it seems, the same block."""
    runs: list[list[str]] = []
    for code in printed:
        if not runs or columns.index(code) <= columns.index(runs[-1][-1]):
            runs.append([])
        runs[-1].append(code)
    return all(set(one) & set(other) for one, other in zip(runs, runs[1:], strict=False))


def _displaced(runs: Sequence[Sequence[Token]], table: Table, orders: Orders) -> Reading:
    """Best reading where each block's total stands in place or is moved behind all blocks.

    A block whose four parts stand in two different runs is less likely than one that is kept whole.
    """
    run_of = [number for number, run in enumerate(runs) for _ in run]
    values = [token for run in runs for token in run]
    found: list[tuple[int, tuple[int, int], Reading]] = []
    for moved in product((False, True), repeat=len(orders)):
        places = list(_places(moved, orders))
        reading = {address: values[place] for address, place in places}
        torn = _torn_blocks(places, run_of, table)
        broken, holding = support(reading, table.identities, table)
        found.append((broken, (torn, holding), reading))
    best = min((broken, rest) for broken, rest, _ in found)
    kept = [reading for broken, rest, reading in found if (broken, rest) == best]
    return agreed(kept, table, table.identities)


def _places(moved: Sequence[bool], orders: Orders) -> Iterator[tuple[Address, int]]:
    """Address -> index in the run, with the totals marked `moved` behind everything else."""
    place = 0
    late = []
    for block, is_late in zip(orders.values(), moved, strict=True):
        for address in block:
            if address.column == "total" and is_late:
                late.append(address)
            else:
                yield address, place
                place += 1
    yield from ((address, place + i) for i, address in enumerate(late))


def _torn_blocks(places: Sequence[tuple[Address, int]], run_of: Sequence[int], table: Table) -> int:
    runs = {block: set[int]() for block in _blocks(table)}
    for address, place in places:
        if address.column != "total":
            runs[address.row].add(run_of[place])
    return sum(len(found) > 1 for found in runs.values())
