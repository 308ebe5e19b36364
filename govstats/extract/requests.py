"""Aligning the requests table: rows by label, runs of rows by order, columns by the head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from govstats.extract.columns import by_position, place_by_position, printed_order
from govstats.extract.readings import Placement, Reading, agreed, row_identities, support, windows
from govstats.extract.segments import Segment, cut_segments, trim
from govstats.extract.tokens import Kind, Token
from govstats.forms import Address, Table
from govstats.labels import NUMBERED, find_exact, find_row, normalise

# Where "00" is printed for two zero cells, runs are one cell short; more than a few is no table.
_MOST_SPLITS = 3


def align_requests(tokens: Sequence[Token], table: Table) -> Placement:
    """Place a requests table, labels before their numbers or, failing that, behind them."""
    forward = _align(cut_segments(tokens), table, step=1)
    if not forward.unplaced:
        return forward
    backward = _align(cut_segments(tokens, labels_first=False), table, step=-1)
    return min(forward, backward, key=lambda placed: (placed.unplaced, placed.violations()))


def _align(segments: Sequence[Segment], table: Table, step: int) -> Placement:
    block = table.blocks[0]
    segments = trim(segments, len(block.columns))
    codes = _row_codes_of(segments, table)
    orders, heads = _column_orders(segments, codes, table, step)
    order = _best_order(orders, segments, codes, table)
    placement = Placement(table)
    form_rows = [row.code for row in block.rows]
    for index, (segment, code) in enumerate(zip(segments, codes, strict=True)):
        _note_labels(segment, table, placement)
        if code is None:
            placement.unplaced += segment.filled
            continue
        rows = _rows_of(index, codes, form_rows, step)
        reading = _read_segment(segment, code, rows, order, heads, table)
        placement.note_row(code, segment.labels[-1])
        placement.put(reading)
        placed = sum(token.kind is not Kind.BLANK for token in reading.values())
        placement.unplaced += max(0, segment.filled - placed)
    return placement


def _row_codes_of(segments: Sequence[Segment], table: Table) -> list[str | None]:
    """Row code of each segment; None for heads and for labels that fit no row."""
    codes: list[str | None] = []
    for segment in segments:
        code = (
            find_row(segment.pieces, table.row_codes) if segment.labels and segment.values else None
        )
        # 其他 and 总计 head columns too: in front of the first row they count only when numbered.
        in_head = not any(codes) and code in ("other", "total")
        codes.append(None if in_head and not _is_numbered(segment.labels[-1]) else code)
    return codes


def _is_numbered(label: Token) -> bool:
    return NUMBERED.match(normalise(label.text)) is not None


def _note_labels(segment: Segment, table: Table, placement: Placement) -> None:
    """Rows whose label stands in the document though their numbers are gone."""
    for token in segment.labels[:-1]:
        code = find_exact([token.text], table.row_codes)
        if code is not None and code not in ("other", "total"):
            placement.note_row(code, token)


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
    head = [token for token in head if not _is_numbered(token)]
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


def _addresses(row: str, order: Sequence[str]) -> list[Address]:
    return [Address("requests", row, column) for column in order]


def _rows_of(
    index: int, codes: Sequence[str | None], form_rows: Sequence[str], step: int
) -> list[str]:
    """The segment's row, then the form's rows up to the next one that has a segment of its own.

    Labels that fit no row end the search: what lies between is not known then.
    """
    code = codes[index]
    own = {other for other in codes if other} - {code}
    position = form_rows.index(code or "") + step
    rows = [code or ""]
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
) -> Reading:
    """Cells of one segment: a row, or a run that fills exactly the rows up to the next label."""
    width = len(order)
    if segment.filled > width:
        run = _read_run(segment.values, rows, order, table)
        if run or segment.filled >= 2 * width:
            return run
    identities = row_identities(table, [code])
    addresses = _addresses(code, order)
    by_grid = place_by_position(segment.values, heads)
    if by_grid is not None:
        placed = {Address("requests", code, column): token for column, token in by_grid.items()}
        in_order = windows(segment.values, addresses)
        return placed if not in_order else _agreed_first(placed, in_order, table, code)
    return agreed(windows(segment.values, addresses), table, identities)


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
    if not 0 < missing <= min(_MOST_SPLITS, len(doubles)):
        return []
    return [split for i in doubles for split in _with_splits_after(values, i, wanted)]


def _with_splits_after(values: list[Token], at: int, wanted: int) -> list[list[Token]]:
    doubled = values[: at + 1] + [values[at]]
    return [doubled + rest for rest in _with_splits(values[at + 1 :], wanted - len(doubled))]
