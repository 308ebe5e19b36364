"""Aligning the disclosure table: small blocks, each an article with its own head and rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from math import prod

from govstats.extract.columns import by_position, place_by_position
from govstats.extract.readings import (
    MOST_READINGS,
    Placement,
    Reading,
    agreed,
    fit,
    row_identities,
    support,
)
from govstats.extract.regions import ARTICLE
from govstats.extract.segments import Segment, beside_labels, cut_segments
from govstats.extract.tokens import BLANK, GARBLED, LABEL, Token
from govstats.forms import Address, Block, Table
from govstats.labels import core, find_alike, find_all, find_exact, normalise
from govstats.numbers import header_unit

UNLISTED = "unlisted"
# All labels of the table, were they set one character a line, are fewer.
_LONGEST_HEAD = 400
# White space may break the number of an article: 第二十条第(一 )项.
_ARTICLE_START = re.compile("第二十条")


def align_disclosure(tokens: Sequence[Token], table: Table) -> Placement:
    """Place the tokens of a disclosure table; rows the form does not know are kept as unlisted.

    Numbers behind a row label are that row's. Numbers behind column labels fill the block's rows;
    how they run is judged for all of a block together, because its inequalities join its columns.
    """
    tokens = _with_garbled(tokens, table)
    in_front = _labels_in_front(tokens, table)
    # Where runs with numbers do not tell, runs of printed blanks do.
    for least in (1, 0):
        ahead = _labels_ahead(tokens, table, least)
        behind = _labels_behind(tokens, table, least)
        if ahead != behind:
            return _align(tokens if ahead > behind else in_front, table)
    forward = _align(tokens, table)
    if not forward.unplaced:
        return forward
    return min(forward, _align(in_front, table), key=lambda placed: placed.unplaced)


def _with_garbled(tokens: Sequence[Token], table: Table) -> list[Token]:
    """The tokens with words behind a row's label in its grid row as cells: they are no labels.

    Blanks further right, which only fill up the row, would pass for the row's cells.
    """
    known = {*table.row_codes, *table.column_codes, *table.head_cores}
    rows = {t.row for t in tokens if t.columns and core(t.text) in table.row_codes}
    marked: list[Token] = []
    named = None
    for token in tokens:
        words = core(token.text) if token.kind is LABEL else ""
        is_cell = bool(words) and token.row == named and words not in known
        if words in table.row_codes and token.row in rows:
            named = token.row
        marked.append(token._replace(kind=GARBLED) if is_cell else token)
    return marked


def _labels_ahead(tokens: Sequence[Token], table: Table, least: int) -> int:
    """How many runs of cells, at least so many not blank, stand behind the label of a row."""
    runs = [s for s in cut_segments(tokens) if s.values and s.filled >= least]
    return sum(_row_of(s, table) is not None for s in runs)


def _labels_behind(tokens: Sequence[Token], table: Table, least: int) -> int:
    """How many runs of cells, at least so many not blank, stand in front of the label of a row."""
    segments = cut_segments(tokens, labels_first=False)
    return sum(_first_row(s, table) > 0 for s in segments if s.values and s.filled >= least)


def _first_row(segment: Segment, table: Table) -> int:
    """How many pieces the row label has with which a segment begins; 0 when none does."""
    pieces = segment.pieces
    found = next(find_all(pieces, table.row_codes), None)
    if found is not None and found[0] == 0:
        ends = range(1, len(pieces) + 1)
        return next(n for n in ends if find_exact(pieces[:n], table.row_codes))
    return int(bool(pieces) and find_alike(core(pieces[0]), table.row_codes) is not None)


def _labels_in_front(tokens: Sequence[Token], table: Table) -> list[Token]:
    """The tokens with each row label that stands behind its numbers moved in front of them.

    A label that is none of the form's ends where the next article begins.
    """
    ordered: list[Token] = []
    for segment in cut_segments(tokens, labels_first=False):
        split = 0
        if segment.values:
            texts = map(normalise, segment.pieces)
            articles = (i for i, text in enumerate(texts) if _ARTICLE_START.match(text))
            split = _first_row(segment, table) or next(articles, len(segment.labels))
        ordered += [*segment.labels[:split], *segment.values, *segment.labels[split:]]
    return ordered


def _align(tokens: Sequence[Token], table: Table) -> Placement:
    placement = Placement(table)
    head: list[Token] = []
    segments = cut_segments(tokens)
    own_rows = {code for s in segments if s.filled and (code := _row_of(s, table))}
    pending: dict[str, list[list[Reading]]] = {}
    for segment in segments:
        head = _current_head(head, segment.labels)
        for index, code in find_all(segment.pieces, table.row_codes):
            placement.note_row(code, segment.labels[index])
        own = _row_of(segment, table)
        if not segment.values:
            continue
        if own is not None:
            _put(placement, _read_row(beside_labels(segment), own, head, table), segment)
            placement.units[own] = header_unit("".join(token.text for token in head))
        elif find_exact(segment.pieces, table.column_codes) is not None:
            block, readings = _read_under_head(segment, head, own_rows, placement)
            pending.setdefault(block, []).append(readings)
            placement.unplaced += 0 if readings else segment.filled
        elif not _keep_unlisted(segment, head, placement):
            placement.unplaced += segment.filled
    for parts in pending.values():
        placement.put(_join(parts, table))
    return placement


def _put(placement: Placement, reading: Reading, segment: Segment) -> None:
    placement.put(reading)
    placed = sum(token.kind is not BLANK for token in reading.values())
    placement.unplaced += max(0, segment.filled - placed)


def _join(parts: Sequence[Sequence[Reading]], table: Table) -> Reading:
    """The best supported combination of one reading from each part of a block."""
    parts = [readings for readings in parts if readings]
    if prod(map(len, parts)) > MOST_READINGS:
        return {}
    joined = [
        {address: token for reading in choice for address, token in reading.items()}
        for choice in product(*parts)
    ]
    rows = {address.row for reading in joined for address in reading}
    return agreed(joined, table, row_identities(table, rows))


def _current_head(head: list[Token], labels: Sequence[Token]) -> list[Token]:
    """Labels since the last article: a new article starts a new head.

    Of more labels than a head can have, the article and the last ones.
    """
    for token in labels:
        if ARTICLE.match(normalise(token.text)):
            head = [token]
        else:
            head = [*head[:1], *head[1:][2 - _LONGEST_HEAD :], token]
    return head


def _row_of(segment: Segment, table: Table) -> str | None:
    exact = find_exact(segment.pieces, table.row_codes)
    if exact is not None or not segment.labels:
        return exact
    return find_alike(core(segment.pieces[-1]), table.row_codes)


def _words(head: Sequence[Token]) -> list[str]:
    """The pieces of a head: cut off by the end of a page, its cells stand in one line of text."""
    return [piece for token in head for piece in token.text.split()]


def _columns_of(head: Sequence[Token], block: Block, count: int, table: Table) -> list[str]:
    """Column codes as the head prints them, or the form's where the head is not read whole.

    A head that names fewer columns than the form counts when the row has just as many cells.
    """
    known = [column.code for column in block.columns]
    found = [code for _, code in find_all(_words(head), table.column_codes) if code in known]
    found = list(dict.fromkeys(reversed(found)))[::-1]
    return found if len(found) in (len(known), count) else known


def _read_row(segment: Segment, code: str, head: Sequence[Token], table: Table) -> Reading:
    """A row's numbers behind its label."""
    columns = _columns_of(head, table.block_of[code], len(segment.values), table)
    by_grid = place_by_position(segment.values, by_position(head, table.column_codes))
    if by_grid is not None and set(by_grid) == set(columns):
        return {Address("disclosure", code, column): token for column, token in by_grid.items()}
    addresses = [Address("disclosure", code, column) for column in columns]
    return fit(segment.values, addresses, table, [code])


