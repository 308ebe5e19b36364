"""Cases per request: exact rates, and tests of what a count model takes for granted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from govstats.models.estimate import (
    LEVEL,
    NAN,
    Estimate,
    Label,
    numbers,
    quantile_t,
    sample,
    seeded,
)
from govstats.models.fits import Family, Unfit, design, estimate
from govstats.models.regression import Errors, intercept, regress


def poisson_limits(
    counts: np.ndarray, exposures: np.ndarray, level: float = LEVEL
) -> tuple[np.ndarray, np.ndarray]:
    """Exact limits of Poisson rates per unit of exposure (Garwood 1936); also for 0 cases."""
    from scipy import stats

    tail = (1 - level) / 2
    n = np.where(exposures > 0, exposures, np.nan)
    low = np.where(counts > 0, stats.chi2.ppf(tail, 2 * counts) / 2, 0.0)
    return low / n, stats.chi2.ppf(1 - tail, 2 * counts + 2) / 2 / n


def rate(
    rows: pd.DataFrame, count: str, exposure: str, estimand: str, *, level: float = LEVEL
) -> Estimate:
    """Cases per 100 of the exposure over all rows together, with the exact Poisson interval.

    The error is chance alone; where reports differ it is too narrow: see `mean_rate`.
    """
    held = sample(rows, count, exposure, share=False)
    n = len(held.counts)
    label = Label(estimand, "exact Poisson", "per 100", n, 0, level, held.caveats)
    if n == 0:
        return label.cannot(f"no report states {count} and {exposure}")
    cases, total = held.counts.sum(), held.totals.sum()
    low, high = poisson_limits(np.array([cases]), np.array([total]), level)
    return label.row(100 * cases / total, 100 * low[0], 100 * high[0])


def mean_rate(
    rows: pd.DataFrame,
    formula: str,
    exposure: str,
    estimand: str,
    *,
    family: Family = "nb2",
    cluster: str | None = None,
    errors: Errors = "jackknife",
    level: float = LEVEL,
) -> Estimate:
    """Cases per 100 of the exposure at the formula's intercept, as `cases ~ 1` gives it.

    With family poisson this is the crude rate (large reports weigh most), with nb2 nearer to the
    mean of the reports' rates. Errors as in `regress`.
    """
    method = f"{family}: {formula}, offset log({exposure}); {errors} errors"
    label = Label(estimand, method, "per 100", 0, level=level)
    try:
        made = design(rows, formula, exposure, cluster)
        if errors == "robust" and made.groups < 2:
            raise Unfit("one cluster, and the error is between clusters")
        log_rate, error, freedom, why = intercept(made, family, errors)
    except Unfit as obstacle:
        return label.cannot(str(obstacle))
    groups = 0 if errors == "model" else made.groups
    label = label._replace(n=len(made.right), clusters=groups, caveats=made.caveats)
    value = 100 * np.exp(log_rate)
    if np.isnan(error) or error == 0:
        return label.one_sided(value, NAN, NAN, f"no interval: {why or 'one report'}")
    reach = quantile_t(level, freedom) * error
    low, high = 100 * np.exp(log_rate + np.array([-reach, reach]))
    return label.row(value, low, high)


def dispersion_test(
    rows: pd.DataFrame,
    formula: str,
    exposure: str | None,
    *,
    draws: int = 1999,
    seed: int = 0,
) -> list[Estimate]:
    """Two tests of H0: no more spread than Poisson. A small p: the Poisson's errors are too small.

    Alpha of Var = mu + alpha mu^2 by Cameron and Trivedi's regression (1990; squared residuals less
    the counts, over mu, on mu), which a few large reports decide; and Pearson's X^2 over degrees of
    freedom, which heeds every report. Both one-sided, with p from Poisson draws at the fitted
    means: with reports so unequal, neither statistic is near its textbook distribution.
    """
    method = f"Cameron-Trivedi: {formula}" + (f", offset log({exposure})" if exposure else "")
    label = Label("alpha, spread beyond Poisson", method, "variance ratio", 0)
    pearson = label._replace(
        estimand="X^2 by degrees of freedom", method=method.replace("Cameron-Trivedi", "Pearson")
    )
    try:
        made = design(rows, formula, exposure)
        fit = estimate(made, "poisson")
    except Unfit as why:
        return [label.cannot(str(why)), pearson.cannot(str(why))]
    cases, mu = made.left[:, 0], np.exp(made.right @ fit.params + made.offset)
    drawn = seeded(seed).poisson(mu, (draws, len(mu)))
    alpha, t = cameron_trivedi(cases, mu)
    freedom = len(mu) - made.right.shape[1]
    spread = float(((cases - mu) ** 2 / mu).sum())
    ps = [
        _share_above(cameron_trivedi(drawn, mu)[1], float(t)),
        _share_above(((drawn - mu) ** 2 / mu).sum(axis=1), spread),
    ]
    label, pearson = (
        each._replace(n=len(cases), caveats=made.caveats) for each in (label, pearson)
    )
    none = "a test: no interval"
    return [
        label.row(float(alpha), NAN, NAN, ps[0], none),
        pearson.row(spread / freedom, NAN, NAN, ps[1], none),
    ]


def _share_above(drawn: np.ndarray, seen: float) -> float:
    return (1 + int((drawn >= seen - 1e-12).sum())) / (1 + len(drawn))


def cameron_trivedi(cases: np.ndarray, mu: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slope and t statistic of the regression without intercept; last axis: reports."""
    left = ((cases - mu) ** 2 - cases) / mu
    alpha = (left * mu).sum(axis=-1) / (mu**2).sum()
    rest = left - alpha[..., None] * mu
    scale = (rest**2).sum(axis=-1) / (len(mu) - 1)
    return alpha, alpha / np.sqrt(scale / (mu**2).sum())


def elasticity(
    rows: pd.DataFrame,
    formula: str,
    exposure: str,
    *,
    family: Family = "poisson",
    cluster: str | None = None,
    errors: Errors = "jackknife",
    level: float = LEVEL,
) -> Estimate:
    """Percent more cases that go with 1 % more exposure; H0: 1, which an offset takes for granted.

    Log of the exposure becomes a term beside its offset, whose coefficient is the elasticity less
    1; the other terms are as given. Below 1, bodies with many requests have fewer cases for each.
    """
    sized = rows[numbers(rows, exposure) > 0]
    sized = sized.assign(log_exposure=np.log(numbers(sized, exposure)))
    found = regress(
        sized,
        f"{formula} + log_exposure",
        family=family,
        exposure=exposure,
        cluster=cluster,
        errors=errors,
        term="log_exposure",
        level=level,
    )[0]
    said = "elasticity of cases by exposure"
    label = Label(said, found.method, "elasticity", found.n, found.clusters, level)
    label = label._replace(caveats=(found.caveats,) if found.caveats else ())
    if np.isnan(found.low):
        return label.one_sided(1 + np.log(found.estimate), NAN, NAN, "no interval, no test")
    value, low, high = 1 + np.log([found.estimate, found.low, found.high])
    return label.row(value, low, high, found.p)
