"""The metric dictionary as data, and computing its metrics on a panel.

Definitions: govstats/vocabulary/metrics.toml. Computing needs the extra `panel`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from govstats import vocabulary

if TYPE_CHECKING:
    import pandas as pd

_NAME = re.compile(r"[a-z_]+")


@dataclass(frozen=True, slots=True)
class Metric:
    """value = per * numerator / denominator, both sums of measures."""

    name: str
    zh: str
    en: str
    numerator: str
    denominator: str
    per: int
    unit: str
    caveats: str
    source: str
    caveats_zh: str = ""

    @property
    def formula(self) -> str:
        """The definition in one line."""
        below = f"({self.denominator})" if "+" in self.denominator else self.denominator
        above = f"({self.numerator})" if "+" in self.numerator else self.numerator
        return f"{self.per} * {above} / {below}"


@cache
def metrics() -> tuple[Metric, ...]:
    """Every metric of the dictionary, in its order.

    >>> metrics()[0].name, metrics()[0].formula
    ('share_not_held', '100 * not_held / answered')
    """
    return tuple(Metric(**entry) for entry in vocabulary.words("metrics.toml")["metric"])


def add_metrics(panel: pd.DataFrame) -> pd.DataFrame:
    """The panel with a float column for each metric.

    NaN where a part of the formula is missing or the denominator is not above 0: a share of nothing
    is neither 0 nor 100 %. Raises KeyError for a metric of a measure that the panel lacks.

    >>> import pandas as pd
    >>> measures = {p for m in metrics() for p in _NAME.findall(m.numerator + " " + m.denominator)}
    >>> panel = pd.DataFrame(dict.fromkeys(measures, [None, 0, 4])).assign(not_held=[1, 0, 3])
    >>> add_metrics(panel)["share_not_held"].tolist()
    [nan, nan, 75.0]
    """
    import pandas as pd

    found = {metric.name: _compute(panel, metric) for metric in metrics()}
    return pd.concat([panel, pd.DataFrame(found, index=panel.index)], axis=1)


def _compute(panel: pd.DataFrame, metric: Metric) -> pd.Series:
    above, below = _sum(panel, metric.numerator), _sum(panel, metric.denominator)
    return metric.per * above / below.where(below > 0)


def _sum(panel: pd.DataFrame, expression: str) -> pd.Series:
    """Sum of the measures named; NaN where one is missing."""
    parts = [panel[name].astype("float64") for name in _NAME.findall(expression)]
    return sum(parts[1:], start=parts[0])