def _read_under_head(
    segment: Segment, head: Sequence[Token], own_rows: set[str], placement: Placement
) -> tuple[str, list[Reading]]:
    """Numbers behind column labels: the block and the ways to give its rows these columns.

    Where other rows of the block have numbers of their own, a label that stands only behind those
    tells that all labels stand behind their numbers.
    """
    table = placement.table
    printed = list(dict.fromkeys(c for _, c in find_all(segment.pieces, table.column_codes)))
    block = _block_for(printed, head, table)
    if block is None:
        return "", []
    rows = [row.code for row in block.rows if row.code not in own_rows]
    if len(rows) < len(block.rows):
        rows = [row for row in rows if row in placement.rows]
    columns = [code for code in printed if _has(block, code)]
    if not rows or len(segment.values) != len(rows) * len(columns):
        return block.path, []
    along = [Address("disclosure", row, column) for row in rows for column in columns]
    across = [Address("disclosure", row, column) for column in columns for row in rows]
    readings: list[Reading] = [
        dict(zip(order, segment.values, strict=True)) for order in (along, across)
    ]
    # A block whose whole head stands in front is printed row by row unless the sums object.
    whole = len(columns) == len(block.columns)
    if whole and support(readings[0], row_identities(table, rows), table)[0] == 0:
        return block.path, readings[:1]
    return block.path, readings


def _has(block: Block, column: str) -> bool:
    return any(known.code == column for known in block.columns)


def _block_for(printed: Sequence[str], head: Sequence[Token], table: Table) -> Block | None:
    """The only block that has all the printed columns, or else the one whose article heads them."""
    fitting = [b for b in table.blocks if set(printed) <= {column.code for column in b.columns}]
    if len(fitting) > 1 and head:
        article = _article(head[0].text)
        fitting = [block for block in fitting if _article(block.path) == article]
    return fitting[0] if len(fitting) == 1 else None


def _article(text: str) -> str:
    return normalise(text).removesuffix("项")


def _keep_unlisted(segment: Segment, head: Sequence[Token], placement: Placement) -> bool:
    """Keep a row that the report adds (行政检查) under its block's columns; False when unfit."""
    table = placement.table
    columns = list(dict.fromkeys(c for _, c in find_all(_words(head), table.column_codes)))
    label = segment.pieces[-1] if segment.labels else ""
    if not label or core(label) in table.head_cores or not columns:
        return False
    cells = segment.values
    if len(cells) > len(columns):
        cells = [token for token in cells if token.kind is not BLANK]
    if len(cells) != len(columns):
        return False
    placement.unlisted += [
        (label, column, token) for column, token in zip(columns, cells, strict=True)
    ]
    return True
