"""Aligning the requests table: rows by label, runs of rows by order, columns by the head."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import comb

from govstats.extract.columns import by_position, place_by_position, printed_order
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
from govstats.extract.segments import Segment, cut_segments, trim
from govstats.extract.tokens import Kind, Token
from govstats.forms import Address, Table
from govstats.labels import (
    NUMBERED,
    find_all,
    find_exact,
    find_row,
    item_number,
    normalise,
    unnumbered,
)

# Where "00" is printed for two zero cells, runs are one cell short; more than a few is no table.
_MOST_SPLITS = 3
# Of the rows of a table that prints every cell, some are damaged.
_REGULAR = 0.8
# Rows whose words head columns or stand in other rows too.
_SHORT = ("other", "other_undivided", "total")


def align_requests(tokens: Sequence[Token], table: Table) -> Placement:
    """Place a requests table, labels before their numbers or, failing that, behind them.

    Numbers beside the labels of other rows break many sums; a report's own errors break a few.
    """
    many = len(table.identities) // 8
    segments = cut_segments(tokens)
    first_ahead, last_ahead = _labels_ahead(segments, table)
    if first_ahead is last_ahead is False:
        return _align(cut_segments(tokens, labels_first=False), table, step=-1)
    forward = _align(segments, table, step=1)
    broken = forward.violations()
    if (not forward.unplaced and broken <= many) or (first_ahead and last_ahead):
        return forward
    backward = _align(cut_segments(tokens, labels_first=False), table, step=-1)
    if backward.violations() == broken and abs(backward.unplaced - forward.unplaced) <= _width(table):
        return _undisputed(forward, backward)
    scored = ((broken, forward), (backward.violations(), backward))
    return min(scored, key=lambda pair: (pair[0] > many, pair[1].unplaced, pair[0]))[1]


def _width(table: Table) -> int:
    return len(table.blocks[0].columns)


def _undisputed(one: Placement, other: Placement) -> Placement:
    """The first placement without the cells about which an equally good one does not agree."""
    mine, others = numbers_of(one.tokens), numbers_of(other.tokens)
    one.conflicts |= {a for a in mine.keys() | others.keys() if mine.get(a) != others.get(a)}
    return one


def _labels_ahead(segments: Sequence[Segment], table: Table) -> tuple[bool, bool]:
    """Whether a row's label stands in front of the first numbers, and numbers behind the last."""
    first = next((segment for segment in segments if segment.filled), Segment())
    known = {code for _, code in find_all(first.pieces, table.row_codes)}
    numbered = bool(first.labels) and _is_numbered(first.labels[-1])
    return bool(known.difference(_SHORT)) or numbered, segments[-1].filled > 0


def _align(segments: Sequence[Segment], table: Table, step: int) -> Placement:
    block = table.blocks[0]
    segments = trim(segments, len(block.columns))
    codes = _row_codes_of(segments, table, step)
    orders, heads = _column_orders(segments, codes, table, step)
    order = _best_order(orders, segments, codes, table)
    placement = Placement(table)
    form_rows = [row.code for row in block.rows]
    own = {code for code in codes if code}
    regular = _is_regular([s for s, code in zip(segments, codes, strict=True) if code], len(order))
    later = _later_labels(segments, table) if step > 0 else {}
    for index, (segment, code) in enumerate(zip(segments, codes, strict=True)):
        _note_labels(segment, table, placement)
        if code is None:
            placement.unplaced += segment.filled
            continue
        rows = _rows_of(code, own, form_rows, step)
        in_run = any(later.get(row, 0) > index + 1 for row in rows)
        reading = _read_segment(segment, code, rows, order, heads, table, in_run, regular)
        placement.note_row(code, segment.labels[-1])
        placement.put(reading)
        placed = sum(token.kind is not Kind.BLANK for token in reading.values())
        placement.unplaced += max(0, segment.filled - placed)
    return placement


