"""Aligning the requests table: rows by label, runs of rows by order, columns by the head."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from math import comb

from govstats.extract.columns import (
    by_position,
    place_by_position,
    printed_order,
    stand_under,
)
from govstats.extract.readings import (
    MOST_READINGS,
    Placement,
    Reading,
    agreed,
    fit,
    numbers_of,
    row_identities,
    support,
    windows,
)
from govstats.extract.row_labels import (
    in_form_order,
    is_numbered,
    labels_ahead,
    last_labels,
    note_labels,
    row_codes_of,
)
from govstats.extract.segments import Segment, beside_labels, cut_segments, trim
from govstats.extract.tokens import BLANK, Token
from govstats.forms import Address, Table

# Where "00" is printed for two zero cells, runs are one cell short; more than a few is no table.
_MOST_SPLITS = 3
# Of the rows of a table that prints every cell, some are damaged.
_REGULAR = 0.8


def align_requests(tokens: Sequence[Token], table: Table) -> Placement:
    """Place a requests table, labels before their numbers or, failing that, behind them.

    Numbers beside the labels of other rows break many sums; a report's own errors break a few.
    """
    many = len(table.identities) // 8
    segments = cut_segments(tokens)
    first_ahead, last_ahead = labels_ahead(segments, table)
    filled = any(segment.filled for segment in segments)
    if filled and first_ahead is last_ahead is False:
        return _align(cut_segments(tokens, labels_first=False), table, step=-1)
    forward = _align(segments, table, step=1)
    if first_ahead and last_ahead:
        return forward
    broken = forward.violations()
    if not forward.unplaced and not broken:
        return forward
    backward = _align(cut_segments(tokens, labels_first=False), table, step=-1)
    others, apart = backward.violations(), abs(backward.unplaced - forward.unplaced)
    if apart <= _width(table) and (others == broken or others < broken <= many):
        return _undisputed(forward, backward)
    scored = ((broken, forward), (others, backward))
    return min(scored, key=lambda pair: (pair[0] > many, pair[1].unplaced, pair[0]))[1]


def _width(table: Table) -> int:
    return len(table.blocks[0].columns)


def _undisputed(one: Placement, other: Placement) -> Placement:
    """The first placement without the cells about which an equally good one does not agree."""
    mine, others = numbers_of(one.tokens), numbers_of(other.tokens)
    one.conflicts |= {a for a in mine.keys() | others.keys() if mine.get(a) != others.get(a)}
    return one


def _align(segments: Sequence[Segment], table: Table, step: int) -> Placement:
    block = table.blocks[0]
    segments = trim(segments, len(block.columns))
    codes = row_codes_of(segments, table, step)
    orders, heads = _column_orders(segments, codes, table, step)
    order = _best_order(orders, segments, codes, table)
    placement = Placement(table)
    form_rows = [row.code for row in block.rows]
    own = {code for code in codes if code}
    regular = _is_regular([s for s, code in zip(segments, codes, strict=True) if code], len(order))
    last = last_labels(segments, table) if step > 0 else {}
    fed: set[str] = set()
    for index, (segment, code) in enumerate(zip(segments, codes, strict=True)):
        note_labels(segment, table, placement)
        if code is None:
            placement.unplaced += segment.filled
            continue
        rows = _rows_of(code, own, form_rows, step)
        in_run = any(last.get(row, (0, 0))[0] > index + 1 for row in rows)
        cells = beside_labels(segment) if step > 0 else segment
        if in_run and len(segment.values) == len(order) * (len(rows) + 1):
            # The run has the numbers of the row behind it too: those there have lost their label.
            fed.update(form_rows[form_rows.index(rows[-1]) + 1 :][:1])
        if code in fed or (in_run and not in_form_order(rows, index, last)):
            reading: Reading = {}
        else:
            reading = _read_segment(cells, code, rows, order, heads, table, in_run, regular)
        placement.note_row(code, segment.labels[-1])
        placement.put(reading)
        placed = sum(token.kind is not BLANK for token in reading.values())
        placement.unplaced += max(0, segment.filled - placed)
    return placement


def _is_regular(segments: Sequence[Segment], width: int) -> bool:
    """True when nearly all rows have just as many cells as there are columns."""
    fit_in = sum(len(segment.values) == width for segment in segments)
    return fit_in >= _REGULAR * len(segments)


def _column_orders(
    segments: Sequence[Segment], codes: Sequence[str | None], table: Table, step: int
) -> tuple[list[list[str]], Mapping[int, str]]:
    """Possible orders of the columns, the most trusted first, and the grid's column heads."""
    block = table.blocks[0]
    first = next((i for i, code in enumerate(codes) if code), len(codes) - 1)
    head = [token for segment in segments[: first + 1] for token in segment.labels]
    if step < 0:
        # With labels behind, the head stands in front of the first values on its own.
        head = [token for segment in segments for token in segment.labels]
    # A numbered 总计 is the row (七)总计, not the column.
    head = [token for token in head if not is_numbered(token)]
    of_form = [column.code for column in block.columns]
    printed = printed_order(head, table, block)
    orders = [of_form] if printed in (None, of_form) else [printed or [], of_form]
    return orders, by_position(head, table.column_codes)


