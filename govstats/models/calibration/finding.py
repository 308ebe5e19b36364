"""What one made-up collection says of a method, and the table of many."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from govstats.models.estimate import Estimate
from govstats.models.shares import clopper_pearson

COVER, REJECT, ALPHA = 0.93, 0.07, 0.05
EXEMPT = "(exempt)"


class Finding(NamedTuple):
    """One result of one made-up collection: whether it holds, or None where there was none."""

    name: str
    measure: str
    holds: bool | None
    width: float


def covers(name: str, found: Estimate, truth: float) -> Finding:
    """Whether the interval holds the truth; None without an interval."""
    if np.isnan(found.low):
        return Finding(name, "coverage", None, np.nan)
    inside = bool(found.low <= truth <= found.high)
    return Finding(name, "coverage", inside, found.high - found.low)


def rejects(name: str, found: Estimate) -> Finding:
    """Whether the test rejects at 5 %; None without a p."""
    return Finding(name, "rejection", None if np.isnan(found.p) else found.p <= ALPHA, np.nan)


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """A row a scenario, method and measure: see `calibrate`."""
    groups = found.groupby(["scenario", "name", "measure"], sort=False)
    table = groups["holds"].agg(runs="size", defined="count", hits="sum").reset_index()
    table["width"] = groups["width"].median().to_numpy()
    hits, defined = (table[name].to_numpy(dtype="float64") for name in ("hits", "defined"))
    low, high = clopper_pearson(hits, defined)
    value = hits / np.where(defined > 0, defined, np.nan)
    table = table.assign(undefined=table["runs"] - table["defined"], value=value)
    table = table.assign(low=low, high=high, passes=_passes(table))
    order = ["runs", "undefined", "value", "low", "high", "width", "passes"]
    texts = dict.fromkeys(["scenario", "name", "measure", "passes"], "str")
    return table[["scenario", "name", "measure", *order]].astype(texts | {"width": "float64"})


def _passes(table: pd.DataFrame) -> np.ndarray:
    cover, value = table["measure"] == "coverage", table["value"]
    good = np.where(cover, value >= COVER, value <= REJECT)
    said = np.where(good, "yes", "no")
    said = np.where(value.isna(), "never defined", said)
    return np.where(table["name"].str.endswith(EXEMPT), "exempt", said)
