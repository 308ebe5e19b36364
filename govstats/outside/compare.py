"""Published statistics -> ours beside theirs, or why nothing of ours is comparable.

Which statistic has which counterpart is data: govstats/vocabulary/counterparts.toml.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatchcase
from math import nan
from typing import Any, NamedTuple

import pandas as pd

from govstats import vocabulary
from govstats.across import NEEDED
from govstats.guards import OverlapError, total
from govstats.metrics import Metric, metrics
from govstats.models import mean_share, share
from govstats.outside.read import Published

COLUMNS = (
    *("file", "line", "statistic", "topic", "place", "year", "theirs", "at_least", "unit"),
    *("source_url", "kind", "measure", "ours", "low", "high", "n", "computed", "verdict", "why"),
)
FIRST_YEAR = 2008
_SPAN = re.compile(r"(?:to )?(20[0-9]{2})(?:-(20[0-9]{2}))?(?:-[0-9]{2}-[0-9]{2})?")
_UNNAMED = {
    "kind": "none",
    "why": "no counterpart is named in govstats/vocabulary/counterparts.toml",
}


class Ours(NamedTuple):
    """What the panel has beside a statistic; `n` counts its rows."""

    kind: str
    value: float = nan
    low: float = nan
    high: float = nan
    n: int = 0
    computed: str = ""
    missing: str = ""


def beside(panel: pd.DataFrame, published: Published) -> pd.DataFrame:
    """Every published figure with what the panel has beside it, a row a figure, in their order.

    `theirs` is in `unit`; `at_least` marks a lower bound. `kind` is same (one row of the panel is
    the same quantity), part (ours can only be less), share (the same share of other cases) or none.
    `ours` has 95 % limits where it is a share of several rows; `computed` says from what. `verdict`
    is equal or differs (same), within or above (part), inside, outside or no interval (share);
    "" where nothing was compared, for the reason in `why`.
    """
    slim = panel[[name for name in panel.columns if name in _used()]]
    rows = [_row(slim, figure, published) for figure in _figures(published)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"line": "int64", "n": "int64"})


def land_cases(court_studies: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """The share of land cases as courts and papers published it, with Wilson's 95 % interval.

    Takes the two frames of `read_published`. Columns: place, year, cases, total, among (of what),
    estimate, low, high (percent, NaN where no total is published), source_url, caveat. A count that
    both files hold stands once.
    """
    both = Published(published, court_studies)
    found = [
        _land(figure, entry, both)
        for entry in vocabulary.words("counterparts.toml")["land"]
        for figure in _figures(both)
        if _fits(figure, entry)
    ]
    columns = ["place", "year", "cases", "total", "among", "estimate", "low", "high"]
    table = pd.DataFrame(found, columns=[*columns, "source_url", "caveat"])
    return table.drop_duplicates(["cases", "total", "source_url"], ignore_index=True)


def _land(figure: dict[str, Any], entry: dict[str, Any], published: Published) -> dict[str, Any]:
    of = _divisor(figure, entry, published)
    found = share(figure["theirs"], of, "")
    return {
        **{name: figure[name] for name in ("place", "year", "source_url")},
        **{"cases": figure["theirs"], "total": of, "among": entry["among"]},
        **{name: getattr(found, name) for name in ("estimate", "low", "high")},
        "caveat": entry["caveat"],
    }


def _figures(published: Published) -> list[dict[str, Any]]:
    """The rows of both files under the same names; court_studies.csv has no unit but cases."""
    figures = published.figures.assign(file="published_figures.csv", topic="")
    studies = published.court_studies.rename(columns={"url": "source_url"})
    until = studies["period"].eq("cumulative").map({True: "to ", False: ""})
    years = until + studies["year"].astype("str")
    studies = studies.assign(file="court_studies.csv", unit="cases", year=years)
    both = pd.concat([figures, studies], ignore_index=True).rename(columns={"value": "theirs"})
    return both.to_dict("records")


def _row(panel: pd.DataFrame, figure: dict[str, Any], published: Published) -> dict[str, Any]:
    entry = counterpart(figure)
    if "of" in entry:
        of = _divisor(figure, entry, published)
        figure = figure | {"theirs": 100 * figure["theirs"] / of, "unit": "percent"}
    ours = _ours(panel, figure, entry)
    kept = ("file", "line", "statistic", "topic", "place", "year", "theirs", "unit", "source_url")
    return {
        **{name: figure[name] for name in kept},
        **{"at_least": _at_least(figure), "kind": ours.kind, "measure": entry.get("measure", "")},
        **{"ours": ours.value, "low": ours.low, "high": ours.high, "n": ours.n},
        **{"computed": ours.computed, "verdict": _verdict(figure, ours)},
        "why": "; ".join(filter(None, [ours.missing, entry["why"]])),
    }


def counterpart(figure: dict[str, Any]) -> dict[str, Any]:
    """The entry of counterparts.toml for a figure: the first one that fits."""
    entries = vocabulary.words("counterparts.toml")["counterpart"]
    return next((entry for entry in entries if _fits(figure, entry)), _UNNAMED)


def _fits(figure: dict[str, Any], entry: dict[str, Any]) -> bool:
    names = ("statistic", "topic", "place", "file")
    return all(fnmatchcase(figure[name], entry.get(name, "*")) for name in names)


def _divisor(figure: dict[str, Any], entry: dict[str, Any], published: Published) -> float:
    """The statistic `of` of the same source and place; NaN where there is none."""
    if "of" not in entry:
        return nan
    for other in _figures(published):
        same = all(other[name] == figure[name] for name in ("file", "place", "source_url"))
        if same and other["statistic"] == entry["of"]:
            return float(other["theirs"])
    return nan


def _at_least(figure: dict[str, Any]) -> bool:
    return "(lower bound)" in figure["statistic"]


def _ours(panel: pd.DataFrame, figure: dict[str, Any], entry: dict[str, Any]) -> Ours:
    if entry["kind"] == "none":
        return Ours("none")
    span = years(figure["year"])
    if span is None:
        return Ours("none", missing="the year is not stated")
    if missing := sorted(_needed(entry) - set(panel.columns)):
        return Ours("none", missing=f"the panel has no column {', '.join(missing)}")
    rows = _of_place(panel, figure["place"])
    rows = rows[rows["year"].between(*span).fillna(False)]
    if entry["kind"] == "share":
        return _share(rows, entry)
    return _sum(rows, entry)


def _used() -> set[str]:
    """The columns that a comparison looks at: of hundreds, so that choosing rows takes no time."""
    entries = vocabulary.words("counterparts.toml")["counterpart"]
    asked = [_needed(entry) for entry in entries if entry["kind"] != "none"]
    return {*NEEDED, "period", "breakdown", *(name for each in asked for name in each)}


def _needed(entry: dict[str, Any]) -> set[str]:
    if entry["kind"] != "share":
        return {entry["measure"]}
    metric = _metric(entry)
    return set(re.findall("[a-z_]+", f"{metric.numerator} {metric.denominator}"))


def _metric(entry: dict[str, Any]) -> Metric:
    return next(each for each in metrics() if each.name == entry["measure"])


def years(text: str) -> tuple[int, int] | None:
    """First and last year of "2013", "2015-2017" or "to 2019"; None for other words."""
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    last = int(match[2] or match[1])
    return (FIRST_YEAR if text.startswith("to ") else int(match[1])), last


def _of_place(panel: pd.DataFrame, place: str) -> pd.DataFrame:
    """Rows of a place and all below it, of one issuer, or of a central body by its short name."""
    known = vocabulary.words("counterparts.toml")["places"]
    name = known[place]["name"] if place in known else place
    if name == "*":
        return panel
    one = panel["issuer"] == name
    if one.any():
        return panel[one]
    central = (panel["level"] == "central") & panel["issuer"].str.contains(name, regex=False)
    return panel[panel["province"].str.startswith(name) | (panel["prefecture"] == name) | central]


def _sum(rows: pd.DataFrame, entry: dict[str, Any]) -> Ours:
    """The place's own total where it is held; else the most that rows without overlap add up to."""
    measure = entry["measure"]
    rows = rows[rows[measure].notna()]
    if rows.empty:
        return Ours("none", missing=f"no row of this place and year states {measure}")
    if entry["kind"] == "total":
        whole = rows[rows["level"].eq(entry["rows"]["level"]) & rows["body"].eq("government")]
        whole = whole[whole["scope"].eq("system") & whole["period"].eq("year")]
        if len(whole) == 1:
            said = f"{measure} of {whole.iloc[0]['issuer']}, whole system"
            return Ours("same", float(whole.iloc[0][measure]), n=1, computed=said)
    return _most(rows, measure)


