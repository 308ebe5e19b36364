"""Random effects on the log odds: by the exact likelihood, and by DerSimonian and Laird.

The likelihood of counts (binomial within, normal between reports) needs no correction for zeros
and no known variances; the corrected inverse-variance pooling stands beside it as a comparison.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from govstats.models.clusters import hessian
from govstats.models.estimate import LEVEL, NAN, Estimate, Label, expit, logit, quantile_t, sample
from govstats.models.pooled import obstacle

_NODES, _WEIGHTS = np.polynomial.hermite.hermgauss(21)
# Log of the standard deviation under which reports differ by chance alone.
_POINT, _TOP = -5.0, 3.0


def log_likelihood(mean: float, tau: float, counts: np.ndarray, totals: np.ndarray) -> float:
    """Binomial-normal log-likelihood by adaptive Gauss-Hermite quadrature (Pinheiro, Bates 1995).

    Adaptive, as a report of thousands of requests has an integrand narrower than fixed nodes see.
    """
    at = (np.log((counts + 0.5) / (totals - counts + 0.5)) - mean) / tau
    at = np.clip(at, -8, 8)
    for _ in range(30):
        share = 0.5 * (1 + np.tanh((mean + tau * at) / 2))
        slope = tau * (counts - totals * share) - at
        bend = tau**2 * totals * share * (1 - share) + 1
        at = at + np.clip(slope / bend, -1, 1)
    width = np.sqrt(2 / (tau**2 * totals * share * (1 - share) + 1))
    points = at[:, None] + width[:, None] * _NODES
    odds = mean + tau * points
    inside = counts[:, None] * odds - totals[:, None] * np.logaddexp(0, odds) - points**2 / 2
    top = inside.max(axis=1, keepdims=True)
    weighed = (np.exp(inside - top + _NODES**2) * _WEIGHTS).sum(axis=1)
    return float((np.log(weighed) + top[:, 0] + np.log(width)).sum() - _constant(len(counts)))


def _constant(many: int) -> float:
    return many * 0.5 * float(np.log(2 * np.pi))


def _fit(counts: np.ndarray, totals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean log odds and log tau at the maximum, and their covariance."""
    from scipy.optimize import minimize

    def lack(theta: np.ndarray) -> float:
        return -log_likelihood(theta[0], float(np.exp(theta[1])), counts, totals)

    start = np.array([logit((counts.sum() + 0.5) / (totals.sum() + 1)), 0.0])
    limits = [(-15.0, 15.0), (_POINT, _TOP)]
    best = minimize(lack, start, method="L-BFGS-B", bounds=limits).x
    if best[1] > _POINT + 0.1:
        return best, np.linalg.pinv(hessian(lack, best))
    crude = counts.sum() / totals.sum()
    variance = 1 / (totals.sum() * crude * (1 - crude))
    return np.array([logit(crude), -np.inf]), np.diag([variance, 0.0])


def logit_normal(
    rows: pd.DataFrame, count: str, total: str, estimand: str, *, level: float = LEVEL
) -> list[Estimate]:
    """Random effects on the log odds by likelihood: median share, tau^2, prediction, mean share.

    Four rows: the share of the median report (percent), the variance tau^2 of the log odds between
    reports, the prediction interval of a new report's share (percent; Higgins, Thompson and
    Spiegelhalter 2009), and the mean share (percent, the median's interval carried over at the
    fitted tau). I^2 is not defined for counts of so different sizes: `dersimonian_laird` gives its.
    Source: Hamza, van Houwelingen and Stijnen 2008.
    """
    held = sample(rows, count, total)
    label = Label(
        f"{estimand}: the median report",
        "binomial-normal, likelihood",
        "percent",
        len(held.counts),
        level=level,
        caveats=held.caveats,
    )
    labels = [
        label,
        label._replace(estimand=f"{estimand}: variance between reports", unit="log odds^2"),
        label._replace(estimand=f"{estimand}: a new report"),
        label._replace(estimand=f"{estimand}: mean of reports"),
    ]
    if why := obstacle(held.counts, held.totals):
        return [each.cannot(why) for each in labels]
    return _rows(labels, *_fit(held.counts, held.totals))


