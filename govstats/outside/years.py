"""Rows of bodies -> sums by year, for statistics whose terms allow no more to be shown."""

from __future__ import annotations

from typing import Any

import pandas as pd

from govstats import vocabulary
from govstats.models import Estimate, mean_rate, mean_share
from govstats.models.regression import Errors

MANY = 30
_DIGITS = 4


def by_year(rows: pd.DataFrame, country: str) -> pd.DataFrame:
    """Sums over bodies, a row a year, in the columns of scotland.csv.

    rows: body, year, requests, not_held, complaints (NaN where not stated). Rows that outside.toml
    names under left_out are in no sum, and `left_out` says which. `not_held_of` and `complaints_of`
    are the requests of the bodies that state the count: an unknown is no 0. What a body does on
    average, with 95 % limits between bodies: `mean_not_held` in percent is `models.mean_share`,
    `mean_complaints` per 100 requests is `models.mean_rate` (nb2).
    """
    odd = {
        (entry["body"], entry["year"]): entry["why"]
        for entry in vocabulary.words("outside.toml")["left_out"]
        if entry["country"] == country
    }
    named = [(body, year) in odd for body, year in zip(rows["body"], rows["year"], strict=True)]
    kept, out = rows[[not each for each in named]], rows[named]
    left = {
        year: "; ".join(f"{body}: {odd[body, year]}" for body in part["body"])
        for year, part in out.groupby("year")
    }
    return pd.DataFrame(
        [
            _year(year, part) | {"left_out": left.get(year, "")}
            for year, part in kept.groupby("year")
        ]
    )


def _year(year: int, rows: pd.DataFrame) -> dict[str, Any]:
    found: dict[str, Any] = {
        "year": year,
        "bodies": len(rows),
        "requests": int(rows["requests"].sum()),
    }
    for count in ("not_held", "complaints"):
        stated = rows[rows[count].notna()]
        found[count] = int(stated[count].sum())
        found[f"{count}_bodies"] = len(stated)
        found[f"{count}_of"] = int(stated["requests"].sum())
    for count, mean in (("not_held", _share(rows)), ("complaints", _rate(rows))):
        limits = zip(("mean", "low", "high"), (mean.estimate, mean.low, mean.high), strict=True)
        found |= {f"{name}_{count}": round(value, _DIGITS) for name, value in limits}
    return found


def averages(rows: pd.DataFrame, count: str) -> pd.DataFrame:
    """What a body does on average, by country and year, with 95 % limits between bodies.

    rows: as `read_outside` gives them; count: not_held (percent of requests, `models.mean_share`)
    or complaints (per 100 requests, `models.mean_rate`). Sums of a country have theirs printed.
    Columns: country, year, estimate, low, high, n (bodies that state the count and had requests),
    requests (theirs). A country or year that does not state the count has no row.
    """
    stated = rows[rows[count].notna() & (rows["requests"] > 0)]
    years = stated.groupby(["country", "year"], sort=False)
    found = [_average(part, count) | {"country": c, "year": y} for (c, y), part in years]
    columns = ["country", "year", "estimate", "low", "high", "n", "requests"]
    return pd.DataFrame(found, columns=columns)


def _average(rows: pd.DataFrame, count: str) -> dict[str, Any]:
    known = {"n": len(rows), "requests": int(rows[f"{count}_of"].sum())}
    if len(rows) == 1 and pd.notna(rows[f"mean_{count}"].iloc[0]):
        given = rows.iloc[0]
        limits = {"estimate": f"mean_{count}", "low": f"low_{count}", "high": f"high_{count}"}
        known["n"] = int(given[f"{count}_bodies"])
        return known | {name: float(given[column]) for name, column in limits.items()}
    mean = _rate(rows) if count == "complaints" else _share(rows)
    return known | {"estimate": mean.estimate, "low": mean.low, "high": mean.high}


def _share(rows: pd.DataFrame) -> Estimate:
    return mean_share(rows, "not_held", "requests", "", cluster="body")


def _rate(rows: pd.DataFrame) -> Estimate:
    # With many bodies the jackknife gives the same limits in thirty times the time.
    errors: Errors = "robust" if len(rows) >= MANY else "jackknife"
    return mean_rate(rows, "complaints ~ 1", "requests", "", cluster="body", errors=errors)
