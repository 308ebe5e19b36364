"""Sums that refuse to count a request twice, and yearly series that say where they break."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import pandas as pd

from govstats import vocabulary
from govstats.across import NEEDED, governs, rules, vertical
from govstats.frame import lineage

_SCOPES = {"system": 0, "unknown": 1, "own": 2}
_SAME = ["issuer", "province", "prefecture", "county", "gb2260"]


class OverlapError(ValueError):
    """Rows that would be added up count the same requests."""


def total(panel: pd.DataFrame, measure: str, by: str | Sequence[str] | None = None) -> pd.DataFrame:
    """Return the sum of a count over the panel's rows, a row for each group of `by`.

    Columns: those of `by`, the measure (in its own unit; NA where no row states it), reports (rows
    added up), missing (rows that do not state it, which are not zero). Sorted by `by`.
    Raises OverlapError naming the first overlap when two rows of a group count the same requests:
    a government's total of scope system, or unknown, beside bodies of its place; one issuer's year
    in two scopes or beside its half-year; a government beside its own office. Raises ValueError
    for a missing column, and for a share of which a group holds more than one.
    """
    keys = [by] if isinstance(by, str) else list(by or [])
    if lacking := sorted({*NEEDED, measure, *keys} - set(panel.columns)):
        raise ValueError(f"the panel has no column {', '.join(lacking)}")
    rows = panel.reset_index(drop=True)
    group = rows.groupby(keys, dropna=False).ngroup() if keys else pd.Series(0, rows.index)
    known = rows[measure].notna()
    _refuse_shares(rows, measure, group[known])
    _refuse_overlaps(rows[known], measure, group[known])
    return _sum(rows, measure, keys)


def series(
    panel: pd.DataFrame, measure: str, by: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """Return `total` by year, with a column `break` that says what changed since the year before.

    `break` is text: "YEAR: why" for each of 2019, 2021, 2024 that lies behind the year before in
    this series and not behind this year, "" elsewhere and in a series' first year. Rows without a
    year are left out. The bodies held change from year to year, as `reports` shows: a series of
    sums is a trend only for the same bodies. Errors as in `total`.
    """
    keys = [by] if isinstance(by, str) else list(by or [])
    found = total(panel[panel["year"].notna()], measure, [*keys, "year"])
    years = found["year"].astype("int64")
    groups = [found[key] for key in keys] or [pd.Series(0, found.index)]
    before = years.groupby(groups, dropna=False).shift()
    found["break"] = [
        "" if pd.isna(old) else "; ".join(f"{b}: {why}" for b, why in breaks() if old < b <= new)
        for old, new in zip(before, years, strict=True)
    ]
    return found


@cache
def breaks() -> tuple[tuple[int, str], ...]:
    """The years from which figures are not comparable with those before, and why.

    >>> [year for year, _ in breaks()]
    [2019, 2021, 2024]
    """
    return tuple((int(row["year"]), row["why"]) for row in vocabulary.table("breaks.csv"))


def _sum(rows: pd.DataFrame, measure: str, keys: list[str]) -> pd.DataFrame:
    values = rows[[*keys, measure]].assign(missing=rows[measure].isna().astype("int64"))
    values["reports"] = 1 - values["missing"]
    if keys:
        groups = values.groupby(keys, dropna=False)
        found = groups[[measure]].sum(min_count=1).join(groups[["reports", "missing"]].sum())
        return found.reset_index().sort_values(keys, kind="stable", ignore_index=True)
    numbers = {
        measure: [values[measure].sum(min_count=1)],
        "reports": [int(values["reports"].sum())],
        "missing": [int(values["missing"].sum())],
    }
    return pd.DataFrame(numbers)


def _refuse_shares(rows: pd.DataFrame, measure: str, group: pd.Series) -> None:
    unit = vocabulary.measures().get(measure, {}).get("unit")
    adds = unit in ("count", "yuan") or (unit is None and f"{measure}_from" in rows.columns)
    if not adds and group.duplicated().any():
        raise ValueError(f"{measure} is no count: its values cannot be added up")


def _refuse_overlaps(rows: pd.DataFrame, measure: str, group: pd.Series) -> None:
    table = _prepared(rows, group)
    found = pd.concat([_below(table), _twice(table), _offices(table)])
    # Two totals of one place each contain the other: one overlap.
    ends = pd.DataFrame({"low": found.min(axis=1), "high": found.max(axis=1)}).drop_duplicates()
    if ends.empty:
        return
    first = found.sort_values(["a", "b"]).iloc[0]
    more = f" (and {len(ends) - 1} more)" if len(ends) > 1 else ""
    raise OverlapError(
        f"{measure}: {_say(table.loc[first['a']], table.loc[first['b']])}{more}: choose one scope"
        ", and with system one level"
    )


def _prepared(rows: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    """The rows in an order in which the wider one of two comes first, numbered from 0."""
    table = rows[[*_SAME, "level", "body", "scope", "period"]].assign(group=group)
    table["when"] = rows["year"].astype("Int64").astype("string").fillna("").astype(str)
    table["rank"] = table["scope"].map(_SCOPES).fillna(1)
    table["part"] = table["period"] != "year"
    table["governs"], table["vertical"] = governs(table), vertical(table)
    order = ["when", "part", "rank", "gb2260", *_SAME[:-1], "period"]
    table = table.sort_values(order, kind="stable", ignore_index=True)
    return table.assign(row=table.index)


def _below(table: pd.DataFrame) -> pd.DataFrame:
    """Totals of a place, or of a body with units, beside bodies that they contain."""
    places = table.assign(place=table["gb2260"].map(lineage()))
    places = places.explode("place").dropna(subset=["place"]).astype({"place": str})
    wide = table[(table["scope"] != "own") & (table["gb2260"] != "")]
    pairs = wide.merge(
        places,
        left_on=["group", "when", "gb2260"],
        right_on=["group", "when", "place"],
        suffixes=("_a", "_b"),
    )
    pairs = pairs[pairs["row_a"] != pairs["row_b"]]
    unit = pd.Series(
        [
            b.startswith(re.sub(rules()["ending"], "", a) or a)
            for a, b in zip(pairs["issuer_a"], pairs["issuer_b"], strict=True)
        ],
        index=pairs.index,
        dtype=bool,
    )
    unit &= pairs["issuer_a"] != ""
    inside = (pairs["governs_a"] & ~pairs["vertical_b"]) | (~pairs["governs_a"] & unit)
    return _ends(pairs[inside])


def _twice(table: pd.DataFrame) -> pd.DataFrame:
    """One issuer's year in two scopes, or beside a part of it."""
    pairs = table.merge(table, on=[*_SAME, "group", "when"], suffixes=("_a", "_b"))
    return _ends(pairs[pairs["row_a"] < pairs["row_b"]])


def _offices(table: pd.DataFrame) -> pd.DataFrame:
    """A government and its own office, which print the same requests."""
    own = table[table["governs"] & (table["scope"] == "own")]
    pairs = own.merge(own, on=["group", "when", "gb2260"], suffixes=("_a", "_b"))
    return _ends(pairs[pairs["row_a"] < pairs["row_b"]])


def _ends(pairs: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"a": pairs["row_a"], "b": pairs["row_b"]}).astype("int64")


def _say(a: pd.Series, b: pd.Series) -> str:
    if a["scope"] == b["scope"] == "own" and a["issuer"] != b["issuer"]:
        verb = "is of the same government as"
    elif a["scope"] == "unknown" or b["scope"] == "unknown":
        verb = "may contain"
    else:
        verb = "contains"
    return f"{_name(a)} {verb} {_name(b)}"


def _name(row: pd.Series) -> str:
    part = f", {row['period']}" if row["part"] else ""
    return f"{row['issuer']} {row['when'] or 'of unknown year'} ({row['scope']}{part})"
