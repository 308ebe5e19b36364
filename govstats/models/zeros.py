"""Whether there are more reports without a case than a count model lets expect."""

from __future__ import annotations

import numpy as np
import pandas as pd

from govstats.models.estimate import LEVEL, NAN, Estimate, Label, seeded
from govstats.models.fits import Design, Family, Unfit, design, estimate
from govstats.models.shares import wilson

_FAMILIES: tuple[Family, ...] = ("poisson", "nb2")


def zeros(
    rows: pd.DataFrame,
    formula: str,
    exposure: str | None = None,
    *,
    draws: int = 1999,
    seed: int = 0,
) -> list[Estimate]:
    """The share of reports without a case, in percent: as reported, by Poisson and by NB2.

    As reported with Wilson's interval; by a model with the range that 95 % of collections drawn
    from its fit fall into, and p, the two-sided chance of a share as far off as the reported one.
    A zero-inflated model needs a reason beyond a Poisson that expects too few: it has none where
    the NB2 expects what is there.
    """
    label = Label("reports without a case", "as reported, Wilson", "percent", 0)
    try:
        made = design(rows, formula, exposure)
    except Unfit as why:
        return [label.cannot(str(why))]
    none = float((made.left[:, 0] == 0).sum())
    size = len(made.right)
    label = label._replace(n=size, caveats=made.caveats)
    low, high = wilson(np.array([none]), np.array([size]))
    seen = label.row(100 * none / size, 100 * low[0], 100 * high[0])
    return [seen, *(_expected(label, made, each, none, draws, seed) for each in _FAMILIES)]


def _expected(
    label: Label, made: Design, family: Family, none: float, draws: int, seed: int
) -> Estimate:
    label = label._replace(method=f"as {family} expects")
    try:
        fit = estimate(made, family)
    except Unfit as why:
        return label.cannot(str(why))
    mu = np.exp(made.right @ fit.params + made.offset)
    chance, spread = seeded(seed), np.ones((draws, len(mu)))
    if family == "nb2" and fit.alpha > 0:
        spread = chance.gamma(1 / fit.alpha, fit.alpha, spread.shape)
    drawn = (chance.poisson(mu * spread) == 0).sum(axis=1)
    tails = [(1 + (drawn <= none).sum()), (1 + (drawn >= none).sum())]
    p = min(1.0, 2 * float(min(tails)) / (1 + draws))
    share = 100 * drawn / len(mu)
    low, high = np.quantile(share, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return label.row(float(share.mean()), float(low), float(high), p if draws else NAN)
