"""Shares that differ between reports: the beta-binomial by likelihood, and what follows from it.

The beta-binomial takes zeros as they are. Adding 0.5 to a report without cases, as inverse-variance
pooling of log odds must, moves small reports towards one half, and half of these reports are small.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from govstats.models.clusters import hessian, jackknife
from govstats.models.estimate import (
    LEVEL,
    NAN,
    Estimate,
    Label,
    Sample,
    expit,
    logit,
    quantile_t,
    sample,
    seeded,
)

# Log odds of rho beyond which the beta is a point, or two points at 0 and 1.
_POINT, _ENDS = -9.0, 7.0
MINIMUM = 30


class BetaFit(NamedTuple):
    """Maximum of the likelihood: log odds of mean and of rho = 1 / (a + b + 1), and covariance."""

    mean: float
    rho: float
    covariance: np.ndarray

    @property
    def shape(self) -> tuple[float, float]:
        """The beta's a and b."""
        return _shape(self.mean, self.rho)


def _shape(mean: float, rho: float) -> tuple[float, float]:
    size = np.exp(-rho)
    return expit(mean) * size, expit(-mean) * size


def log_likelihood(mean: float, rho: float, counts: np.ndarray, totals: np.ndarray) -> float:
    """Beta-binomial log-likelihood at log odds of mean and rho, without the binomial constant."""
    from scipy.special import betaln

    a, b = _shape(mean, rho)
    return float((betaln(counts + a, totals - counts + b) - betaln(a, b)).sum())


def obstacle(counts: np.ndarray, totals: np.ndarray) -> str:
    """Why the two parameters cannot be told from these reports; "" where they can."""
    if len(counts) < 3:
        return f"{len(counts)} reports: too few to tell the spread between reports"
    if counts.sum() == 0:
        return "no case in any report"
    if (counts == totals).all():
        return "nothing but cases"
    return "" if (totals > 1).any() else "no report has more than one request"


def fit_beta(counts: np.ndarray, totals: np.ndarray) -> BetaFit:
    """The beta-binomial by maximum likelihood; ValueError naming the obstacle where there is one.

    Covariance is the inverse of the observed information, by differences. At the edge, where
    reports spread no more than chance lets them, that of the binomial.
    """
    from scipy.optimize import minimize

    if why := obstacle(counts, totals):
        raise ValueError(why)

    def lack(theta: np.ndarray) -> float:
        return -log_likelihood(theta[0], theta[1], counts, totals)

    share = (counts.sum() + 0.5) / (totals.sum() + 1)
    limits = [(-15.0, 15.0), (_POINT, _ENDS)]
    starts = [np.array([logit(share), rho]) for rho in (-1.0, -4.0)]
    tries = [minimize(lack, start, method="L-BFGS-B", bounds=limits) for start in starts]
    best = min(tries, key=lambda each: each.fun).x
    if best[1] < _POINT + 0.1:
        crude = counts.sum() / totals.sum()
        variance = 1 / (totals.sum() * crude * (1 - crude))
        return BetaFit(logit(crude), _POINT, np.diag([variance, 0.0]))
    return BetaFit(float(best[0]), float(best[1]), np.linalg.pinv(hessian(lack, best)))


def beta_binomial(
    rows: pd.DataFrame,
    count: str,
    total: str,
    estimand: str,
    *,
    cluster: str | None = None,
    level: float = LEVEL,
    seed: int = 0,
) -> list[Estimate]:
    """Mean share of reports, their spread, and where a new report's share would lie.

    Three rows: the mean of the reports' underlying shares (percent; log odds and Student's t, by
    the likelihood or, with `cluster`, by the jackknife of clusters); rho, the correlation of two
    answers of one report (0 to 1); the prediction interval of a new report's underlying share
    (percent), which counts the error of the parameters too (of the mean: between clusters where
    that is larger). Assumes that the share does not go
    with the volume: compare with `mean_share`. Source: Griffiths 1973; Skellam 1948.
    """
    held = sample(rows, count, total, cluster)
    method = "beta-binomial, " + ("jackknife of clusters" if cluster else "likelihood")
    groups = held.groups if cluster else 0
    label = Label(estimand, method, "percent", len(held.counts), groups, level, held.caveats)
    spread = label._replace(estimand=f"{estimand}: correlation within a report", unit="rho")
    ahead = label._replace(estimand=f"{estimand}: a new report")
    if why := obstacle(held.counts, held.totals):
        return [each.cannot(why) for each in (label, spread, ahead)]
    fit = fit_beta(held.counts, held.totals)
    error, why = float(np.sqrt(fit.covariance[0, 0])), ""
    if cluster:
        error, why = jackknife(held.clusters, _mean_without(held))
    reach = error * quantile_t(level, (groups or label.n) - 1)
    return [
        _mean(label, fit, reach, why),
        _spread(spread._replace(method="beta-binomial, likelihood", clusters=0), fit),
        _ahead(ahead, fit, reach if cluster else 0.0, seed),
    ]


