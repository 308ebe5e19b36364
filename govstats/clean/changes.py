"""How a rule changes a record, and the log of all that was changed, filled or noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

Record = dict[str, str]


class Edit(NamedTuple):
    """One field of a record and its new value; the old value with a note is a remark only."""

    field: str
    value: str
    note: str = ""


# A rule reads one record and yields edits; its name and docstring are its documentation.
Rule = Callable[[Record], Iterator[Edit]]


class Entry(NamedTuple):
    """A row of the log. `after` is the value that stands: equal to `before` for a remark."""

    rule: str
    record_id: str
    field: str
    before: str
    after: str
    note: str


# They tell of the other columns and change with them.
UNLOGGED = frozenset({"issuer_printed", "place_source"})


def apply(rules: Sequence[Rule], records: Sequence[Record]) -> list[Entry]:
    """Apply the rules to the records, in place and in this order; return the log.

    Each record needs `record_id` and every field that a rule reads. The log is sorted by rule (in
    the order given), then by its other columns from left to right.
    """
    return [
        entry
        for rule in rules
        for entry in sorted(entry for record in records for entry in _applied(rule, record))
    ]


def _applied(rule: Rule, record: Record) -> Iterator[Entry]:
    # All edits of one rule are read before any is made: a rule sees the record as it came to it.
    for edit in list(rule(record)):
        before = record[edit.field]
        if edit.value == before and not edit.note:
            continue
        record[edit.field] = edit.value
        if edit.field not in UNLOGGED:
            yield Entry(
                rule.__name__, record["record_id"], edit.field, before, edit.value, edit.note
            )