def _rows(labels: list[Label], best: np.ndarray, covariance: np.ndarray) -> list[Estimate]:
    mean, tau = float(best[0]), float(np.exp(best[1]))
    t = quantile_t(labels[0].level, labels[0].n - 1)
    reach = t * float(np.sqrt(covariance[0, 0]))
    ahead = t * float(np.sqrt(covariance[0, 0] + tau**2))
    median, low, high = (100 * expit(mean + side * reach) for side in (0, -1, 1))
    overall, least, most = (100 * mean_of(mean + side * reach, tau) for side in (0, -1, 1))
    bottom, top = (100 * expit(mean + side * ahead) for side in (-1, 1))
    return [
        labels[0].row(median, low, high),
        _variance(labels[1], best, covariance, t),
        labels[2].row(median, bottom, top, also="a prediction interval"),
        labels[3].row(overall, least, most, also="tau is taken as known"),
    ]


def _variance(label: Label, best: np.ndarray, covariance: np.ndarray, t: float) -> Estimate:
    if np.isinf(best[1]):
        return label.one_sided(
            0.0, NAN, NAN, "reports differ no more than by chance; no interval at the edge"
        )
    if best[1] > _TOP - 0.1:
        return label.cannot("nearly every report has all or none: no spread between")
    reach = t * np.sqrt(covariance[1, 1])
    value, low, high = np.exp(2 * (best[1] + np.array([0, -reach, reach])))
    return label.row(value, low, high)


def mean_of(mean: float, tau: float) -> float:
    """Mean share when log odds are normal with this mean and standard deviation."""
    odds = mean + tau * np.sqrt(2) * _NODES
    return float((_WEIGHTS * 0.5 * (1 + np.tanh(odds / 2))).sum() / np.sqrt(np.pi))


def dersimonian_laird(
    rows: pd.DataFrame, count: str, total: str, estimand: str, *, level: float = LEVEL
) -> list[Estimate]:
    """The usual pooling of corrected log odds, for comparison: median share, tau^2, I^2.

    0.5 is added to cases and to the others of every report; variances are taken as known; the
    interval is Hartung and Knapp's. Source: DerSimonian and Laird 1986; Higgins and Thompson 2002.
    """
    held = sample(rows, count, total)
    method = "DerSimonian-Laird, 0.5 added"
    caveats = (*held.caveats, "a comparison: the correction draws small reports to one half")
    label = Label(estimand, method, "percent", len(held.counts), 0, level, caveats)
    labels = [
        label._replace(estimand=f"{estimand}: the median report"),
        label._replace(estimand=f"{estimand}: variance between reports", unit="log odds^2"),
        label._replace(estimand=f"{estimand}: I^2"),
    ]
    if why := obstacle(held.counts, held.totals):
        return [each.cannot(why) for each in labels]
    cases, others = held.counts + 0.5, held.totals - held.counts + 0.5
    mean, error, tau2, i2 = _combine(np.log(cases / others), 1 / cases + 1 / others)
    reach = quantile_t(level, len(cases) - 1) * error
    median, low, high = (100 * expit(mean + side * reach) for side in (0, -1, 1))
    none = "no interval computed"
    return [
        labels[0].row(median, low, high),
        labels[1].one_sided(tau2, NAN, NAN, none),
        labels[2].one_sided(100 * i2, NAN, NAN, none),
    ]


def _combine(effects: np.ndarray, variances: np.ndarray) -> tuple[float, float, float, float]:
    from statsmodels.stats.meta_analysis import combine_effects

    found = combine_effects(effects, variances, method_re="dl", use_t=True)
    error = float(np.sqrt(found.var_hksj_re))
    return float(found.mean_effect_re), error, float(found.tau2), max(float(found.i2), 0.0)
