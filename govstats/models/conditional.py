"""Randomisation given volume: a group that also differs in size is compared by what size leaves.

Dealing labels anew takes labelled and other issuers to be alike in volume, and cases to grow in
step with it. Land offices have more requests and cases grow more slowly, so here the labels are
dealt over what a model without the label leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from govstats.models.estimate import NAN, Estimate, Label
from govstats.models.fits import Family, Unfit, design, estimate
from govstats.models.randomise import randomisation_test


def conditional_randomisation(
    rows: pd.DataFrame,
    formula: str,
    volume: str,
    label: str,
    *,
    strata: tuple[str, ...] = (),
    draws: int = 1999,
    seed: int = 0,
) -> Estimate:
    """Rate ratio of the labelled to the others given the formula's terms, and p by chance.

    `formula` is the model without the label (`cases ~ log_volume`): a negative binomial, fitted
    once. Statistic: score of the label over its standard error, the label freed of the formula's
    terms anew in each draw (else a label that goes with volume would hardly ever be found).
    Estimate: one step of Fisher scoring from no difference, rough where the ratio is far from 1:
    take it from `regress`. Labels move between issuers within strata as in `randomisation_test`;
    rows without a volume above 0 are left out. No interval. Source: Rao 1948; Freedman and Lane
    1983.
    """
    count = formula.partition("~")[0].strip()
    stated = rows.dropna(subset=[count, volume, label])
    stated = stated[stated[volume] > 0]
    try:
        score = _score(stated, formula, label)
        score.refuse(stated)
    except Unfit as why:
        said = f"{count}: {label} against others"
        method = f"randomisation of {label}, score of nb2"
        return Label(said, method, "rate ratio", len(stated)).cannot(str(why))
    found = randomisation_test(
        stated, count, volume, label, strata=strata, statistic=score, draws=draws, seed=seed
    )
    labels = stated[label].to_numpy(dtype="float64")
    ratio = float(np.exp(score.step(labels))) if found.p == found.p else NAN
    said = f"{count}: {label} against others, given {formula.partition('~')[2].strip()}"
    return replace(found, estimand=said, estimate=ratio, method=f"{found.method}; score of nb2")


def scored(
    rows: pd.DataFrame, formula: str, label: str, family: Family = "nb2"
) -> Callable[[pd.DataFrame], Estimate]:
    """A quick way to ask for a specification curve's joint test: `formula` is fitted once.

    The function returned takes a frame that holds the index of `rows`, with the label dealt anew,
    and gives the ratio after one step of scoring, with p by the normal of the score.
    """
    said = Label(label, f"score of {family}: {formula}", "rate ratio", len(rows))
    try:
        score = _score(rows, formula, label, family)
    except Unfit as why:
        cannot = said.cannot(str(why))
        return lambda dealt: cannot

    def ask(dealt: pd.DataFrame) -> Estimate:
        labels = dealt.loc[rows.index, label].to_numpy(dtype="float64")
        return score.estimate(said, labels)

    return ask


class _Score:
    """Score of a label added to a fitted model, over its standard error or its information."""

    def __init__(self, rest: np.ndarray, right: np.ndarray, weights: np.ndarray, label: str):
        self.rest, self.weights, self.label = rest, weights, label
        heeded = right * weights[:, None]
        self.taken = right @ np.linalg.pinv(right.T @ heeded) @ heeded.T

    def __call__(self, rows: pd.DataFrame) -> float:
        above, information = self._parts(rows[self.label].to_numpy(dtype="float64"))
        return float(above / np.sqrt(information)) if information > 0 else NAN

    def step(self, labels: np.ndarray) -> float:
        """Log rate ratio after one step from 0."""
        above, information = self._parts(labels)
        return float(above / information)

    def estimate(self, said: Label, labels: np.ndarray) -> Estimate:
        """Ratio and p of these labels under `said`."""
        from scipy import stats

        above, information = self._parts(labels)
        if information == 0:
            return said.cannot("the label cannot be told from the other terms")
        p = 2 * float(stats.norm.sf(abs(above) / np.sqrt(information)))
        return said.row(np.exp(above / information), NAN, NAN, p, "one step: no interval")

    def refuse(self, rows: pd.DataFrame) -> None:
        """Raise Unfit where the label of these rows is one with the model's terms."""
        if self._parts(rows[self.label].to_numpy(dtype="float64"))[1] == 0:
            raise Unfit(f"{self.label} cannot be told from the other terms")

    def _parts(self, labels: np.ndarray) -> tuple[float, float]:
        free = labels - self.taken @ labels
        information = float((self.weights * free**2).sum())
        return float(free @ self.rest), information if information > 1e-9 else 0.0


def _score(rows: pd.DataFrame, formula: str, label: str, family: Family = "nb2") -> _Score:
    made = design(rows, formula)
    if len(made.right) != len(rows):
        raise Unfit("a report does not state all terms of the formula")
    fit = estimate(made, family)
    mu = np.exp(made.right @ fit.params + made.offset)
    rest = (made.left[:, 0] - mu) / (1 + fit.alpha * mu)
    return _Score(rest, made.right, mu / (1 + fit.alpha * mu), label)
