"""The statistics form of 2014-2018 and the local ones before it: rows of label, unit and number.

A number belongs to the label in front of it, in its own row of the table. A second number column
is what has been counted since 2008; which is which is told by the heads alone. A row with more or
fewer numbers than heads is unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from govstats.extract.indicator_rows import align_statistics, is_dump
from govstats.extract.indicators import codes_of, column_of, is_unit, key, words_of
from govstats.extract.readings import Placement
from govstats.extract.tokens import GARBLED, LABEL, MOST_PIECES, NUMBER, Token, fill_gaps
from govstats.forms import STATISTICS, TABLES, Table, candidates
from govstats.labels import normalise

# Rows of the form that must be named, each in a cell of its own: fewer are mentions.
_FEWEST_ROWS = 5
# No label of the forms is longer; longer cells, and those with a full stop, are prose.
_LONGEST = 60
_SENTENCE = re.compile(r"[。;；!?！？]")
_WORD = re.compile(r"[一-鿿]{2}")
# Heads stand at most so many cells before the first row whose label is whole.
_HEADS_BEFORE = 40


@dataclass(frozen=True)
class Statistics:
    """A statistics table found in a document: its cells placed, the other tokens, its spans."""

    placement: Placement
    others: list[Token]
    spans: list[tuple[int, int]]


def find_statistics(tokens: Sequence[Token]) -> Statistics | None:
    """The statistics table among the tokens of a document, or None where there is none."""
    tables = [table for name in STATISTICS for table in candidates(name)]
    named = _named_rows(tokens, tables)
    rows = sorted({i for found in named.values() for i in found})
    if max(len(set(found.values())) for found in named.values()) < _FEWEST_ROWS:
        return None
    start, end = _first(tokens, rows[0], tables), _last(tokens, rows[-1])
    inside = [_restored(token, tables) for token in tokens[start:end] if not _is_prose(token)]
    inside = fill_gaps(_without_strays(inside))
    if sum(token.kind is NUMBER for token in inside) == 0:
        return None
    others = [*tokens[:start], *(t for t in tokens[start:end] if _is_prose(t)), *tokens[end:]]
    table = _choose(tables, inside, named)
    return Statistics(align_statistics(inside, table), others, _spans(tokens[start:end]))


def _named_rows(tokens: Sequence[Token], tables: Iterable[Table]) -> dict[str, dict[int, str]]:
    """Table -> place among the tokens -> key, where a row's label is printed in the form's words.

    Words that the later tables have too (不予公开, 行政复议) do not count.
    """
    found: dict[str, dict[int, str]] = {table.name: {} for table in tables}
    for i, token in enumerate(tokens):
        if token.kind not in (LABEL, GARBLED):
            continue
        for text in _texts(tokens[i : i + MOST_PIECES]):
            for name in _tables_with(text):
                found[name].setdefault(i, key(text))
    return found


@lru_cache(maxsize=8192)
def _tables_with(text: str) -> tuple[str, ...]:
    """Names of the tables that have a row of these words, which no later table has."""
    if key(text) in _later_words():
        return ()
    tables = (table for name in STATISTICS for table in candidates(name))
    return tuple(t.name for t in tables if codes_of(text, words_of(t), loose=False))


@lru_cache(maxsize=1)
def _later_words() -> frozenset[str]:
    """Keys of every label and head of the tables of 2019 and after."""
    tables = [table for name in TABLES for table in candidates(name)]
    return frozenset(
        key(text)
        for table in tables
        for text in (*table.row_codes, *table.column_codes, *table.head_cores)
    )


def _texts(run: Sequence[Token]) -> Iterator[str]:
    """A label's text, and within a line what it spells with the pieces behind it."""
    text = ""
    for token in run:
        joins = token.row == run[0].row and (not text or token.columns is None)
        if token.kind not in (LABEL, GARBLED) or not joins or is_unit(token.text):
            return
        text += token.text
        if len(text) > _LONGEST:
            return
        yield text


def _is_prose(token: Token) -> bool:
    return len(normalise(token.text)) > _LONGEST or _SENTENCE.search(token.text) is not None


def _first(tokens: Sequence[Token], row: int, tables: Iterable[Table]) -> int:
    """Where the heads in front of the first row begin."""
    heads = {head for table in tables for head in words_of(table).heads}
    first = row
    for i in range(row - 1, max(0, row - _HEADS_BEFORE) - 1, -1):
        if _is_prose(tokens[i]):
            break
        if key(tokens[i].text) in heads:
            first = i
    return first


def _last(tokens: Sequence[Token], row: int) -> int:
    """Behind the last row's cells, and the cells of rows below that have a unit and numbers."""
    end = row + 1
    while end < len(tokens) and (tokens[end].is_value or is_unit(tokens[end].text)):
        end += 1
    below = tokens[end : end + 2]
    if len(below) == 2 and not _is_prose(below[0]) and is_unit(below[1].text):
        return _last(tokens, end + 1)
    return end


def _restored(token: Token, tables: Iterable[Table]) -> Token:
    """Words behind a number in a row are a label: rows are numbered, or stand side by side."""
    if token.kind is not GARBLED:
        return token
    label = is_unit(token.text) or _WORD.search(token.text)
    return token._replace(kind=LABEL) if label else token


def _without_strays(tokens: Sequence[Token]) -> list[Token]:
    """Without the numbers of rows in front of labels, and page numbers between ruled rows."""
    kept: list[Token] = []
    ruled = False
    for _, group in groupby(tokens, key=lambda token: token.row):
        row = list(group)
        labels = [i for i, token in enumerate(row) if token.kind is LABEL]
        own_row = not row[0].whole_line
        if own_row and labels and not is_dump(row):
            row = row[labels[0] :]
        if ruled and not own_row and row[0].is_value:
            continue
        ruled |= own_row and bool(labels) and row[-1].is_value
        kept += row
    return kept


def _spans(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Spans of the running text from table cell to table cell, prose between them left out."""
    spans = []
    for prose, group in groupby((t for t in tokens if t.start >= 0), key=_is_prose):
        run = list(group)
        if not prose:
            spans.append((run[0].start, run[-1].start + len(run[-1].text)))
    return spans


def _choose(
    tables: Sequence[Table], tokens: Sequence[Token], named: dict[str, dict[int, str]]
) -> Table:
    """The form whose columns are printed, then whose rows; the later one where both fit alike."""
    labels = [token.text for token in tokens if token.kind is LABEL]

    def fits(table: Table) -> tuple[int, int, str]:
        words = words_of(table)
        columns = {column_of(text, words) for text in labels} - {None}
        return len(columns), len(set(named[table.name].values())), table.form

    return max(tables, key=fits)
