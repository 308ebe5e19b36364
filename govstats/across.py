"""Checks across the reports of one issuer from year to year, and of a place and the bodies in it.

One table for all: check, issuer, gb2260, scope, year, left, right, difference (left minus right),
verdict (holds, violated, undetermined). Thresholds and names are in vocabulary/across.toml.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from govstats import vocabulary
from govstats.frame import frame, lineage
from govstats.schemas.fields import CORRECTED

COLUMNS = (
    *("check", "issuer", "gb2260", "scope", "year"),
    *("left", "right", "difference", "verdict"),
)
HOLDS, VIOLATED, UNDETERMINED = "holds", "violated", "undetermined"
# Who reported, and for whom: what has to agree before two years are one series.
SERIES = ["issuer", "province", "prefecture", "county", "gb2260", "scope"]
NEEDED = {*SERIES, "level", "body", "year", "period"}
IN_FORCE, ISSUED, REPEALED = (
    f"normative_documents_{what}" for what in ("in_force", "issued", "repealed")
)


def across(panel: pd.DataFrame) -> pd.DataFrame:
    """Return all checks across reports, sorted by check, year, place, issuer and scope.

    carried: carried out the year before (left) against carried in. in_force: normative documents
    in force (left) against those of the year before + issued - repealed. jump.MEASURE: the year
    before (left) against the year; copied: figures equal in both years (left) of those that both
    state; these two have rows only where something was found and are undetermined, for both may be
    true. parent.MEASURE: sum of the bodies held (left), which must not exceed the total of their
    place (right).
    A violation is undetermined where the scope is unknown: the two reports may then count different
    things. Only whole years, and issuers whose place is known, are compared. Measures that the
    panel lacks give no rows. Raises ValueError when a key column is missing.
    """
    if lacking := sorted(NEEDED - set(panel.columns)):
        raise ValueError(f"the panel has no column {', '.join(lacking)}")
    whole = panel[(panel["period"] == "year") & panel["year"].notna()]
    pairs = _pairs(whole)
    found = [_carried(pairs), _in_force(pairs), *_jumps(pairs, panel), _copied(pairs, panel)]
    found += _parents(whole)
    some = [part for part in found if len(part)]
    if not some:
        return _carried(pairs.iloc[:0])[list(COLUMNS)]
    keys = ["check", "year", "gb2260", "issuer", "province", "prefecture", "county", "scope"]
    rows = pd.concat(some).sort_values(keys, kind="stable", ignore_index=True)
    return rows[list(COLUMNS)]


def rules() -> dict[str, Any]:
    """Return across.toml as a dictionary: additive, vertical, ending, jump, copied."""
    return vocabulary.words("across.toml")


def counts(panel: pd.DataFrame) -> list[str]:
    """Return the measures of the panel that are counts, sorted: no shares, percentages or yuan."""
    units = {name: row["unit"] for name, row in vocabulary.measures().items()}
    return sorted(
        name
        for name in panel.columns
        if units.get(name, "count") == "count"
        and (name in units or f"{name}_from" in panel.columns)
    )


def _pairs(whole: pd.DataFrame) -> pd.DataFrame:
    """Every report beside its issuer's report of the year before, whose columns end in _1."""
    # A town without a place may be another town of the same name; a ministry needs no place.
    named = (whole["province"] != "") | (whole["level"] == "central")
    rows = whole[named].assign(year=whole.loc[named, "year"].astype("int64"))
    before = rows.assign(year=rows["year"] + 1)
    return rows.merge(before, on=[*SERIES, "year"], suffixes=("", "_1"))


def _number(rows: pd.DataFrame, name: str) -> pd.Series:
    if name not in rows.columns:
        return pd.Series(float("nan"), index=rows.index)
    return rows[name].astype("Float64").astype("float64")


def _table(check: str, rows: pd.DataFrame, left: pd.Series, right: pd.Series) -> pd.DataFrame:
    """Rows of the result that are not judged yet; none where neither side is known."""
    table = rows[[*SERIES, "year"]].assign(check=check, left=left, right=right)
    table["year"] = table["year"].astype("Int64")
    table["difference"] = table["left"] - table["right"]
    table["verdict"] = UNDETERMINED
    columns = [*COLUMNS, *(name for name in SERIES if name not in COLUMNS)]
    return table.loc[table["left"].notna() | table["right"].notna(), columns]


