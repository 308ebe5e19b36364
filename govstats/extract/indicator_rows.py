"""Rows of a statistics table put at their addresses: a label, its unit, and one number or two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from govstats.extract.columns import by_position, place_by_position
from govstats.extract.indicators import (
    CUMULATIVE,
    NUMBER,
    Line,
    Words,
    codes_of,
    column_of,
    columns_in,
    is_numbered,
    is_unit,
    key,
    settle,
    words_of,
)
from govstats.extract.readings import Placement, Reading, fit
from govstats.extract.segments import cut_segments
from govstats.extract.tokens import BLANK, LABEL, MOST_PIECES, Token
from govstats.forms import Address, Table


def is_dump(row: Sequence[Token]) -> bool:
    """Whether a line holds several rows: numbers in front may then belong to labels behind."""
    labels = sum(token.kind is LABEL and not is_unit(token.text) for token in row)
    return row[0].columns is None and labels > MOST_PIECES


def align_statistics(tokens: Sequence[Token], table: Table) -> Placement:
    """Place the cells of a table with one row a label; unknown rows are kept as unlisted."""
    placement = Placement(table)
    words = words_of(table)
    heads = [token for token in tokens if not token.is_value and column_of(token.text, words)]
    lines, clear = _ordered(tokens, table)
    columns = columns_in([token.text for token in heads], words) or [NUMBER]
    clear = clear and _is_clear(lines, columns)
    if heads and clear:
        placement.unprinted = {CUMULATIVE}.difference(columns)
    for line in lines:
        for code in line.codes:
            _place(line, code, _Heads(heads, columns, clear), placement)
        if not line.codes:
            _keep(line, columns, placement, clear)
    return placement


def _name(lines: Sequence[Line], words: Words) -> None:
    """Give every line the codes that its label can mean; the form's own words go before others.

    A line with neither unit nor number is a heading where another line has the same words, or
    where it has not the form's words.
    """
    texts = [line.label.text if line.label else "" for line in lines]
    for line, text in zip(lines, texts, strict=True):
        line.codes = codes_of(text, words, loose=False)
    sure = {code for line in lines for code in line.codes}
    full = {line.codes for line in lines if len(line.codes) == 1 and _is_filled(line)}
    for line, text in zip(lines, texts, strict=True):
        if not _is_filled(line):
            line.codes = () if line.codes in full else line.codes
        elif not line.codes and sure.isdisjoint(found := codes_of(text, words)):
            line.codes = found


def _is_filled(line: Line) -> bool:
    return bool(line.unit) or any(token.kind is not BLANK for token in line.values)


def _ordered(tokens: Sequence[Token], table: Table) -> tuple[list[Line], bool]:
    """The rows with every label before its numbers, and whether that order is certain.

    In a table dumped into one line numbers may stand in front of their labels: then one stands in
    front of the first label, and none behind the last.
    """
    lines = _named_lines(tokens, table)
    words = words_of(table)
    known = [
        i for i, line in enumerate(lines) if line.label and codes_of(line.label.text, words, False)
    ]
    label = lines[known[0]].label if known else None
    if label is None or not is_dump([t for t in tokens if t.row == label.row]):
        return lines, label is not None
    before = (token for line in lines[: known[0]] for token in line.values)
    in_front = any(token.kind is not BLANK for token in before)
    behind = bool(lines[known[-1]].values)
    if in_front and not behind:
        lines = _named_lines(list(_turned(tokens)), table)
    return lines, in_front != behind


def _named_lines(tokens: Sequence[Token], table: Table) -> list[Line]:
    lines = list(_cut_lines(tokens, table))
    _name(lines, words_of(table))
    settle(lines, words_of(table))
    return lines


def _turned(tokens: Sequence[Token]) -> Iterator[Token]:
    """Labels that stand behind their numbers, put in front of them.

    Dashes may belong to the heading before: they are left out, so that too few cells stay too few.
    """
    for segment in cut_segments(tokens, labels_first=False):
        labels = segment.labels
        units = [i for i, token in enumerate(labels) if is_unit(token.text)]
        split = (units[0] + 1 if units else 1) if segment.values else len(labels)
        filled = (token for token in segment.values if token.kind is not BLANK)
        yield from (*labels[:split], *filled, *labels[split:])


def _is_clear(lines: Sequence[Line], columns: Sequence[str]) -> bool:
    """Whether the heads account for the cells: most rows have no number beyond them."""
    rows = [line.values[len(columns) :] for line in lines if line.codes and line.values]
    within = sum(all(token.kind is BLANK for token in surplus) for surplus in rows)
    return 2 * within >= len(rows)


@dataclass(frozen=True)
class _Heads:
    """The printed heads, their columns in order, and whether cells in order can be relied on."""

    tokens: Sequence[Token]
    columns: Sequence[str]
    clear: bool


def _place(line: Line, code: str, heads: _Heads, placement: Placement) -> None:
    if line.label is not None:
        placement.note_row(code, line.label)
    placement.units[code] = line.unit
    if not line.values:
        return
    reading = _read(line, code, heads, placement.table)
    known = placement.table.block_of[code].columns
    placement.put({a: t for a, t in reading.items() if any(a.column == c.code for c in known)})
    filled = sum(token.kind is not BLANK for token in line.values)
    placement.unplaced += filled if not reading else 0


def _cut_lines(tokens: Sequence[Token], table: Table) -> Iterator[Line]:
    """The printed rows: a label, perhaps broken into pieces, its unit, and the cells behind."""
    words = words_of(table)
    line = Line(None)
    pieces: list[Token] = []
    for token in tokens:
        if token.is_value:
            line.values.append(token)
        elif is_unit(token.text) and not line.values:
            line.unit = token.text
        elif column_of(token.text, words) or key(token.text) in words.heads:
            yield line
            line, pieces = Line(None), []
        else:
            joined = [] if line.values or line.unit else pieces
            pieces = [*joined[1 - MOST_PIECES :], token]
            label = _join(pieces, table)
            alone = label is token and joined
            if not joined or (alone and codes_of(joined[-1].text, words, loose=False)):
                yield line
                line = Line(None)
            line.label = label
    yield line


def _join(pieces: Sequence[Token], table: Table) -> Token:
    """The label that the last pieces spell together, the longest first.

    Where none does, it begins with the last numbered piece, or is the last piece.
    """
    words = words_of(table)
    for start in range(len(pieces) - 1):
        text = "".join(token.text for token in pieces[start:])
        if codes_of(text, words, loose=False):
            return pieces[start]._replace(text=text)
    numbered = [i for i, token in enumerate(pieces) if is_numbered(token.text)]
    start = numbered[-1] if numbered and pieces[-1].row == pieces[0].row else len(pieces) - 1
    if start == len(pieces) - 1:
        return pieces[-1]
    return pieces[start]._replace(text="".join(token.text for token in pieces[start:]))


def _read(line: Line, code: str, heads: _Heads, table: Table) -> Reading:
    """A row's cells under their heads: by the grid's columns, else by the order of the heads."""
    words = words_of(table)
    named = [h._replace(text=column_of(h.text, words) or "") for h in heads.tokens]
    grid = by_position(named, {column: column for column in heads.columns})
    placed = place_by_position(line.values, grid)
    if placed is not None:
        return {Address(table.name, code, column): token for column, token in placed.items()}
    cells, surplus = line.values[: len(heads.columns)], line.values[len(heads.columns) :]
    if not heads.clear or any(token.kind is not BLANK for token in surplus):
        return {}
    addresses = [Address(table.name, code, column) for column in heads.columns]
    return fit(cells, addresses, table, [code])


def _keep(line: Line, columns: Sequence[str], placement: Placement, clear: bool) -> None:
    """Keep a row that the form does not know under its printed label, if its cells are clear."""
    words = words_of(placement.table)
    filled = sum(token.kind is not BLANK for token in line.values)
    label = line.label
    if not filled:
        return
    known = label is None or codes_of(label.text, words) or key(label.text) in words.groups
    if label is None or known or not clear or len(line.values) != len(columns):
        placement.unplaced += filled
        return
    placement.unlisted += [
        (label.text, column, token)
        for column, token in zip(columns, line.values, strict=True)
        if column in (NUMBER, CUMULATIVE)
    ]
