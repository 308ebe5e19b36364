"""Ours and other countries' as rows of one figure: label, estimate, 95 % limits, n.

Labels are in the language of the figures (`plots.say`).
"""

from __future__ import annotations

import pandas as pd

from govstats import plots
from govstats.models import crude_share, mean_rate, mean_share, tidy, worst_case
from govstats.outside.read import laws
from govstats.outside.years import averages

# Reports that a year of ours needs to stand alone; years and requests of a body in a ranking.
REPORTS, YEARS, REQUESTS = 5, 5, 30
COLUMNS = ["country", "label", "estimate", "low", "high", "n", "caveats"]


def country_name(country: str) -> str:
    """Return a country's name in the language of the figures."""
    names = dict(zip(laws()["country"], laws(plots.language())["country"], strict=True))
    return str(names[country])


def not_held(panel: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """The mean share of "not held" of a body, in percent: ours first, then countries by year.

    panel: whole years. Ours are reports of own scope in which all kinds of reply are known, between
    provinces, with the bounds of those that print only "unable to provide"; a year stands alone
    from 5 reports on. others: `read_outside`. Columns: country, label, estimate, low, high, n
    (reports or bodies), caveats (why there is no estimate).
    """
    whole = panel[(panel["breakdown"] == "complete") & (panel["scope"] == "own")]
    # Of no replies there is no share, not even an unknown one.
    whole = whole[whole["answered"] > 0]
    given = ("not_held", "answered")
    name = plots.say("China, all years", "中国，全部年份")
    found = [mean_share(whole, *given, name, cluster="province")]
    if len(whole):
        bounds = (
            "not_held_low",
            "not_held_high",
            "answered",
            plots.say("China, bounds", "中国，上下限"),
        )
        found.append(worst_case(whole, *bounds, frame=len(whole)))
    for year, part in whole[whole["not_held"].notna()].groupby("year"):
        if len(part) >= REPORTS:
            name = f"{country_name('China')} {year}"
            found.append(mean_share(part, *given, name, cluster="province"))
    return _joined(tidy(found), averages(others, "not_held"))


def cases(panel: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Cases per 100 requests at the average body: ours first, then countries by year.

    Ours are reconsiderations and lawsuits of own scope, `models.mean_rate` between provinces. As
    `not_held` otherwise.
    """
    own = panel[panel["scope"] == "own"]
    names = {
        "reviews": plots.say("China, reconsiderations", "中国，行政复议"),
        "suits": plots.say("China, lawsuits", "中国，行政诉讼"),
    }
    found = [
        mean_rate(own, f"{case} ~ 1", "exposure", name, cluster="province")
        for case, name in names.items()
    ]
    return _joined(tidy(found), averages(others, "complaints"))


def _joined(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    ours = ours.rename(columns={"estimand": "label"}).assign(country="China")
    label = theirs["country"].map(country_name) + " " + theirs["year"].astype(str)
    theirs = theirs.assign(label=label, caveats="")
    return pd.concat([ours[COLUMNS], theirs[COLUMNS]], ignore_index=True)


def by_body(others: pd.DataFrame, country: str) -> tuple[pd.DataFrame, list[str]]:
    """The share of "not held" of each body of a country over all years, and who is left out.

    Highest first; columns body, estimate, low, high (percent; between the body's years), n (years),
    requests. A body needs 5 years, each with 30 requests: the others are the names returned. Bodies
    go by the name that they took later.
    """
    rows = others[(others["country"] == country) & (others["requests"] > 0)]
    rows = rows[rows["not_held"].notna()]
    size = rows.groupby("now")["requests"].agg(["count", "min", "sum"])
    enough = size[(size["count"] >= YEARS) & (size["min"] >= REQUESTS)]
    found = tidy(
        crude_share(rows[rows["now"] == name], "not_held", "requests", name, cluster="year")
        for name in enough.index
    )
    found = found.rename(columns={"estimand": "body"}).assign(requests=enough["sum"].to_numpy())
    found = found[["body", "estimate", "low", "high", "n", "requests"]]
    ranked = found.sort_values("estimate", ascending=False, ignore_index=True)
    return ranked, sorted(set(size.index) - set(enough.index))
