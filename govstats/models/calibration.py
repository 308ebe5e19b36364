"""Whether the intervals cover and the tests hold their level, at the panel's real size.

    python -m govstats.models.calibration --out FILE [--panel FILE] [--runs N] [--seed N]

draws collections with the panel's own reports, volumes and provinces and with known effects, and
sends them through the same functions that the notebooks call.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from govstats.models.bounds import worst_case
from govstats.models.counts import dispersion_test, elasticity, mean_rate
from govstats.models.curve import Specification, joint_test
from govstats.models.effects import dersimonian_laird, logit_normal, mean_of
from govstats.models.estimate import Estimate, logit, seeded
from govstats.models.fits import Family
from govstats.models.pooled import beta_binomial, shrunken
from govstats.models.randomise import randomisation_test
from govstats.models.regression import Errors, regress
from govstats.models.shares import Clustered, Exact, clopper_pearson, crude_share, mean_share, share
from govstats.models.simulate import World, count_rows, draw_counts, draw_shares, share_rows

COVER, REJECT, ALPHA = 0.93, 0.07, 0.05
_CLUSTERED: tuple[Clustered, ...] = ("jackknife", "robust", "bootstrap")
_EXACT: tuple[Exact, ...] = ("wilson", "clopper-pearson")
_ERRORS: tuple[Errors, ...] = ("model", "robust", "jackknife")
_FAMILIES: tuple[Family, ...] = ("poisson", "nb2")
COUNTS, SHARES = "cases ~ land", "cases + others ~ land"


class Finding(NamedTuple):
    """One result of one made-up collection: whether it holds, or None where there was none."""

    name: str
    measure: str
    holds: bool | None
    width: float


def _covers(name: str, found: Estimate, truth: float) -> Finding:
    if np.isnan(found.low):
        return Finding(name, "coverage", None, np.nan)
    return Finding(name, "coverage", found.low <= truth <= found.high, found.high - found.low)


def _rejects(name: str, found: Estimate) -> Finding:
    return Finding(name, "rejection", None if np.isnan(found.p) else found.p < ALPHA, np.nan)


def _pooled(shape: pd.DataFrame, world: World, draws: np.random.Generator) -> Iterator[Finding]:
    """Shares of all reports: the mean report's, or the median's."""
    rows = draw_shares(shape, world, draws)
    spread = float(np.hypot(world.report, world.province))
    typical = logit(world.share)
    mean, median = 100 * mean_of(typical, spread), 100 * world.share
    for method in _CLUSTERED:
        found = crude_share(rows, "cases", "volume", "", cluster="province", method=method)
        yield _covers(f"crude share, {method}", found, mean)
    found = mean_share(rows, "cases", "volume", "", cluster="province")
    yield _covers("mean of shares, jackknife", found, mean)
    plain = beta_binomial(rows, "cases", "volume", "")
    yield _covers("beta-binomial mean, likelihood", plain[0], mean)
    found = beta_binomial(rows, "cases", "volume", "", cluster="province")[0]
    yield _covers("beta-binomial mean, jackknife", found, mean)
    new = 100 / (1 + np.exp(-draws.normal(typical, spread)))
    yield _covers("beta-binomial, a new report", plain[2], new)
    normal = logit_normal(rows, "cases", "volume", "")
    yield _covers("logit-normal median, likelihood", normal[0], median)
    yield _covers("logit-normal variance, likelihood", normal[1], spread**2)
    yield _covers("logit-normal, a new report", normal[2], new)
    yield _covers("logit-normal mean, likelihood", normal[3], mean)
    found = dersimonian_laird(rows, "cases", "volume", "")[0]
    yield _covers("DerSimonian-Laird median (comparison)", found, median)


def _single(shape: pd.DataFrame, world: World, draws: np.random.Generator) -> Iterator[Finding]:
    """Shares of single reports and places, worst cases, and odds ratios."""
    rows = draw_shares(shape, world, draws)
    i = int(draws.integers(len(rows)))
    one, truth = rows.iloc[i], 100 * rows["truth"].iloc[i]
    for method in _EXACT:
        found = share(one["cases"], one["volume"], "", method=method)
        yield _covers(f"one share, {method}", found, truth)
    place = shrunken(rows.assign(place=range(len(rows))), "cases", "volume", "place").iloc[i]
    inside = place["low"] <= truth <= place["high"]
    yield Finding("shrunken share", "coverage", bool(inside), place["high"] - place["low"])
    held = rows.sample(frac=0.5, random_state=int(draws.integers(2**31)))
    found = worst_case(held, "cases", "cases", "volume", "", frame=len(rows))
    whole = 100 * (rows["cases"] / rows["volume"]).mean()
    yield _covers("worst-case bounds (exempt)", found, whole)
    spread = float(np.hypot(world.report, world.province))
    ends = [mean_of(logit(world.share) + step, spread) for step in (np.log(world.odds), 0.0)]
    odds = float(np.exp(logit(ends[0]) - logit(ends[1])))
    for errors in _ERRORS:
        found = regress(rows, SHARES, family="quasibinomial", cluster="province", errors=errors)[0]
        name = f"quasi-binomial, {errors}"
        yield _covers(name, found, odds) if world.odds != 1 else _rejects(name, found)

    found = regress(rows, SHARES, family="betabinomial", cluster="province")[0]
    name = "beta-binomial regression, jackknife"
    yield _covers(name, found, odds) if world.odds != 1 else _rejects(name, found)


def _counts(shape: pd.DataFrame, world: World, draws: np.random.Generator) -> Iterator[Finding]:
    """Rate ratios and mean rates; with a ratio of 1, tests under the null."""
    rows = draw_counts(shape, world, draws)
    for family in _FAMILIES:
        for errors in _ERRORS[1:] if family == "poisson" else _ERRORS:
            found = regress(
                rows, COUNTS, family=family, exposure="volume", cluster="province", errors=errors
            )[0]
            name = f"rate ratio, {family}, {errors}"
            yield _covers(name, found, world.ratio) if world.ratio != 1 else _rejects(name, found)
    if world.ratio != 1:
        return
    for family in _FAMILIES:
        found = mean_rate(rows, "cases ~ 1", "volume", "", family=family, cluster="province")
        yield _covers(f"mean rate, {family}, jackknife", found, 100 * world.rate)
        found = elasticity(rows, COUNTS, "volume", family=family, cluster="province")
        yield _rejects(f"elasticity 1, {family}, jackknife", found)
    found = randomisation_test(rows, "cases", "volume", "land", draws=199, seed=1)
    yield _rejects("randomisation of land", found)
    found = randomisation_test(
        rows, "cases", "volume", "land", strata=("level",), draws=199, seed=1
    )
    yield _rejects("randomisation of land within level", found)
    even = draw_counts(shape, world._replace(alpha=0.0, cluster=0.0), draws)
    trivedi, pearson = dispersion_test(even, COUNTS, "volume", draws=499)
    yield _rejects("dispersion, Cameron-Trivedi", trivedi)
    yield _rejects("dispersion, Pearson", pearson)


def _curve(shape: pd.DataFrame, world: World, draws: np.random.Generator) -> Iterator[Finding]:
    """The specification curve's joint test, on quick specifications."""
    rows = draw_counts(shape, world, draws)
    asks: list[Callable[[pd.DataFrame], Estimate]] = [
        _quick,
        lambda frame: _quick(frame[frame["volume"] >= 5]),
    ]
    specs = [Specification({"sample": str(i)}, ask) for i, ask in enumerate(asks)]
    found = joint_test(rows, specs, _deal_land, draws=99, seed=1)[0]
    yield _rejects("specification curve, median", found)