def _is_regular(segments: Sequence[Segment], width: int) -> bool:
    """True when nearly all rows have just as many cells as there are columns."""
    fit_in = sum(len(segment.values) == width for segment in segments)
    return fit_in >= _REGULAR * len(segments)


def _later_labels(segments: Sequence[Segment], table: Table) -> dict[str, int]:
    """Row -> the last segment with its label: numbers of several rows may run on before it."""
    return {
        code: index
        for index, segment in enumerate(segments)
        for _, code in find_all(segment.pieces, table.row_codes)
        if code not in _SHORT
    }


def _row_codes_of(segments: Sequence[Segment], table: Table, step: int) -> list[str | None]:
    """Row code of each segment; None for heads and for labels that fit no row."""
    codes: list[str | None] = []
    in_head = True
    for segment in segments:
        code = _row_code_of(segment, table, step) if segment.labels and segment.values else None
        # 其他 and 总计 head columns too: in front of the first row they count only when numbered.
        if in_head and code in _SHORT and not _is_numbered(segment.labels[-1]):
            code = None
        in_head = in_head and code is None
        codes.append(code)
    return _complete(codes, segments, table)


def _row_code_of(segment: Segment, table: Table, step: int) -> str | None:
    """The last label in front of the numbers; behind one row of them, the first that is a row's."""
    if step < 0 and len(segment.values) <= len(table.blocks[0].columns):
        first = next(find_all(segment.pieces, table.row_codes), None)
        if first is not None:
            before = segment.pieces[: first[0]]
            return first[1] if _are_groups(before, table) else find_row(before, table.row_codes)
    code = find_row(segment.pieces, table.row_codes)
    return None if code in _SHORT and _other_number(segment.pieces[-1], code, table) else code


def _are_groups(pieces: Sequence[str], table: Table) -> bool:
    """True when nothing but labels of groups stands there, glued or broken as they may be."""
    rest = unnumbered("".join(pieces))
    for group in sorted(table.head_cores, key=len, reverse=True):
        rest = rest.replace(group, "")
    return not rest


def _other_number(text: str, code: str, table: Table) -> bool:
    """True when a row's printed number is that of another row: (六)其他 is not 3.其他."""
    path = next(row.path for row in table.blocks[0].rows if row.code == code)
    return item_number(text) not in (None, item_number(f"{path}、"))


def _complete(
    codes: list[str | None], segments: Sequence[Segment], table: Table
) -> list[str | None]:
    """The codes, and that of a full row whose label fits none between two rows that lack just one.

    Only where the row's own sum does not object.
    """
    block = table.blocks[0]
    rows = [row.code for row in block.rows]
    told = [i for i, code in enumerate(codes) if code or segments[i].filled]
    for before, here, after in zip([None, *told], told, [*told[1:], None], strict=False):
        first = -1 if before is None else _index(rows, codes[before])
        last = len(rows) if after is None else _index(rows, codes[after])
        if codes[here] or first is None or last is None or last - first != 2:
            continue
        order = [column.code for column in block.columns]
        cells, row = segments[here].values, rows[first + 1]
        if row in codes or len(cells) != len(order) or not segments[here].labels:
            continue
        reading = dict(zip(_addresses(row, order), cells, strict=True))
        if support(reading, row_identities(table, [row]), table)[0] == 0:
            codes[here] = row
    return codes


def _index(rows: Sequence[str], code: str | None) -> int | None:
    return rows.index(code) if code else None


def _is_numbered(label: Token) -> bool:
    return NUMBERED.match(normalise(label.text)) is not None


def _note_labels(segment: Segment, table: Table, placement: Placement) -> None:
    """Rows whose label stands in the document though their numbers are gone."""
    for token in segment.labels:
        code = find_exact([token.text], table.row_codes)
        if code is not None and code not in _SHORT:
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
    broken = support(reading, row_identities(table, [code]), table)[0] > 0
    doubtful = broken or set(heads.values()) != set(order)
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
