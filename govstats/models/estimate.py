"""One row of a result: what is estimated, the number, its interval, and what limits it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import NamedTuple

import numpy as np
import pandas as pd

LEVEL = 0.95
NAN = math.nan


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate with its interval.

    `unit` is percent, per 100, ratio or another word; `level` is that of the interval; `n` counts
    reports, `clusters` what the errors are clustered by (0: not clustered). `p` belongs to a test
    and is NaN where the row is none. Where the estimate is NaN, `caveats` says why.
    """

    estimand: str
    estimate: float
    low: float
    high: float
    level: float
    n: int
    clusters: int
    method: str
    unit: str
    p: float = NAN
    caveats: str = ""


Rows = Estimate | Iterable["Rows"]


def tidy(*results: Rows) -> pd.DataFrame:
    """A frame with a row an estimate and the fields of Estimate as columns, in the order given."""
    columns = [field.name for field in fields(Estimate)]
    return pd.DataFrame([asdict(each) for each in _flat(results)], columns=columns)


def sentence(rows: pd.DataFrame, head: str) -> str:
    """Return tidy rows as one sentence: each estimand with its limits and reports, or why not.

    Percent without decimals, ratios with two.
    """
    return f"{head}. " + "; ".join(map(_said, rows.itertuples())) + "."


def _said(row) -> str:  # type: ignore[no-untyped-def]
    form, sign = (".0f", " %") if row.unit == "percent" else (".2f", "")
    if math.isnan(row.low) or math.isnan(row.high):
        value = "" if math.isnan(row.estimate) else f"{row.estimate:{form}}{sign}, "
        return f"{row.estimand}: {value}{row.caveats or 'no interval'}"
    if math.isnan(row.estimate):
        limits = f"{row.low:{form}} and {row.high:{form}}{sign}"
        return f"{row.estimand}: between {limits} ({row.method}, {row.n} reports)"
    limits = f"{row.low:{form}} to {row.high:{form}}{sign}"
    return f"{row.estimand}: {row.estimate:{form}}{sign} ({limits}, {row.n} reports)"


def _flat(results: Iterable[Rows]) -> Iterable[Estimate]:
    for each in results:
        if isinstance(each, Estimate):
            yield each
        else:
            yield from _flat(each)


class Label(NamedTuple):
    """What the rows of one call share."""

    estimand: str
    method: str
    unit: str
    n: int
    clusters: int = 0
    level: float = LEVEL
    caveats: tuple[str, ...] = ()

    def row(
        self, estimate: float, low: float, high: float, p: float = NAN, also: str = ""
    ) -> Estimate:
        """The estimate under this label; `also` is one more caveat."""
        return Estimate(
            self.estimand,
            float(estimate),
            float(low),
            float(high),
            self.level,
            self.n,
            self.clusters,
            self.method,
            self.unit,
            float(p),
            join([*self.caveats, also]),
        )

    def cannot(self, why: str) -> Estimate:
        """The row that says why there is no estimate."""
        return self.row(NAN, NAN, NAN, also=f"cannot be estimated: {why}")

    def one_sided(self, estimate: float, low: float, high: float, why: str) -> Estimate:
        """A row of which a limit is NaN, with the reason."""
        return self.row(estimate, low, high, also=why)


def join(caveats: Iterable[str]) -> str:
    """Caveats as one text.

    >>> join(["few reports", "", "one province"])
    'few reports; one province'
    """
    return "; ".join(each for each in caveats if each)


class Sample(NamedTuple):
    """Counts out of totals, a pair a report, with the cluster of each."""

    counts: np.ndarray
    totals: np.ndarray
    clusters: np.ndarray
    caveats: tuple[str, ...]

    @property
    def groups(self) -> int:
        """How many clusters there are."""
        return len(np.unique(self.clusters))


def sample(
    rows: pd.DataFrame, count: str, total: str, cluster: str | None = None, share: bool = True
) -> Sample:
    """The rows that state both numbers and a total above 0; what was left out is a caveat.

    With `share`, a row whose count is above its total contradicts itself and is left out too.
    """
    counts, totals = numbers(rows, count), numbers(rows, total)
    stated = ~np.isnan(counts) & ~np.isnan(totals)
    positive = stated & (totals > 0)
    sound = positive & (counts >= 0) & ((counts <= totals) | (not share))
    caveats = (
        _left_out(len(rows) - int(stated.sum()), f"do not state {count} and {total}"),
        _left_out(int((stated & ~positive).sum()), f"have no {total}"),
        _left_out(int((positive & ~sound).sum()), f"state {count} beyond {total}"),
        mixed(rows[sound]),
    )
    names = cluster_names(rows, cluster)[sound]
    return Sample(counts[sound], totals[sound], names, tuple(filter(None, caveats)))


def _left_out(many: int, why: str) -> str:
    return f"{many} rows {why} and are left out" if many else ""


def mixed(rows: pd.DataFrame) -> str:
    """A caveat where rows of several scopes, which may count the same requests, stand together."""
    if "scope" not in rows.columns:
        return ""
    scopes = sorted(rows["scope"].dropna().astype(str).unique())
    return f"scopes mixed ({', '.join(scopes)}): they may overlap" if len(scopes) > 1 else ""


def numbers(rows: pd.DataFrame, name: str) -> np.ndarray:
    """A column as floats, NaN where missing."""
    return rows[name].to_numpy(dtype="float64", na_value=np.nan)


def cluster_names(rows: pd.DataFrame, cluster: str | None) -> np.ndarray:
    """The cluster of each row; a row without one (a central body) is a cluster of its own."""
    alone = np.array([f"row {i}" for i in range(len(rows))], dtype=object)
    if cluster is None:
        return alone
    named = rows[cluster].fillna("").astype(str).to_numpy(dtype=object)
    return np.where(named == "", alone, named)


def quantile_t(level: float, freedom: float) -> float:
    """Two-sided quantile of Student's t."""
    from scipy import stats

    return float(stats.t.ppf(0.5 + level / 2, max(freedom, 1.0)))


def p_value(z: float, freedom: float) -> float:
    """Two-sided p of a t statistic."""
    from scipy import stats

    return float(2 * stats.t.sf(abs(z), max(freedom, 1.0)))


def logit(share: float) -> float:
    """Log odds.

    >>> logit(0.5), round(logit(0.75), 3)
    (0.0, 1.099)
    """
    return math.log(share / (1 - share))


def expit(odds: float) -> float:
    """The share with these log odds, without overflow."""
    return 0.5 * (1 + math.tanh(odds / 2))


def seeded(seed: int | Sequence[int]) -> np.random.Generator:
    """The only source of chance: the same seed gives the same rows."""
    return np.random.default_rng(seed)
