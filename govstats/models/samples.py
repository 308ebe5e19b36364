"""The samples of the two questions, the same in the notebooks and in the simulations."""

from __future__ import annotations

import numpy as np
import pandas as pd

from govstats.models.estimate import numbers
from govstats.schemas.fields import CORRECTED

# The reply was read as such; where sums imply it the sample is that of complete breakdowns.
_READ = ("table", "prose", "derived")
LAND = "land_housing"
# Kinds of organ whose business is nobody's land.
PLACEBO = ("education", "health", "police")
_PARTS = ("upheld", "corrected", "other", "pending")
_NEEDED = (
    *("answered", "exposure", "granted", "refused", "unable", "not_processed", "not_held"),
    *("breakdown", "not_held_from", "reviews", "suits"),
    *(f"{case}_{part}" for case in ("reviews", "suits") for part in _PARTS),
)


def complete(panel: pd.DataFrame, scope: str = "own") -> pd.DataFrame:
    """Yearly reports of one scope that answered requests and tell every kind of reply.

    Adds columns: kind (governments, land and housing offices, others), years (between the breaks
    of 2019, 2021 and 2024) and since_2024 (1 from the revised Reconsideration Law on, 0
    before, NaN where the year is not known).
    """
    rows = _yearly(panel, scope)
    return _grouped(rows[(rows["breakdown"] == "complete") & (rows["answered"] > 0)])


def stated(panel: pd.DataFrame, scope: str = "own") -> pd.DataFrame:
    """Yearly reports of one scope that print "not held": cut off at the left, as zero is not."""
    rows = _yearly(panel, scope)
    origin = rows["not_held_from"].str.removesuffix(CORRECTED)
    return _grouped(rows[origin.isin(_READ) & (rows["answered"] > 0)])


def with_cases(panel: pd.DataFrame, case: str, scope: str = "own") -> pd.DataFrame:
    """Yearly reports of one scope that state `case` (reviews or suits) and their requests.

    Adds to the columns of `complete`: cases, requests, log_requests (natural), land (1 for offices
    of land, housing and expropriation), placebo (1 for education, health and police), no_case,
    unfavourable (refused, unable to provide or not processed) and less_than_all (answered less
    granted in full).
    """
    rows = _grouped(_yearly(panel, scope))
    rows = rows[rows[case].notna() & (rows["exposure"] > 0)]
    requests = numbers(rows, "exposure")
    return rows.assign(
        cases=numbers(rows, case),
        requests=requests,
        log_requests=np.log(requests),
        land=(rows["organ"] == LAND).astype("int64"),
        placebo=rows["organ"].isin(PLACEBO).astype("int64"),
        no_case=numbers(rows, case) == 0,
        unfavourable=rows[["refused", "unable", "not_processed"]].sum(axis=1, skipna=False),
        less_than_all=rows["answered"] - rows["granted"],
    )


def _yearly(panel: pd.DataFrame, scope: str) -> pd.DataFrame:
    # A panel of one's own need not hold every measure.
    lacking = [name for name in _NEEDED if name not in panel.columns]
    kept = panel[(panel["period"] == "year") & (panel["scope"] == scope)]
    return kept.assign(**dict.fromkeys(lacking, np.nan))


def _grouped(rows: pd.DataFrame) -> pd.DataFrame:
    edges = {"before 2019": 2018, "2019-2020": 2020, "2021-2023": 2023}
    year = numbers(rows, "year")
    spans = np.select([year <= last for last in edges.values()], list(edges), "since 2024")
    kind = rows["organ"].where(rows["organ"].isin(["government", LAND]), "others")
    spans = np.where(np.isnan(year), "unknown", spans)
    # A year that is not known is on neither side.
    since = np.where(np.isnan(year), np.nan, year >= 2024)
    return rows.assign(kind=kind, years=spans, since_2024=since)


def concluded(panel: pd.DataFrame, case: str, scope: str = "own") -> pd.DataFrame:
    """Yearly reports of one scope that tell how many cases were concluded, and corrected.

    Adds columns corrected, concluded (upheld, corrected and otherwise settled; all cases less the
    pending ones where one of the three is missing). What a report does not name follows from its
    own sum: 0 where the named results add up to all cases, the rest where one alone is missing.
    """
    rows = _grouped(_yearly(panel, scope))
    whole = numbers(rows, case)
    parts = _results(np.column_stack([numbers(rows, f"{case}_{name}") for name in _PARTS]), whole)
    upheld, corrected, other, pending = parts.T
    settled = upheld + corrected + other
    ended = np.where(np.isnan(settled), whole - pending, settled)
    rows = rows.assign(corrected=corrected, concluded=ended)
    return rows[rows["corrected"].notna() & (rows["concluded"] > 0)]


def _results(parts: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """The results of cases, a row a report, with those that their sum implies.

    Sentences name corrected cases rather where there are some: without the implied 0 only those
    reports would be left.
    """
    missing = np.isnan(parts)
    rest = whole - np.nansum(parts, axis=1)
    alone = missing.sum(axis=1) == 1
    implied = (rest == 0) & ~missing.all(axis=1) | alone & (rest > 0)
    return np.where(missing & implied[:, None], rest[:, None], parts)


def with_topics(rows: pd.DataFrame, topics: pd.DataFrame, theme: str) -> pd.DataFrame:
    """Of `rows` of the panel, those that say what requests were about, with column `names_theme`.

    1 where a topic has the theme, 0 where others are named: a topic not named may still have been
    asked about. topics: report_id, theme, as in data/processed.
    """
    said = topics.groupby("report_id")["theme"].agg(lambda found: theme in set(found))
    each = rows["records"].str.split(";").explode().map(said).groupby(level=0).agg(_any)
    return rows.assign(names_theme=each.astype("float64"))[each.notna()]


def _any(found: pd.Series) -> float:
    known = found.dropna()
    return float(known.any()) if len(known) else np.nan


def with_prose(rows: pd.DataFrame, unused: pd.DataFrame) -> pd.DataFrame:
    """`rows` of the panel with the figures of sentences in place of those of the tables.

    unused: record_id, measure, value, rule, as in data/processed: where both stated a measure, the
    table was taken (rule table_first). Measures that the panel lacks are passed over.
    """
    found = rows.copy()
    owner = rows["records"].str.split(";").explode()
    owner = pd.Series(owner.index, index=owner.to_numpy())
    for one in unused[unused["rule"] == "table_first"].itertuples():
        if one.record_id in owner.index and one.measure in found.columns:
            found.loc[owner[one.record_id], one.measure] = one.value
    return found