def _mean(label: Label, fit: BetaFit, reach: float, why: str) -> Estimate:
    if np.isnan(reach):
        return label.one_sided(100 * expit(fit.mean), NAN, NAN, f"no interval: {why}")
    limits = (expit(fit.mean - reach), expit(fit.mean + reach))
    return label.row(100 * expit(fit.mean), 100 * limits[0], 100 * limits[1])


def _mean_without(held: Sample):  # type: ignore[no-untyped-def]
    def mean(keep: np.ndarray) -> float:
        counts, totals = held.counts[keep], held.totals[keep]
        return NAN if obstacle(counts, totals) else fit_beta(counts, totals).mean

    return mean


def _spread(label: Label, fit: BetaFit) -> Estimate:
    if fit.rho > _ENDS - 0.1:
        return label.cannot("every report has all or none: no spread between")
    if fit.rho == _POINT:
        why = "reports spread no more than by chance; no interval at the edge"
        return label.one_sided(0.0, NAN, NAN, why)
    reach = quantile_t(label.level, label.n - 1) * np.sqrt(fit.covariance[1, 1])
    return label.row(expit(fit.rho), expit(fit.rho - reach), expit(fit.rho + reach))


def _ahead(label: Label, fit: BetaFit, reach: float, seed: int) -> Estimate:
    """`reach`: of the mean's interval between clusters, 0 without; NaN where there is none."""
    if np.isnan(reach):
        why = "no interval: that of the mean has none"
        return label.one_sided(100 * expit(fit.mean), NAN, NAN, why)
    draws = seeded(seed)
    theta = draws.multivariate_normal([fit.mean, fit.rho], fit.covariance, 20_000, method="eigh")
    # A new report cannot be told better than the mean: the error between clusters counts too.
    z = quantile_t(label.level, np.inf)
    more = max((reach / z) ** 2 - float(fit.covariance[0, 0]), 0.0)
    theta[:, 0] += np.sqrt(more) * draws.standard_normal(len(theta))
    # Draws beyond what the likelihood allows would be betas of one or of two points.
    size = np.exp(-np.clip(theta[:, 1], _POINT, _ENDS))
    mean = 0.5 * (1 + np.tanh(np.clip(theta[:, 0], -15, 15) / 2))
    shares = draws.beta(np.maximum(mean * size, 1e-6), np.maximum((1 - mean) * size, 1e-6))
    tail = (1 - label.level) / 2
    low, high = np.quantile(shares, [tail, 1 - tail])
    return label.row(100 * expit(fit.mean), 100 * low, 100 * high, also="a prediction interval")


def shrunken(
    rows: pd.DataFrame, count: str, total: str, by: str | list[str], *, level: float = LEVEL
) -> pd.DataFrame:
    """Places' shares drawn towards the mean by the fitted beta, a row a place, in percent.

    Columns: those of `by`, requests, crude (the place's own share), estimate, low, high (posterior
    mean and equal-tailed limits), rank (1 the highest share; NA under 30 requests), caveats. The
    rows of one place are added up: give one scope. Empirical Bayes: the limits take the fitted
    beta as known (Robbins 1956; Casella 1985).
    """
    from scipy import stats

    keys = [by] if isinstance(by, str) else by
    sums = _by_place(rows, count, total, keys)
    counts, totals = sums[count].to_numpy(), sums[total].to_numpy()
    found = sums[keys].assign(requests=totals, crude=100 * counts / totals)
    if why := obstacle(counts, totals):
        empty = dict.fromkeys(["estimate", "low", "high", "rank"], NAN)
        return found.assign(**empty, caveats=f"cannot be estimated: {why}")
    a, b = fit_beta(counts, totals).shape
    after = stats.beta(counts + a, totals - counts + b)
    tail = (1 - level) / 2
    limits = {"low": 100 * after.ppf(tail), "high": 100 * after.ppf(1 - tail)}
    found = found.assign(estimate=100 * after.mean(), **limits)
    large = found["requests"] >= MINIMUM
    found["rank"] = found["estimate"].where(large).rank(ascending=False, method="min")
    few = f"under {MINIMUM} requests: not ranked"
    return found.assign(rank=found["rank"].astype("Int64"), caveats=np.where(large, "", few))


def _by_place(rows: pd.DataFrame, count: str, total: str, keys: list[str]) -> pd.DataFrame:
    stated = rows.dropna(subset=[count, total])
    stated = stated[(stated[total] > 0) & (stated[count] <= stated[total])]
    stated = stated.astype({count: "float64", total: "float64"})
    return stated.groupby(keys, dropna=False)[[count, total]].sum().reset_index()
