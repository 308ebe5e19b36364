"""Made-up collections of replies, sent through the functions for shares."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from govstats.models.bounds import worst_case
from govstats.models.calibration.finding import EXEMPT, Finding, covers, rejects
from govstats.models.effects import dersimonian_laird, logit_normal, mean_of
from govstats.models.estimate import logit
from govstats.models.pooled import beta_binomial, shrunken
from govstats.models.regression import Errors, regress
from govstats.models.shares import Clustered, Exact, crude_share, mean_share, share
from govstats.models.simulate import World, draw_shares, some_provinces

_CLUSTERED: tuple[Clustered, ...] = ("jackknife", "robust", "bootstrap")
_EXACT: tuple[Exact, ...] = ("wilson", "clopper-pearson")
_ERRORS: tuple[Errors, ...] = ("model", "robust", "jackknife")
_FORMULA = "cases + others ~ land"


def _mean(world: World) -> float:
    """The mean of reports' shares in percent."""
    return 100 * mean_of(logit(world.share), float(np.hypot(world.report, world.province)))


def pooled(shape: pd.DataFrame, world: World, draws: np.random.Generator) -> Iterator[Finding]:
    """Shares of all reports: the mean report's, or the median's."""
    rows = draw_shares(shape, world, draws)
    spread = float(np.hypot(world.report, world.province))
    typical = logit(world.share)
    mean, median = _mean(world), 100 * world.share
    for method in _CLUSTERED:
        found = crude_share(rows, "cases", "volume", "", cluster="province", method=method)
        yield covers(f"crude share, {method}", found, mean)
    verdicts = rows.assign(yes=draws.random(len(rows)) < rows["truth"], one=1.0).astype(
        {"yes": float}
    )
    found = mean_share(verdicts, "yes", "one", "", cluster="province")
    yield covers("share of reports with a yes, jackknife", found, mean)
    found = mean_share(rows, "cases", "volume", "", cluster="province")
    yield covers("mean of shares, jackknife", found, mean)
    plain = beta_binomial(rows, "cases", "volume", "")
    yield covers("beta-binomial mean, likelihood", plain[0], mean)
    between = beta_binomial(rows, "cases", "volume", "", cluster="province")
    yield covers("beta-binomial mean, jackknife", between[0], mean)
    new = 100 / (1 + np.exp(-draws.normal(typical, spread)))
    yield covers("beta-binomial, a new report", between[2], new)
    normal = logit_normal(rows, "cases", "volume", "")
    yield covers("logit-normal median, likelihood", normal[0], median)
    yield covers("logit-normal variance, likelihood", normal[1], spread**2)
    yield covers("logit-normal, a new report", normal[2], new)
    yield covers("logit-normal mean, likelihood", normal[3], mean)
    found = dersimonian_laird(rows, "cases", "volume", "")[0]
    yield covers("DerSimonian-Laird median (comparison)", found, median)


def single(shape: pd.DataFrame, world: World, draws: np.random.Generator) -> Iterator[Finding]:
    """Shares of single reports and places, worst cases, and odds ratios."""
    rows = draw_shares(shape, world, draws)
    i = int(draws.integers(len(rows)))
    one, truth = rows.iloc[i], 100 * rows["truth"].iloc[i]
    for method in _EXACT:
        found = share(one["cases"], one["volume"], "", method=method)
        yield covers(f"one share, {method}", found, truth)
    place = shrunken(rows.assign(place=range(len(rows))), "cases", "volume", "place").iloc[i]
    inside = place["low"] <= truth <= place["high"]
    yield Finding("shrunken share", "coverage", bool(inside), place["high"] - place["low"])
    held = rows.sample(frac=0.5, random_state=int(draws.integers(2**31)))
    found = worst_case(held, "cases", "cases", "volume", "", frame=len(rows))
    whole = 100 * (rows["cases"] / rows["volume"]).mean()
    yield covers(f"worst-case bounds {EXEMPT}", found, whole)
    yield from _odds_ratios(rows, world)


def _odds_ratios(rows: pd.DataFrame, world: World) -> Iterator[Finding]:
    ends = [_mean(world._replace(share=_share(world, odds))) / 100 for odds in (world.odds, 1.0)]
    odds = float(np.exp(logit(ends[0]) - logit(ends[1])))
    for errors in _ERRORS:
        found = regress(rows, _FORMULA, family="quasibinomial", cluster="province", errors=errors)
        name = f"quasi-binomial, {errors}"
        yield covers(name, found[0], odds) if world.odds != 1 else rejects(name, found[0])
    found = regress(rows, _FORMULA, family="betabinomial", cluster="province")
    name = "beta-binomial regression, jackknife"
    yield covers(name, found[0], odds) if world.odds != 1 else rejects(name, found[0])


def _share(world: World, odds: float) -> float:
    return float(1 / (1 + np.exp(-logit(world.share) - np.log(odds))))


def few(shape: pd.DataFrame, world: World, draws: np.random.Generator) -> Iterator[Finding]:
    """The clustered methods where there are few provinces: a scope, a form."""
    rows = draw_shares(shape, world, draws)
    mean = _mean(world)
    found = crude_share(rows, "cases", "volume", "", cluster="province")
    yield covers("crude share, jackknife", found, mean)
    found = mean_share(rows, "cases", "volume", "", cluster="province")
    yield covers("mean of shares, jackknife", found, mean)
    found = mean_share(_provinces(rows), "cases", "volume", "", cluster="province")
    yield covers("mean of provinces' mean shares, t", found, mean)
    found = beta_binomial(rows, "cases", "volume", "", cluster="province")[0]
    yield covers("beta-binomial mean, jackknife", found, mean)
    found = regress(rows, _FORMULA, family="betabinomial", cluster="province", term="land")[0]
    yield rejects("beta-binomial regression, jackknife", found)


def _provinces(rows: pd.DataFrame) -> pd.DataFrame:
    """A row a province, whose share is the mean of its reports': provinces weigh the same."""
    shares = (rows["cases"] / rows["volume"]).groupby(rows["province"]).mean()
    return pd.DataFrame({"province": shares.index, "cases": shares.to_numpy(), "volume": 1.0})


def few_of(many: int):  # type: ignore[no-untyped-def]
    """`few` on the reports of so many provinces, drawn anew each time."""

    def ask(shape: pd.DataFrame, world: World, draws: np.random.Generator) -> Iterator[Finding]:
        yield from few(some_provinces(shape, many, draws), world, draws)

    return ask