def _judged(table: pd.DataFrame, at_most: bool = False) -> pd.DataFrame:
    difference = table["difference"]
    good = difference <= 0 if at_most else difference == 0
    bad = difference.notna() & ~good & (table["scope"] != "unknown")
    return table.assign(verdict=table["verdict"].mask(good, HOLDS).mask(bad, VIOLATED))


def _carried(pairs: pd.DataFrame) -> pd.DataFrame:
    left, right = _number(pairs, "carried_out_1"), _number(pairs, "carried_in")
    return _judged(_table("carried", pairs, left, right))


def _in_force(pairs: pd.DataFrame) -> pd.DataFrame:
    right = _number(pairs, f"{IN_FORCE}_1") + _number(pairs, ISSUED) - _number(pairs, REPEALED)
    return _judged(_table("in_force", pairs, _number(pairs, IN_FORCE), right))


def _jumps(pairs: pd.DataFrame, panel: pd.DataFrame) -> list[pd.DataFrame]:
    limit, found = rules()["jump"], []
    for name in counts(panel):
        left, right = _number(pairs, f"{name}_1"), _number(pairs, name)
        least = left.where(left < right, right)
        far = (left - right).abs()
        # A figure that can be negative (a change) has no tenfold.
        jump = (least >= 0) & (far > limit["by"]) & (least + far > limit["times"] * least)
        found.append(_table(f"jump.{name}", pairs[jump], left[jump], right[jump]))
    return found


def _copied(pairs: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """What was reckoned from other figures says nothing of its own, so only read ones count."""
    both = equal = nonzero = pd.Series(0, index=pairs.index)
    for name in counts(panel):
        left, right = _read(pairs, name, "_1"), _read(pairs, name, "")
        both = both + (left.notna() & right.notna()).astype(int)
        equal = equal + (left == right).astype(int)
        nonzero = nonzero + ((left == right) & (left != 0)).astype(int)
    same = (both == equal) & (nonzero >= rules()["copied"]["least"])
    return _table("copied", pairs[same], equal[same].astype(float), both[same].astype(float))


def _read(pairs: pd.DataFrame, name: str, ending: str) -> pd.Series:
    values = _number(pairs, name + ending)
    source = f"{name}_from{ending}"
    if source not in pairs.columns:
        return values
    origin = pairs[source].str.removesuffix(CORRECTED)
    return values.where(~origin.isin(["implied", "derived"]))


def governs(rows: pd.DataFrame) -> pd.Series:
    """True for rows of the government of the place whose code they carry, not of a town there."""
    levels = frame().set_index("gb2260")["level"]
    return (rows["body"] == "government") & (rows["level"] == rows["gb2260"].map(levels))


def vertical(rows: pd.DataFrame) -> pd.Series:
    """True for rows of bodies that answer to the centre, by their names."""
    return rows["issuer"].str.contains(rules()["vertical"])


def _parents(whole: pd.DataFrame) -> list[pd.DataFrame]:
    parents = whole[governs(whole) & (whole["scope"] == "system")]
    own = whole[(whole["scope"] == "own") & ~vertical(whole)]
    names = [name for name in rules()["additive"] if name in whole.columns]
    if not names or parents.empty or own.empty:
        return []
    sums = _sums(own, names)
    rows = parents.merge(sums, on=["gb2260", "year"], suffixes=("", "_held"))
    found = []
    for name in names:
        table = _table(f"parent.{name}", rows, _number(rows, f"{name}_held"), _number(rows, name))
        found.append(_judged(table[table["left"].notna()], at_most=True))
    return found


def _sums(own: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Sums over the bodies of every place and year; blank where no body states the measure."""
    rows = own[["gb2260", "year", "issuer"]].assign(**{n: _number(own, n) for n in names})
    # A government and its office print the same requests: the larger of the two figures stands.
    single = governs(own)
    rows["unit"] = rows["issuer"].where(~single, "")
    rows = rows.groupby(["gb2260", "year", "unit", single.rename("governs")])[names].max()
    rows = rows.reset_index()
    rows["gb2260"] = rows["gb2260"].map(lineage())
    rows = rows.explode("gb2260").dropna(subset=["gb2260"]).astype({"gb2260": str})
    return rows.groupby(["gb2260", "year"])[names].sum(min_count=1).reset_index()
