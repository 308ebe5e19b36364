"""The specification curve: every defensible way to ask, and whether chance could give them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from govstats.models.estimate import NAN, Estimate, Label, seeded, tidy

Ask = Callable[[pd.DataFrame], Estimate]
Shuffle = Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Specification:
    """One way to ask: what it chooses (such as outcome, sample, model), and the function."""

    choices: Mapping[str, str]
    ask: Ask


def specification_curve(rows: pd.DataFrame, specs: Sequence[Specification]) -> pd.DataFrame:
    """Every specification's estimate: columns of the choices, then those of `tidy`.

    In the order of the estimates; those that cannot be estimated come last and say why.
    """
    choices = pd.DataFrame([dict(spec.choices) for spec in specs])
    found = tidy([spec.ask(rows) for spec in specs])
    return pd.concat([choices, found], axis=1).sort_values(
        "estimate", kind="stable", ignore_index=True
    )


def joint_test(
    rows: pd.DataFrame,
    specs: Sequence[Specification],
    shuffle: Shuffle,
    *,
    null: float = 1.0,
    draws: int = 499,
    seed: int = 0,
) -> list[Estimate]:
    """Whether the curve as a whole is further from the null than under shuffled labels.

    Three rows, each with a p over the draws, the rows as they are being one: the median of the
    estimates; the share of specifications (percent) on the same side of `null`; the share that is
    on that side with p < 0.05. `shuffle` makes the null true. Sides are counted away from the null
    in the direction of the median, in each draw its own, so the test is two-sided. Source:
    Simonsohn, Simmons and Nelson 2020.
    """
    names = ("median of the specifications", "on the side of the median", "and with p < 0.05")
    units = ("as the estimates", "percent", "percent")
    label = Label("", f"{len(specs)} specifications, {draws} permutations", "", len(rows))
    labels = [
        label._replace(estimand=name, unit=unit) for name, unit in zip(names, units, strict=True)
    ]
    seen = _summary(rows, specs, null)
    if np.isnan(seen[0]):
        return [each.cannot("no specification can be estimated") for each in labels]
    chance = seeded(seed)
    drawn = np.array([_summary(shuffle(rows, chance), specs, null) for _ in range(draws)])
    # Further from the null: on the log where estimates are ratios, so that 1/2 is as far as 2.
    size = [_far(drawn[:, 0], null), drawn[:, 1], drawn[:, 2]]
    limit = [_far(np.array([seen[0]]), null)[0], seen[1], seen[2]]
    p = [
        (1 + int((~(drawn_one < one - 1e-12)).sum())) / (1 + draws)
        for drawn_one, one in zip(size, limit, strict=True)
    ]
    return [
        each.row(value, NAN, NAN, chance_of, "a test: no interval")
        for each, value, chance_of in zip(labels, seen, p, strict=True)
    ]


def _far(values: np.ndarray, null: float) -> np.ndarray:
    return np.abs(np.log(values)) if null == 1 else np.abs(values - null)


def _summary(
    rows: pd.DataFrame, specs: Sequence[Specification], null: float
) -> tuple[float, float, float]:
    found = [spec.ask(rows) for spec in specs]
    values = np.array([each.estimate for each in found])
    ps = np.array([each.p for each in found])
    if np.isnan(values).all():
        return NAN, NAN, NAN
    median = float(np.nanmedian(values))
    side = (values > null) if median > null else (values < null)
    known = ~np.isnan(values)
    return median, 100 * side[known].mean(), 100 * (side & (ps < 0.05))[known].mean()