def _best_order(
    orders: Sequence[Sequence[str]],
    segments: Sequence[Segment],
    codes: Sequence[str | None],
    table: Table,
) -> Sequence[str]:
    """The order that contradicts fewest totals; the printed one unless sums object."""
    if len(orders) == 1:
        return orders[0]

    def broken(order: Sequence[str]) -> int:
        total = 0
        for segment, code in zip(segments, codes, strict=True):
            if code and len(segment.values) == len(order):
                reading = dict(zip(_addresses(code, order), segment.values, strict=True))
                total += support(reading, row_identities(table, [code]), table)[0]
        return total

    return min(orders, key=broken)


def _addresses(row: str, order: Sequence[str]) -> Sequence[Address]:
    return _row_addresses(row, tuple(order))


@lru_cache(maxsize=1024)
def _row_addresses(row: str, order: tuple[str, ...]) -> tuple[Address, ...]:
    return tuple(Address("requests", row, column) for column in order)


def _rows_of(code: str, own: Collection[str], form_rows: Sequence[str], step: int) -> list[str]:
    """The segment's row, then the form's rows up to the next one that has a segment of its own.

    Labels that fit no row end the search: what lies between is not known then.
    """
    position = form_rows.index(code) + step
    rows = [code]
    while 0 <= position < len(form_rows) and form_rows[position] not in own:
        rows.append(form_rows[position])
        position += step
    return rows if step > 0 else rows[::-1]


def _read_segment(
    segment: Segment,
    code: str,
    rows: list[str],
    order: Sequence[str],
    heads: Mapping[int, str],
    table: Table,
    in_run: bool,
    regular: bool,
) -> Reading:
    """Cells of one segment: a row, or a run that fills exactly the rows up to the next label.

    With `in_run` the labels of the rows between stand further on, so that their numbers, as far as
    they are printed, must stand here.
    """
    width = len(order)
    exact = in_run and len(segment.values) == width * len(rows)
    if segment.filled > width or exact:
        run = _read_run(segment.values, rows, order, table)
        if run or segment.filled >= 2 * width:
            return run
    if in_run:
        return {}
    addresses = _addresses(code, order)
    by_grid = place_by_position(segment.values, heads)
    if by_grid is not None:
        placed = {Address("requests", code, column): token for column, token in by_grid.items()}
        in_order = windows(segment.values, addresses)
        return placed if not in_order else _agreed_first(placed, in_order, table, code)
    reading = fit(segment.values, addresses, table, [code], regular)
    if not heads:
        return reading
    broken = support(reading, row_identities(table, [code]), table)[0] > 0
    doubtful = broken or set(heads.values()) != set(order) or stand_under(segment.values, heads)
    return {} if doubtful and _contradicts(reading, heads) else reading


def _contradicts(reading: Reading, heads: Mapping[int, str]) -> bool:
    """True when a cell stands under the head of another column."""
    return any(
        token.columns is not None
        and heads.get(token.columns.start, address.column) != address.column
        for address, token in reading.items()
    )


def _agreed_first(placed: Reading, others: Sequence[Reading], table: Table, code: str) -> Reading:
    """The grid's own columns, unless they break the row's sum and reading in order does not."""
    identities = row_identities(table, [code])
    if support(placed, identities, table)[0] == 0:
        return placed
    better = [reading for reading in others if support(reading, identities, table)[0] == 0]
    return agreed(better, table, identities) if better else placed


def _read_run(
    values: Sequence[Token], rows: Sequence[str], order: Sequence[str], table: Table
) -> Reading:
    """A run of numbers for several rows in the form's order; nothing when the count is unfit."""
    addresses = [address for row in rows for address in _addresses(row, order)]
    readings = [
        dict(zip(addresses, cells, strict=True))
        for cells in _with_splits(list(values), len(addresses))
    ]
    return agreed(readings, table, row_identities(table, rows))


def _with_splits(values: list[Token], wanted: int) -> list[list[Token]]:
    """The run as it stands when its length fits, else each way to take "00" for two zero cells."""
    missing = wanted - len(values)
    if missing == 0:
        return [values]
    doubles = [i for i, token in enumerate(values) if token.text == "00"]
    few = 0 < missing <= min(_MOST_SPLITS, len(doubles))
    if not few or comb(len(doubles), missing) > MOST_READINGS:
        return []
    return [split for i in doubles for split in _with_splits_after(values, i, wanted)]


def _with_splits_after(values: list[Token], at: int, wanted: int) -> list[list[Token]]:
    doubled = values[: at + 1] + [values[at]]
    return [doubled + rest for rest in _with_splits(values[at + 1 :], wanted - len(doubled))]