def _quick(rows: pd.DataFrame) -> Estimate:
    return randomisation_test(rows, "cases", "volume", "land", draws=1)


def _deal_land(rows: pd.DataFrame, draws: np.random.Generator) -> pd.DataFrame:
    issuers = rows.groupby("issuer", sort=True)["land"].first()
    dealt = pd.Series(draws.permutation(issuers.to_numpy()), issuers.index)
    return rows.assign(land=rows["issuer"].map(dealt))


def calibrate(panel: pd.DataFrame, *, runs: int, seed: int = 20) -> pd.DataFrame:
    """Coverage and rejection of every method over `runs` made-up collections each.

    Columns: scenario, name, measure (coverage or rejection), runs, undefined (no interval or no
    test), value with low and high (fractions of the runs that gave one, Clopper-Pearson), width
    (median, in the unit of the estimate), passes (at least 93 %, at most 7 %). The same seed gives
    the same frame.
    """
    shares, counts = share_rows(panel), count_rows(panel)
    scenarios = [
        ("shares", _pooled, shares, World(), runs),
        ("shares, no clusters", _pooled, shares, World(province=0.0, report=1.25), runs),
        ("single shares, odds ratio 1", _single, shares, World(), runs),
        ("single shares, odds ratio 2", _single, shares, World(odds=2.0), runs),
        ("counts, ratio 1", _counts, counts, World(), runs),
        ("counts, ratio 2", _counts, counts, World(ratio=2.0), runs),
        ("curve, ratio 1", _curve, counts, World(), max(runs // 4, 1)),
    ]
    found = [
        finding._asdict() | {"scenario": title}
        for number, (title, ask, shape, world, many) in enumerate(scenarios)
        for run in range(many)
        for finding in ask(shape, world, seeded([seed, number, run]))
    ]
    return _summary(pd.DataFrame(found))


def _summary(found: pd.DataFrame) -> pd.DataFrame:
    groups = found.groupby(["scenario", "name", "measure"], sort=False)
    table = groups["holds"].agg(runs="size", defined="count", hits="sum").reset_index()
    table["width"] = groups["width"].median().to_numpy()
    hits, defined = (table[name].to_numpy(dtype="float64") for name in ("hits", "defined"))
    low, high = clopper_pearson(hits, defined)
    table = table.assign(
        undefined=table["runs"] - table["defined"],
        value=hits / np.where(defined > 0, defined, np.nan),
        low=low,
        high=high,
    )
    cover = table["measure"] == "coverage"
    table["passes"] = np.where(cover, table["value"] >= COVER, table["value"] <= REJECT)
    order = ["runs", "undefined", "value", "low", "high", "width", "passes"]
    return table[["scenario", "name", "measure", *order]]


def main(arguments: list[str] | None = None) -> int:
    """Write the calibration of the panel as CSV."""
    parser = argparse.ArgumentParser(description="Calibrate intervals and tests by simulation.")
    parser.add_argument("--out", type=Path, required=True, help="CSV to write")
    parser.add_argument("--panel", type=Path, default=Path("data/processed/panel.csv"))
    parser.add_argument("--runs", type=int, default=400, help="made-up collections a scenario")
    parser.add_argument("--seed", type=int, default=20)
    given = parser.parse_args(arguments)
    panel = pd.read_csv(given.panel, low_memory=False)
    found = calibrate(panel, runs=given.runs, seed=given.seed)
    found.round(4).to_csv(given.out, index=False, lineterminator="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
