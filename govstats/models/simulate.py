"""Made-up collections of the panel's own size, volumes and clusters, with known effects."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd


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


def share_rows(panel: pd.DataFrame) -> pd.DataFrame:
    """Of the panel: yearly own-scope reports with a complete breakdown that states not_held."""
    kept = panel[(panel["period"] == "year") & (panel["scope"] == "own")]
    kept = kept[(kept["breakdown"] == "complete") & kept["not_held"].notna()]
    return _shape(kept[kept["answered"] > 0], "answered")


def count_rows(panel: pd.DataFrame) -> pd.DataFrame:
    """Of the panel: yearly own-scope reports that state reviews and requests."""
    kept = panel[(panel["period"] == "year") & (panel["scope"] == "own")]
    kept = kept[kept["reviews"].notna() & (kept["exposure"] > 0)]
    return _shape(kept, "exposure")


def _shape(kept: pd.DataFrame, volume: str) -> pd.DataFrame:
    """What the simulation keeps of real reports: who, where, how large; no outcome."""
    land = (kept["organ"] == "land_housing").astype("int64")
    names = kept[["issuer", "province", "level"]].fillna("").astype(str)
    return names.assign(volume=kept[volume].astype("float64"), land=land).reset_index(drop=True)


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
