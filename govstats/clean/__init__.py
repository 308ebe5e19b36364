"""From records as extracted and collected to clean ones, by named rules, with a log.

Front door: `clean`, and `summary` for the table of what it changed. RULES and TOPIC_RULES hold
the rules in the order in which they are applied; what a rule does and why is its docstring.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from govstats.clean import bodies, places, themes
from govstats.clean.changes import Entry, Record, apply
from govstats.clean.duplicates import COLUMNS, KEY, duplicate

__all__ = ["ADDED", "RULES", "TOPIC_RULES", "Cleaned", "clean", "summary"]

RULES = (
    bodies.issuer_spelling,
    bodies.correction,
    places.place_present,
    places.place_differs,
    places.place_filled,
    bodies.issuer_head,
    bodies.level_filled,
    bodies.level_differs,
    bodies.body_filled,
    bodies.body_differs,
    bodies.organ,
    places.place_code,
    places.place_uncoded,
    bodies.scope_unknown,
    bodies.period_apart,
)
TOPIC_RULES = (themes.theme_filled, themes.theme_differs, themes.theme_uncoded)

GIVEN = ("issuer", *places.PARTS, "level", "body", "period", "scope")
NUMBERS = ("year", "copy", "truncated")
ADDED = ("gb2260", "place_source", "organ", "issuer_printed")


@dataclass(frozen=True)
class Cleaned:
    """What `clean` returns; every record given is in `records` or in `left_out`.

    records: as given, with gb2260, place_source, organ and issuer_printed; sorted by record_id.
    topics: those of the records kept, with themes; sorted by record_id and topic.
    log: rule, record_id, field, before, after, note: a row a value changed or filled, and a row
        a remark, where after equals before and the note says what was seen.
    left_out: record_id, rule, reason, kept: the records left out, and which was kept instead.
    """

    records: pd.DataFrame
    topics: pd.DataFrame
    log: pd.DataFrame
    left_out: pd.DataFrame


def clean(
    records: pd.DataFrame, topics: pd.DataFrame, sizes: Mapping[str, int] | None = None
) -> Cleaned:
    """Apply every rule to the records, leave duplicates out, code topics to themes.

    `sizes` is the number of figures and cells by record_id, by which the fuller of two records
    of the same figures is told. Raises ValueError for a missing column, a missing or repeated
    record_id, a missing text, and a topic of no record. The frames given are not changed.
    """
    _check(records, topics)
    rows = _rows(records, GIVEN + ADDED)
    for row in rows:
        if not row["place_source"] and any(row[part] for part in places.PARTS):
            row["place_source"] = "given"
    log = apply(RULES, rows)
    full = _with(records, rows, GIVEN + ADDED)
    left_out = pd.DataFrame(duplicate(_keys(full), sizes or {}), columns=list(COLUMNS), dtype="str")
    kept = full[~full["record_id"].isin(left_out["record_id"])]
    coded, themed = _coded(topics[topics["record_id"].isin(kept["record_id"])])
    entries = pd.DataFrame(log + themed, columns=list(Entry._fields), dtype="str")
    return Cleaned(_sorted(kept, "record_id"), coded, entries, left_out)


def _coded(topics: pd.DataFrame) -> tuple[pd.DataFrame, list[Entry]]:
    rows = _rows(topics, ("topic", "theme"))
    log = apply(TOPIC_RULES, rows)
    return _sorted(_with(topics, rows, ("theme",)), "record_id", "topic"), log


def _rows(table: pd.DataFrame, fields: tuple[str, ...]) -> list[Record]:
    """The text fields of a table as dicts; a field that it lacks is ''."""
    held = [field for field in fields if field in table]
    blank = dict.fromkeys(fields, "")
    return [blank | row for row in table[["record_id", *held]].to_dict("records")]


def _with(table: pd.DataFrame, rows: list[Record], fields: tuple[str, ...]) -> pd.DataFrame:
    columns = {
        field: pd.Series([row[field] for row in rows], index=table.index, dtype="str")
        for field in fields
    }
    return table.assign(**columns)


def _keys(records: pd.DataFrame) -> list[dict[str, Any]]:
    """What duplicates are told by, with None for a year that is not known."""
    table = records[[*dict.fromkeys(("record_id", *KEY, "copy", "truncated"))]].astype(object)
    flags = {"copy": 0, "truncated": 0}  # not said: taken as an original, and whole
    return [
        {field: flags.get(field) if pd.isna(value) else value for field, value in row.items()}
        for row in table.to_dict("records")
    ]


def _sorted(table: pd.DataFrame, *by: str) -> pd.DataFrame:
    return table.sort_values(list(by), kind="stable", ignore_index=True)


def _check(records: pd.DataFrame, topics: pd.DataFrame) -> None:
    _complete("records", records, ("record_id", "origin", "year", "copy", "truncated", *GIVEN))
    _complete("topics", topics, ("record_id", "topic"))
    twice = records.loc[records["record_id"].duplicated(), "record_id"]
    if len(twice):
        raise ValueError(f"records: record_id {min(twice)!r} is given twice")
    stray = set(topics["record_id"]) - set(records["record_id"])
    if stray:
        raise ValueError(f"topics: record_id {min(stray)!r} is no record")


def _complete(name: str, table: pd.DataFrame, columns: tuple[str, ...]) -> None:
    for column in columns:
        if column not in table:
            raise ValueError(f"{name}: column {column} is missing")
        if column not in NUMBERS and table[column].isna().any():
            raise ValueError(f"{name}: column {column} holds a missing value; nothing is ''")


def summary(log: pd.DataFrame, left_out: pd.DataFrame) -> pd.DataFrame:
    """The table of what cleaning changed: a row a rule, field and kind of entry.

    Columns: rule, field, kind (changed | filled | remark | left out | nothing), rows (a count,
    0 for a rule that found nothing to do), why (first sentence of the rule's docstring). Rules
    stand in the order in which they are applied.
    """
    rules = [*RULES, duplicate, *TOPIC_RULES]
    rows: list[tuple[str, str, str, int, str]] = []
    for rule in rules:
        entries = log[log["rule"] == rule.__name__]
        kinds = entries["field"].str.cat(_kinds(entries), sep="\t").value_counts()
        found = {tuple(key.split("\t")): int(count) for key, count in kinds.items()}
        if rule is duplicate and len(left_out):
            found = {("record_id", "left out"): len(left_out)}
        why = " ".join((rule.__doc__ or "").split("\n\n")[0].split())
        for (field, kind), count in sorted(found.items()) or [(("", "nothing"), 0)]:
            rows.append((rule.__name__, field, kind, count, why))
    return pd.DataFrame(rows, columns=["rule", "field", "kind", "rows", "why"])


def _kinds(log: pd.DataFrame) -> pd.Series:
    kinds = pd.Series("changed", index=log.index, dtype="str")
    kinds[log["before"] == ""] = "filled"
    kinds[log["before"] == log["after"]] = "remark"
    return kinds