def _most(rows: pd.DataFrame, measure: str) -> Ours:
    """The largest sum over rows that do not overlap; the largest row alone always is one."""
    largest = rows.loc[rows[measure].idxmax()]
    most = float(largest[measure])
    system = rows[rows["scope"] == "system"]
    sets = {"all rows": rows, "rows of own scope": rows[rows["scope"] == "own"]}
    sets |= {f"rows of system scope, level {n}": part for n, part in system.groupby("level")}
    # Telling overlaps takes time: the largest sums first, and none that one row reaches.
    for name, part in sorted(sets.items(), key=lambda each: -each[1][measure].sum()):
        if len(part) < 2 or part[measure].sum() <= most:
            continue
        try:
            added = float(total(part, measure)[measure].iloc[0])
        except OverlapError:
            continue
        said = f"sum of {measure} over {name}, which do not overlap"
        return Ours("part", added, n=len(part), computed=said)
    said = f"{measure} of {largest['issuer']} ({largest['scope']}), the largest row"
    return Ours("part", most, n=1, computed=said)


def _share(rows: pd.DataFrame, entry: dict[str, Any]) -> Ours:
    metric = _metric(entry)
    chosen = entry.get("rows", {})
    for column, value in chosen.items():
        rows = rows[rows[column] == value]
    counted = _counted(rows[rows["period"] == "year"], metric)
    words = ", ".join(f"{column} {value}" for column, value in chosen.items())
    if counted.empty:
        where = f" ({words})" if words else ""
        return Ours("none", missing=f"no row of this place and year states {metric.name}{where}")
    if len(counted) == 1:
        found = share(counted["count"].iloc[0], counted["total"].iloc[0], "")
        said = f"{metric.name} of one report, Wilson's interval: chance alone"
    else:
        found = mean_share(counted, "count", "total", "")
        said = f"mean of {metric.name} over reports, jackknife of reports"
    if len(counted) == 2:
        # Two reports that happen to agree would give a narrow one.
        found, said = replace(found, low=nan, high=nan), f"mean of {metric.name} over two reports"
    said = f"{said}; rows: {words}" if words else said
    return Ours("share", found.estimate, found.low, found.high, len(counted), said)


def _counted(rows: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """Numerator and denominator of the rows that state both and have a denominator."""
    parts = {"count": metric.numerator, "total": metric.denominator}
    pair = {
        name: rows.eval(formula, engine="python").astype("float64")
        for name, formula in parts.items()
    }
    frame = pd.DataFrame(pair, index=rows.index).dropna()
    return frame[(frame["total"] > 0) & (frame["count"] <= frame["total"])]


def _verdict(figure: dict[str, Any], ours: Ours) -> str:
    theirs = figure["theirs"]
    if ours.kind == "same":
        fits = ours.value >= theirs if _at_least(figure) else ours.value == theirs
        return "equal" if fits else "differs"
    if ours.kind == "part":
        # Above a lower bound is no contradiction.
        return "above" if ours.value > theirs and not _at_least(figure) else "within"
    if ours.kind == "share":
        if pd.isna(ours.low):
            return "no interval"
        return "inside" if ours.low <= theirs <= ours.high else "outside"
    return ""
