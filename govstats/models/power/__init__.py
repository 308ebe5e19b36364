"""What the collection could have seen at all: tests on made-up collections of its own size.

    python -m govstats.models.power --out FILE [--panel FOLDER] [--runs N] [--seed N]

gives the collections a known rate ratio of land, housing and expropriation offices against others,
within own scope, and counts how often the notebook's tests find it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from govstats.models.cached import SEED, command
from govstats.models.conditional import conditional_randomisation
from govstats.models.estimate import NAN, Estimate, seeded
from govstats.models.regression import regress
from govstats.models.shares import clopper_pearson
from govstats.models.simulate import WORLDS, count_rows, draw_counts

RATIOS = (1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
ALPHA, ENOUGH, DRAWS = 0.05, 0.8, 199
Test = Callable[[pd.DataFrame], Estimate]


def by_regression(rows: pd.DataFrame, label: str = "land", rest: str = "log_volume") -> Estimate:
    """Ratio of the labelled in a negative binomial of `cases` given `rest`, errors by province."""
    formula = f"cases ~ {label} + {rest}"
    return regress(rows, formula, family="nb2", cluster="province", term=label)[0]


def by_chance(
    rows: pd.DataFrame, label: str = "land", rest: str = "log_volume", draws: int = DRAWS
) -> Estimate:
    """The same ratio tested by dealing the label anew; within levels where `rest` names them."""
    strata = ("level",) if "level" in rest else ()
    return conditional_randomisation(
        rows, f"cases ~ {rest}", "volume", label, strata=strata, draws=draws, seed=1
    )


TESTS: Mapping[str, Test] = {
    "nb2 given volume, jackknife": by_regression,
    "randomisation given volume": by_chance,
    "randomisation given volume, within level": lambda rows: by_chance(
        rows, rest="log_volume + C(level)"
    ),
}


class _Hit(NamedTuple):
    """One test of one made-up collection."""

    outcome: str
    test: str
    ratio: float
    defined: bool
    rejects: bool
    found: float


def power(
    panel: pd.DataFrame | Mapping[str, pd.DataFrame],
    *,
    runs: int,
    seed: int = SEED,
    ratios: Iterable[float] = RATIOS,
    tests: Mapping[str, Test] = TESTS,
) -> pd.DataFrame:
    """How often the tests reject at 5 % when the true rate ratio is that of the row.

    `panel` is the panel, or the shapes by outcome as `count_rows` gives them. Columns: outcome,
    reports, land (how many of them), test, ratio, runs, undefined (no p: counts as not rejected),
    value with low and high (fraction of the runs that reject, Clopper-Pearson 95 %), found (median
    estimate where it rejects: above the ratio, as only large estimates are found), enough (whether
    value is 0.8 or more). Outcomes have the spread and elasticity of `WORLDS`. The same seed gives
    the same frame.
    """
    shapes = (
        {outcome: count_rows(panel, outcome) for outcome in WORLDS}
        if isinstance(panel, pd.DataFrame)
        else panel
    )
    hits = [
        hit
        for number, (outcome, shape) in enumerate(shapes.items())
        for ratio in ratios
        for run in range(runs)
        # The same chance for every ratio: a curve's points differ by the ratio alone.
        for hit in _hits(outcome, shape, ratio, tests, [seed, number, run])
    ]
    table = _summary(pd.DataFrame(hits, columns=list(_Hit._fields)))
    sizes = [(len(shapes[each]), int(shapes[each]["land"].sum())) for each in table["outcome"]]
    table.insert(1, "reports", [size[0] for size in sizes])
    table.insert(2, "land", [size[1] for size in sizes])
    return table


def _hits(
    outcome: str, shape: pd.DataFrame, ratio: float, tests: Mapping[str, Test], seed: list[int]
) -> Iterable[_Hit]:
    rows = draw_counts(shape, WORLDS[outcome]._replace(ratio=ratio), seeded(seed))
    for name, test in tests.items():
        found = test(rows)
        rejects = bool(found.p <= ALPHA)
        value = found.estimate if rejects else NAN
        yield _Hit(outcome, name, ratio, not np.isnan(found.p), rejects, value)


def _summary(hits: pd.DataFrame) -> pd.DataFrame:
    groups = hits.groupby(["outcome", "test", "ratio"], sort=False)
    table = groups.agg(
        runs=("rejects", "size"),
        defined=("defined", "sum"),
        hits=("rejects", "sum"),
        found=("found", "median"),
    ).reset_index()
    low, high = clopper_pearson(table["hits"].to_numpy(), table["runs"].to_numpy())
    value = table["hits"] / table["runs"]
    table = table.assign(undefined=table["runs"] - table["defined"], value=value)
    table = table.assign(low=low, high=high, enough=np.where(value >= ENOUGH, "yes", "no"))
    order = ["outcome", "test", "ratio", "runs", "undefined", "value", "low", "high", "found"]
    return table[[*order, "enough"]]


def detectable(table: pd.DataFrame, enough: float = ENOUGH) -> pd.DataFrame:
    """The smallest ratio above 1 that each test finds with that power, from `power`'s frame.

    Columns: outcome, test, above and up_to (the points of the grid between which it lies: NaN for
    up_to where no ratio of the grid is found often enough), about (where a straight line over the
    log of the ratio crosses), caveats.
    """
    rows = [
        (*names, *_crossing(part.sort_values("ratio"), enough))
        for names, part in table.groupby(["outcome", "test"], sort=False)
    ]
    return pd.DataFrame(rows, columns=["outcome", "test", "above", "up_to", "about", "caveats"])


def _crossing(part: pd.DataFrame, enough: float) -> tuple[float, float, float, str]:
    part = part[part["ratio"] >= 1]
    if (part["undefined"] == part["runs"]).all():
        return NAN, NAN, NAN, "cannot be tested: too few reports, or of one group"
    ratios, values = part["ratio"].to_numpy(float), part["value"].to_numpy(float)
    reached = np.flatnonzero(values >= enough)
    if len(reached) == 0:
        why = f"no ratio up to {ratios.max():g} is found in {100 * enough:g} % of collections"
        return float(ratios.max()), NAN, NAN, why
    i = int(reached[0])
    if i == 0:
        return NAN, float(ratios[0]), NAN, "the smallest ratio tried is found already"
    ends, steps = np.log(ratios[i - 1 : i + 1]), values[i - 1 : i + 1]
    about = float(np.exp(np.interp(enough, steps, ends)))
    return float(ratios[i - 1]), float(ratios[i]), about, ""


def main(arguments: list[str] | None = None) -> int:
    """Write the power of the panel's tests as CSV."""
    return command("power", "What the collection could have seen.", power, arguments)
