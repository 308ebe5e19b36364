"""Intervals for single shares, and for the crude share of several reports."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from govstats.models.clusters import bootstrap, effective, jackknife
from govstats.models.estimate import (
    LEVEL,
    NAN,
    Estimate,
    Label,
    Sample,
    expit,
    logit,
    numbers,
    quantile_t,
    sample,
)

Exact = Literal["wilson", "clopper-pearson"]
Clustered = Literal["jackknife", "robust", "bootstrap"]
_ONE = "no interval: one cluster, and the error is between clusters"


def wilson(
    counts: np.ndarray, totals: np.ndarray, level: float = LEVEL
) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's score limits of binomial shares, as fractions (Wilson 1927); NaN for a total of 0.

    They cover the share near the level on average, also at 0 and at the total.

    >>> import numpy as np
    >>> low, high = wilson(np.array([0, 5]), np.array([10, 10]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 0.237], [0.278, 0.763])
    """
    from scipy import stats

    z = stats.norm.ppf(0.5 + level / 2)
    n = np.where(totals > 0, totals, np.nan)
    share = counts / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # At the ends the formula gives exactly 0 and 1 but for rounding.
    low, high = np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
    return np.where(counts == 0, n * 0, low), np.where(counts == totals, n / n, high)


def clopper_pearson(
    counts: np.ndarray, totals: np.ndarray, level: float = LEVEL
) -> tuple[np.ndarray, np.ndarray]:
    """Exact limits of binomial shares, as fractions (Clopper and Pearson 1934).

    They never cover less than the level, and mostly more; NaN for a total of 0.
    """
    from scipy import stats

    n = np.where(totals > 0, totals, np.nan)
    tail = (1 - level) / 2
    low = np.where(counts > 0, stats.beta.ppf(tail, counts, n - counts + 1), n * 0)
    high = np.where(counts < n, stats.beta.ppf(1 - tail, counts + 1, n - counts), n / n)
    return low, high


_EXACT = {"wilson": wilson, "clopper-pearson": clopper_pearson}


def share(
    count: float, total: float, estimand: str, *, method: Exact = "wilson", level: float = LEVEL
) -> Estimate:
    """The share behind one report's count, in percent, with a binomial interval.

    The error is chance alone: as if each request were answered alike and independently.
    """
    label = Label(estimand, method, "percent", 1, level=level)
    if not total > 0:
        return label.cannot("there are no requests")
    if not 0 <= count <= total:
        return label.cannot(f"{count:g} of {total:g} is no share")
    low, high = _EXACT[method](np.array([count]), np.array([total]), level)
    return label.row(100 * count / total, 100 * low[0], 100 * high[0])


def share_each(
    rows: pd.DataFrame, count: str, total: str, *, method: Exact = "wilson", level: float = LEVEL
) -> pd.DataFrame:
    """The share of every row in percent: estimate, low, high, caveats, on the index of `rows`."""
    counts, totals = numbers(rows, count), numbers(rows, total)
    missing, empty = np.isnan(counts) | np.isnan(totals), totals <= 0
    wrong = (counts < 0) | (counts > totals)
    why = np.select(
        [missing, empty, wrong],
        [f"does not state {count} and {total}", f"{total} is 0", f"{count} is beyond {total}"],
        "",
    )
    n = np.where(why == "", totals, 0)
    low, high = _EXACT[method](np.where(why == "", counts, 0), n, level)
    found = {
        "estimate": 100 * np.where(n > 0, counts, np.nan) / np.where(n > 0, n, np.nan),
        "low": 100 * low,
        "high": 100 * high,
        "caveats": [f"cannot be estimated: {each}" if each else "" for each in why],
    }
    return pd.DataFrame(found, index=rows.index)


