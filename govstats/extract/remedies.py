"""Aligning the remedies table: fifteen numbers in one printed row, three blocks of five."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from govstats.extract.columns import by_position
from govstats.extract.readings import Placement, Reading, agreed, fit, support
from govstats.extract.segments import Segment, cut_segments
from govstats.extract.tokens import Kind, Token
from govstats.forms import Address, Table
from govstats.labels import core, find_all, find_exact


def align_remedies(tokens: Sequence[Token], table: Table) -> Placement:
    """Place a remedies table: by the grid's heads, by labelled rows, or in printed order."""
    placement = Placement(table, rows=dict.fromkeys(_blocks(table), ""))
    for token in tokens:
        code = table.row_codes.get(core(token.text)) if token.kind is Kind.LABEL else None
        if code is not None:
            placement.note_row(code, token)
    segments = cut_segments(tokens)
    reading = _by_grid(tokens, table) or _by_rows(segments, table) or _in_order(segments, table)
    placement.put(reading)
    filled = sum(token.is_value and token.kind is not Kind.BLANK for token in tokens)
    placement.unplaced = max(0, filled - sum(t.kind is not Kind.BLANK for t in reading.values()))
    return placement


def _blocks(table: Table) -> list[str]:
    return [row.code for row in table.blocks[0].rows]


def _columns(table: Table) -> list[str]:
    return [column.code for column in table.blocks[0].columns]


def _by_grid(tokens: Sequence[Token], table: Table) -> Reading:
    """Each number under its own two heads; nothing unless the grid gives all fifteen.

    Only the grid that names the blocks counts: what the page prints below it is no part of it.
    """
    named = [t.row[0] for t in tokens if t.columns and core(t.text) in table.row_codes]
    tokens = [token for token in tokens if named and token.row[0] == named[-1]]
    labels = [token for token in tokens if token.kind is Kind.LABEL]
    rows, columns = by_position(labels, table.row_codes), by_position(labels, table.column_codes)
    placed: dict[Address, Token] = {}
    last = max((i for i, token in enumerate(tokens) if token.kind is Kind.LABEL), default=-1)
    for token in tokens[last + 1 :]:
        at = token.columns.start if token.columns is not None else 0
        if at in rows and at in columns:
            address = Address("remedies", rows[at], columns[at])
            if address in placed:
                return {}
            placed[address] = token
    return placed if len(placed) == len(table.addresses) else {}


def _by_rows(segments: Sequence[Segment], table: Table) -> Reading:
    """Three rows of five, each behind its own block's label."""
    width = len(_columns(table))
    placed: dict[Address, Token] = {}
    for segment in segments:
        code = find_exact(segment.pieces, table.row_codes)
        if code is not None and width <= len(segment.values) < 2 * width:
            addresses = [Address("remedies", code, column) for column in _columns(table)]
            placed.update(fit(segment.values, addresses, table, [code]))
    return placed if len(placed) == len(table.addresses) else {}


def _in_order(segments: Sequence[Segment], table: Table) -> Reading:
    """Fifteen cells in printed order; where labels cut the run, totals may be moved to the end."""
    addresses = _printed_addresses(segments, table)
    runs = [run for segment in segments if (run := _without_head_blanks(segment))]
    values = [token for run in runs for token in run]
    if len(runs) > 1 and len(values) == len(addresses):
        return _displaced(runs, table)
    return fit(values, addresses, table, _blocks(table))


def _without_head_blanks(segment: Segment) -> list[Token]:
    """A run of cells; runs of nothing but blanks belong to the head of the table."""
    return segment.values if segment.filled else []


def _printed_addresses(segments: Sequence[Segment], table: Table) -> list[Address]:
    """The fifteen addresses as the head prints them, or the form's when it is incomplete."""
    labels = [token.text for segment in segments for token in segment.labels]
    blocks = list(dict.fromkeys(code for _, code in find_all(labels, table.row_codes)))
    columns = [code for _, code in find_all(labels, table.column_codes)]
    width = len(_columns(table))
    parts = [columns[i : i + width] for i in range(0, len(columns), width)]
    complete = len(parts) == len(_blocks(table)) and all(
        set(p) == set(_columns(table)) for p in parts
    )
    if not complete or set(blocks) != set(_blocks(table)):
        return list(table.addresses)
    return [Address("remedies", b, c) for b, part in zip(blocks, parts, strict=True) for c in part]


def _displaced(runs: Sequence[Sequence[Token]], table: Table) -> Reading:
    """Best reading where each block's total stands in place or is moved behind all blocks.

    A block whose four parts stand in two different runs is less likely than one that is kept whole.
    """
    run_of = [number for number, run in enumerate(runs) for _ in run]
    values = [token for run in runs for token in run]
    found: list[tuple[int, tuple[int, int], Reading]] = []
    for moved in product((False, True), repeat=len(_blocks(table))):
        places = list(_places(moved, table))
        reading = {address: values[place] for address, place in places}
        torn = _torn_blocks(places, run_of, table)
        broken, holding = support(reading, table.identities, table)
        found.append((broken, (torn, holding), reading))
    best = min((broken, rest) for broken, rest, _ in found)
    kept = [reading for broken, rest, reading in found if (broken, rest) == best]
    return agreed(kept, table, table.identities)


def _places(moved: Sequence[bool], table: Table) -> Iterator[tuple[Address, int]]:
    """Address -> index in the run, with the totals marked `moved` behind everything else."""
    place = 0
    late = []
    for block, is_late in zip(_blocks(table), moved, strict=True):
        for column in _columns(table):
            address = Address("remedies", block, column)
            if column == "total" and is_late:
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
