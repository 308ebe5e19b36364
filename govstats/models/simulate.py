"""Made-up collections of the panel's own size, volumes and clusters, with known effects."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import numpy as np
import pandas as pd

from govstats.models.samples import LAND, PLACEBO, complete, with_cases


class World(NamedTuple):
    """What is true in a made-up collection; the defaults are near what the panel shows.

    `share` is that of the median report, `report` and `province` the standard deviations of log
    odds between reports and between provinces. `rate` is cases per request of other organs, with
    `ratio` times as many of land offices; `alpha` is the spread of reports' rates (NB2) and
    `cluster` the standard deviation of provinces' log rates; `power` the elasticity of cases.
    """

    share: float = 0.22
    report: float = 1.1
    province: float = 0.6
    odds: float = 1.0
    rate: float = 0.06
    ratio: float = 1.0
    alpha: float = 1.2
    cluster: float = 0.4
    power: float = 1.0


# Rate at the median volume, spread and elasticity as a negative binomial finds them in the panel.
# The spread counts that between provinces twice, which makes these worlds a little harder.
WORLDS = {
    "reviews": World(rate=0.08, alpha=1.3, power=0.91),
    "suits": World(rate=0.043, alpha=0.93, power=0.69),
}


def share_rows(panel: pd.DataFrame, scope: str = "own", form: str | None = None) -> pd.DataFrame:
    """Of the panel: yearly reports of a scope (and form) whose complete breakdown states not_held.

    Columns issuer, gb2260, province, level, organ, land, placebo and since_2024 (0 or 1), volume
    (requests answered) and log_volume; no outcome.
    """
    kept = complete(panel, scope)
    kept = kept if form is None else kept[kept["form"] == form]
    return _shape(kept[kept["not_held"].notna()], "answered")


def count_rows(
    panel: pd.DataFrame, outcome: str = "reviews", scope: str = "own", form: str | None = None
) -> pd.DataFrame:
    """Of the panel: yearly reports of a scope (and form) that state the outcome and requests.

    Columns as `share_rows` gives them; volume is the panel's exposure.
    """
    kept = with_cases(panel, outcome, scope)
    return _shape(kept if form is None else kept[kept["form"] == form], "exposure")


def shape_of(panel: pd.DataFrame) -> str:
    """12 hexadecimal digits that change when the simulations' reports do.

    Of who, where and how large the reports are, of both scopes, for shares, reviews and suits.
    Cached results belong to the panel that has the shape in their column `shape`.
    """
    parts = [
        frame.drop(columns=["log_volume", "since_2024"]).to_csv(index=False, float_format="%.12g")
        for scope in ("own", "system")
        for frame in (
            share_rows(panel, scope),
            *(count_rows(panel, outcome, scope) for outcome in WORLDS),
        )
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _shape(kept: pd.DataFrame, volume: str) -> pd.DataFrame:
    """What the simulation keeps of real reports: who, where, how large; no outcome."""
    names = kept.reindex(columns=["issuer", "gb2260", "province", "level", "organ"])
    # A code may have been read as a number; it is the same place.
    code = pd.to_numeric(names["gb2260"], errors="coerce").astype("Int64").astype("string")
    names = names.assign(gb2260=code).fillna("").astype("str").reset_index(drop=True)
    size = kept[volume].to_numpy(dtype="float64")
    return names.assign(
        land=(names["organ"] == LAND).astype("int64"),
        since_2024=kept["since_2024"].to_numpy(),
        placebo=names["organ"].isin(PLACEBO).astype("int64"),
        volume=size,
        log_volume=np.log(size),
    )


def some_provinces(shape: pd.DataFrame, many: int, draws: np.random.Generator) -> pd.DataFrame:
    """The reports of `many` of the shape's provinces, drawn by chance."""
    names = np.unique(shape["province"].to_numpy(dtype=object))
    picked = draws.choice(names, min(many, len(names)), replace=False)
    return shape[shape["province"].isin(picked)].reset_index(drop=True)


def _by_province(shape: pd.DataFrame, deviation: float, draws: np.random.Generator) -> np.ndarray:
    code, names = pd.factorize(shape["province"])
    return draws.normal(0, deviation, len(names))[code]


def draw_shares(shape: pd.DataFrame, world: World, draws: np.random.Generator) -> pd.DataFrame:
    """Replies of each report: columns cases, others, and `truth`, the report's underlying share."""
    middle = np.log(world.share / (1 - world.share)) + np.log(world.odds) * shape["land"]
    odds = middle.to_numpy() + _by_province(shape, world.province, draws)
    odds = odds + draws.normal(0, world.report, len(shape))
    truth = 1 / (1 + np.exp(-odds))
    cases = draws.binomial(shape["volume"].astype("int64"), truth).astype("float64")
    return shape.assign(cases=cases, others=shape["volume"] - cases, truth=truth)


def draw_counts(shape: pd.DataFrame, world: World, draws: np.random.Generator) -> pd.DataFrame:
    """Cases of each report: column cases."""
    scale = np.exp(_by_province(shape, world.cluster, draws) - world.cluster**2 / 2)
    # The typical report keeps its rate whatever the elasticity is.
    size = shape["volume"].median() * (shape["volume"] / shape["volume"].median()) ** world.power
    mu = size * world.rate * world.ratio ** shape["land"] * scale
    spread = draws.gamma(1 / world.alpha, world.alpha, len(shape)) if world.alpha else 1.0
    return shape.assign(cases=draws.poisson(mu * spread).astype("float64"))