def crude_share(
    rows: pd.DataFrame,
    count: str,
    total: str,
    estimand: str,
    *,
    cluster: str | None = None,
    method: Clustered = "jackknife",
    level: float = LEVEL,
    seed: int = 0,
) -> Estimate:
    """The share of all requests of the rows together (sum over sum), in percent.

    Large reports weigh most. Errors are between clusters (each report, without `cluster`), on the
    log odds, with Student's t: `robust` linearises the ratio, `jackknife` leaves out one cluster
    at a time (CRV3; Cameron, Gelbach and Miller 2008; MacKinnon, Nielsen and Webb 2023),
    `bootstrap` draws clusters (percentiles). The t has as many degrees of freedom as the effective
    number of clusters (Kish 1965) less 1, as few reports can hold most
    requests. Without a case, or with nothing else, the limit is that of one independent answer an
    effective cluster.
    """
    held = sample(rows, count, total, cluster)
    label = _label(held, estimand, method, level)
    if len(held.counts) == 0:
        return label.cannot("no report states both numbers")
    pooled = held.counts.sum() / held.totals.sum()
    if held.groups < 2:
        return label.one_sided(100 * pooled, NAN, NAN, _ONE)
    if pooled in (0, 1):
        return _at_the_end(label, held, pooled)
    if method == "bootstrap":
        low, high = bootstrap(held, level, seed)
        return label.row(100 * pooled, 100 * low, 100 * high)
    error = _robust(held) if method == "robust" else jackknife(held.clusters, _odds(held))[0]
    if np.isnan(error):
        return label.one_sided(100 * pooled, NAN, NAN, "no interval: one cluster holds all cases")
    reach = quantile_t(level, effective(held) - 1) * error
    odds = logit(pooled)
    return label.row(100 * pooled, 100 * expit(odds - reach), 100 * expit(odds + reach))


def _label(held: Sample, estimand: str, method: str, level: float) -> Label:
    caveats = held.caveats
    if len(held.totals):
        weight = held.totals.max() / held.totals.sum()
        few = f"{effective(held):.1f} effective clusters"
        caveats = (*caveats, few, f"the largest report holds {100 * weight:.0f} % of the total")
    n = len(held.counts)
    return Label(estimand, f"crude, {method}", "percent", n, held.groups, level, caveats)


def _at_the_end(label: Label, held: Sample, pooled: float) -> Estimate:
    size = np.array([effective(held)])
    low, high = clopper_pearson(size * pooled, size, label.level)
    why = "no case" if pooled == 0 else "nothing but cases"
    said = f"{why}: the limit is exact for one answer an effective cluster"
    return label.row(100 * pooled, 100 * low[0], 100 * high[0], also=said)


def _robust(held: Sample) -> float:
    pooled = held.counts.sum() / held.totals.sum()
    _, group = np.unique(held.clusters, return_inverse=True)
    sums = np.bincount(group, held.counts - pooled * held.totals)
    variance = len(sums) / (len(sums) - 1) * (sums**2).sum() / held.totals.sum() ** 2
    return float(np.sqrt(variance) / (pooled * (1 - pooled)))


def _odds(held: Sample):  # type: ignore[no-untyped-def]
    def odds(keep: np.ndarray) -> float:
        cases, all_of_them = held.counts[keep].sum(), held.totals[keep].sum()
        return logit(cases / all_of_them) if 0 < cases < all_of_them else NAN

    return odds


def mean_share(
    rows: pd.DataFrame,
    count: str,
    total: str,
    estimand: str,
    *,
    cluster: str | None = None,
    level: float = LEVEL,
) -> Estimate:
    """The plain mean of the reports' shares, in percent: each report weighs the same.

    Jackknife by cluster (CRV3) with Student's t; no model, so that it stands where the share goes
    with the volume.
    """
    held = sample(rows, count, total, cluster)
    method = "mean of shares, jackknife"
    label = Label(estimand, method, "percent", len(held.counts), held.groups, level, held.caveats)
    if len(held.counts) == 0:
        return label.cannot("no report states both numbers")
    each = held.counts / held.totals
    if held.groups < 2:
        return label.one_sided(100 * each.mean(), NAN, NAN, _ONE)
    error, _ = jackknife(held.clusters, lambda keep: float(each[keep].mean()))
    if error == 0:
        return label.one_sided(100 * each.mean(), NAN, NAN, "no interval: all shares are equal")
    reach = quantile_t(level, held.groups - 1) * error
    low, high = max(each.mean() - reach, 0.0), min(each.mean() + reach, 1.0)
    return label.row(100 * each.mean(), 100 * low, 100 * high)
