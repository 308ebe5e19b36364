"""Which row of the requests table a printed label, or the lack of one, stands for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from govstats.extract.readings import Placement, row_identities, support
from govstats.extract.segments import Segment
from govstats.extract.tokens import Token
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

# Rows whose words head columns or stand in other rows too.
_SHORT = ("other", "other_undivided", "total")


def labels_ahead(segments: Sequence[Segment], table: Table) -> tuple[bool, bool]:
    """Whether a row's label stands in front of the first numbers, and numbers behind the last.

    One number alone may be that of a page, unless the row's other cells are printed empty, or it
    stands in the printed row of its label.
    """
    shared = Counter(s.labels[-1].row for s in segments if s.labels and s.values)
    alone = {place for place, count in shared.items() if count == 1}
    width = len(table.blocks[0].columns)
    first = next(
        (
            s
            for s in segments
            if s.filled > 1 or (s.filled and (len(s.values) >= width or _row_of(s) in alone))
        ),
        Segment(),
    )
    known = {code for _, code in find_all(first.pieces, table.row_codes)}
    numbered = bool(first.labels) and is_numbered(first.labels[-1])
    last = max((segment for segment, _ in last_labels(segments, table).values()), default=0)
    numbers_behind = any(segment.filled for segment in segments[last:])
    return bool(known.difference(_SHORT)) or numbered, numbers_behind


def _row_of(segment: Segment) -> tuple[int, int] | None:
    """The printed row that a segment's last label shares with its cells, if they share one."""
    row = segment.labels[-1].row if segment.labels else None
    return row if row == segment.values[0].row else None


def last_labels(segments: Sequence[Segment], table: Table) -> dict[str, tuple[int, int]]:
    """Row -> where its label stands last: number of the segment and of the piece in it.

    Numbers of several rows may run on before it.
    """
    return {
        code: (number, index)
        for number, segment in enumerate(segments)
        for index, code in find_all(segment.pieces, table.row_codes)
        if code not in _SHORT
    }


def in_form_order(rows: Sequence[str], behind: int, last: Mapping[str, tuple[int, int]]) -> bool:
    """Whether the labels of rows that stand behind a segment are printed in the order of the rows.

    Numbers run on in the order of the form or in that of the labels: which, is not told.
    """
    printed = [last[row] for row in rows if row in last and last[row][0] > behind]
    return printed == sorted(printed)


def row_codes_of(segments: Sequence[Segment], table: Table, step: int) -> list[str | None]:
    """Row code of each segment; None for heads and for labels that fit no row."""
    codes: list[str | None] = []
    in_head = True
    for segment in segments:
        code = _row_code_of(segment, table, step) if segment.labels and segment.values else None
        # 其他 and 总计 head columns too: in front of the first row they count only when numbered.
        if in_head and code in _SHORT and not is_numbered(segment.labels[-1]):
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
        return _first_alike(segment.pieces, table)
    code = find_row(segment.pieces, table.row_codes)
    return None if code in _SHORT and _other_number(segment.pieces[-1], code, table) else code


def _first_alike(pieces: Sequence[str], table: Table) -> str | None:
    """The first row that the pieces spell out, cut off or misprinted as its label may be."""
    codes = (find_row(pieces[:end], table.row_codes) for end in range(1, len(pieces) + 1))
    return next((code for code in codes if code and code not in _SHORT), None)


def _are_groups(pieces: Sequence[str], table: Table) -> bool:
    """True when nothing but labels of groups stands there, glued or broken as they may be."""
    rest = unnumbered("".join(pieces))
    for group in sorted(table.head_cores, key=len, reverse=True):
        rest = rest.replace(group, "")
    return not rest


@lru_cache(maxsize=2048)
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
        # What stands behind the head of a column has lost no label: its own stands behind it.
        label = segments[here].labels[-1]
        if find_exact([label.text], table.column_codes) and not is_numbered(label):
            continue
        reading = dict(
            zip([Address("requests", row, column) for column in order], cells, strict=True)
        )
        if support(reading, row_identities(table, [row]), table)[0] == 0:
            codes[here] = row
    return codes


def _index(rows: Sequence[str], code: str | None) -> int | None:
    return rows.index(code) if code else None


def is_numbered(label: Token) -> bool:
    """True when a printed label begins with a number of the form, such as (七) or 3."""
    return NUMBERED.match(normalise(label.text)) is not None


def note_labels(segment: Segment, table: Table, placement: Placement) -> None:
    """Rows whose label stands in the document though their numbers are gone."""
    for token in segment.labels:
        code = find_exact([token.text], table.row_codes)
        if code is None:
            continue
        own_number = is_numbered(token) and not _other_number(token.text, code, table)
        if own_number or code not in _SHORT:
            placement.note_row(code, token)
