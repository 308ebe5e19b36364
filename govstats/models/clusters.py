"""Errors between clusters: jackknife, bootstrap, and how many clusters there are in effect."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from govstats.models.estimate import NAN, Sample, seeded

Statistic = Callable[[np.ndarray], float]


def jackknife(clusters: np.ndarray, statistic: Statistic) -> tuple[float, str]:
    """Standard error of a statistic by leaving out one cluster at a time, and what failed.

    `statistic` gets a mask of the rows that stay. Deviations are from the estimate of all rows, as
    in CRV3 (MacKinnon, Nielsen and Webb 2023): wider than from their own mean. NaN where a
    statistic without one cluster is NaN: then everything rests on that cluster.
    """
    names = np.unique(clusters)
    if len(names) < 2:
        return NAN, "one cluster"
    values = np.array([statistic(clusters != name) for name in names])
    failed = [str(name) for name, value in zip(names, values, strict=True) if np.isnan(value)]
    if failed:
        return NAN, f"not identified without {', '.join(failed[:3])}"
    spread = ((values - statistic(np.full(len(clusters), True))) ** 2).sum()
    return float(np.sqrt((len(names) - 1) / len(names) * spread)), ""


def bootstrap(held: Sample, level: float, seed: int, draws: int = 1999) -> tuple[float, float]:
    """Percentile limits of the crude share, as fractions, when clusters are drawn anew."""
    _, group = np.unique(held.clusters, return_inverse=True)
    cases, totals = np.bincount(group, held.counts), np.bincount(group, held.totals)
    picked = seeded(seed).integers(0, len(cases), (draws, len(cases)))
    values = cases[picked].sum(axis=1) / totals[picked].sum(axis=1)
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def effective(held: Sample) -> float:
    """The number of clusters of equal size that would weigh as unequally as these."""
    _, group = np.unique(held.clusters, return_inverse=True)
    sizes = np.bincount(group, held.totals)
    return float(sizes.sum() ** 2 / (sizes**2).sum())


def level_number(weights: np.ndarray) -> float:
    """How many parts of equal weight are as uneven as these."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def hessian(function, at: np.ndarray, step: float = 1e-3) -> np.ndarray:  # type: ignore[no-untyped-def]
    """Second derivatives of a function by central differences."""
    size = len(at)
    moves = step * np.eye(size)
    found = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            a, b = moves[i], moves[j]
            corners = function(at + a + b) - function(at + a - b)
            found[i, j] = corners - function(at - a + b) + function(at - a - b)
    return found / (4 * step**2)
