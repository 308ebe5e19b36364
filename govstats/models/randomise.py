"""Randomisation inference: what chance would do if a label had been dealt out anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from govstats.models.estimate import NAN, Estimate, Label, numbers, seeded

Statistic = Callable[[pd.DataFrame], float]


class Deal(NamedTuple):
    """Who may get which label: an issuer a row, with its stratum and its present label."""

    stratum: np.ndarray
    label: np.ndarray

    @property
    def movable(self) -> int:
        """Issuers in strata in which both labels occur: only these can change."""
        frame = pd.DataFrame({"stratum": self.stratum, "label": self.label})
        return int((frame.groupby("stratum")["label"].transform("nunique") > 1).sum())

    def shuffled(self, draws: np.random.Generator) -> np.ndarray:
        """The labels dealt out anew among the issuers of each stratum."""
        # Sorting by stratum and by chance puts each stratum's issuers in a random order.
        order = np.lexsort((draws.random(len(self.label)), self.stratum))
        place = np.argsort(self.stratum, kind="stable")
        dealt = np.empty_like(self.label)
        dealt[place] = self.label[order]
        return dealt


def deal(rows: pd.DataFrame, label: str, strata: list[str]) -> tuple[Deal, np.ndarray]:
    """The issuers of the rows, and which one each row belongs to.

    An issuer is told by name, and by place where the rows have one. Raises ValueError for an issuer
    with two labels. An issuer's stratum is that of its first row.
    """
    keys = [key for key in ("issuer", "gb2260") if key in rows.columns]
    code = rows.groupby(keys, dropna=False, sort=False).ngroup().to_numpy()
    first = rows.groupby(code)
    if (first[label].nunique() > 1).any():
        raise ValueError(f"an issuer has two values of {label}")
    heads = rows.iloc[np.unique(code, return_index=True)[1]]
    stratum = heads.groupby(strata, dropna=False).ngroup() if strata else pd.Series(0, heads.index)
    labels = heads[label].astype(bool).to_numpy()
    return Deal(stratum.to_numpy(), labels), code


def dealing(
    rows: pd.DataFrame, label: str, *, strata: tuple[str, ...] = ()
) -> Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]:
    """The shuffle of a joint test: `rows` with the label dealt anew over issuers within strata."""
    cards, code = deal(rows, label, list(strata))
    return lambda same, chance: same.assign(**{label: cards.shuffled(chance)[code].astype("int64")})


def log_rate_ratio(
    counts: np.ndarray, exposures: np.ndarray, label: np.ndarray, stratum: np.ndarray
) -> float:
    """Log of Mantel and Haenszel's rate ratio of labelled to other rows over strata.

    Infinite where one side has no case, NaN where neither has or no stratum has both.
    """
    size = int(stratum.max()) + 1 if len(stratum) else 0
    cases = [np.bincount(stratum[label == side], counts[label == side], size) for side in (1, 0)]
    time = [np.bincount(stratum[label == side], exposures[label == side], size) for side in (1, 0)]
    whole = np.maximum(time[0] + time[1], 1e-12)
    above, below = (cases[0] * time[1] / whole).sum(), (cases[1] * time[0] / whole).sum()
    with np.errstate(divide="ignore"):
        return float(np.log(above) - np.log(below)) if above + below > 0 else NAN


def randomisation_test(
    rows: pd.DataFrame,
    count: str,
    exposure: str,
    label: str,
    *,
    strata: tuple[str, ...] = (),
    statistic: Statistic | None = None,
    draws: int = 1999,
    seed: int = 0,
) -> Estimate:
    """Rate ratio of the labelled to the others, with the p of the sharp null that no label matters.

    Estimate: Mantel-Haenszel ratio over strata, or exp of `statistic` (given the rows, such as a
    regression's coefficient). The label moves between issuers (all reports of one together)
    within strata. p is two-sided by size of the log ratio, and counts the labels as they are as one
    draw (Phipson and Smyth 2010), so it is never 0. Null: issuers of a stratum are exchangeable in
    cases and exposure; where spread or volume goes with the label it can reject for that alone.
    Limits are NaN: the test is not inverted.
    """
    stated = rows.dropna(subset=[count, exposure, label])
    stated = stated[numbers(stated, exposure) > 0]
    said = f"{count} per {exposure}: {label} against others"
    method = f"randomisation of {label} over issuers" + (
        f" within {', '.join(strata)}" if strata else ""
    )
    row = Label(said, f"{method}, {draws} draws", "rate ratio", len(stated))
    if stated.empty or stated[label].astype(bool).nunique() < 2:
        return row.cannot("not both groups are there")
    cards, code = deal(stated, label, list(strata))
    row = row._replace(clusters=cards.movable)
    if cards.movable == 0:
        return row.cannot("no stratum holds both groups")
    score = statistic or _mantel_haenszel(count, exposure, label, cards, code)
    seen = score(stated)
    if not np.isfinite(seen):
        return row.cannot("a group has no cases")
    bare = stated.copy()

    def drawn(chance: np.random.Generator) -> float:
        bare[label] = cards.shuffled(chance)[code]
        return score(bare)

    p = chance_beyond(drawn, seen, draws, seed)
    return row.row(np.exp(seen), NAN, NAN, p, "a test: no interval")


def _mantel_haenszel(
    count: str, exposure: str, label: str, cards: Deal, code: np.ndarray
) -> Statistic:
    stratum = cards.stratum[code]

    def score(rows: pd.DataFrame) -> float:
        labels = rows[label].to_numpy(dtype=bool)
        return log_rate_ratio(numbers(rows, count), numbers(rows, exposure), labels, stratum)

    return score


def chance_beyond(
    drawn: Callable[[np.random.Generator], float], seen: float, draws: int, seed: int
) -> float:
    """Share of draws at least as far from 0 as what was seen, which counts as one of them."""
    chance = seeded(seed)
    values = np.array([drawn(chance) for _ in range(draws)])
    # A draw that has no statistic counts against the finding.
    beyond = ~(np.abs(values) < abs(seen) - 1e-12)
    return (1 + int(beyond.sum())) / (1 + draws)
