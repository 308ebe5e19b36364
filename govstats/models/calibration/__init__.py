"""Whether the intervals cover and the tests hold their level, at the panel's real size.

    python -m govstats.models.calibration --out FILE [--panel FOLDER] [--runs N] [--seed N]

draws collections with the panel's own reports, volumes and provinces and with known effects, and
sends them through the same functions that the notebooks call.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from govstats.models.cached import SEED, command
from govstats.models.calibration import counts, shares
from govstats.models.calibration.finding import COVER, REJECT, Finding, summary
from govstats.models.estimate import seeded
from govstats.models.simulate import WORLDS, World, count_rows, share_rows

__all__ = ["COVER", "REJECT", "calibrate", "main", "scenarios"]

Ask = Callable[[pd.DataFrame, World, np.random.Generator], Iterator[Finding]]
FEW = (3, 5, 8)


class Scenario(NamedTuple):
    """A made-up world on the reports of a shape, what is asked of it, and its part of the runs."""

    title: str
    ask: Ask
    shape: pd.DataFrame
    world: World
    part: float = 1.0


def scenarios(panel: pd.DataFrame) -> list[Scenario]:
    """All that is tried; a scope or form of which the panel has under 2 provinces is left out."""
    found = [*_all_reports(panel), *_given_volume(panel), *_few_provinces(panel)]
    return [each for each in found if each.shape["province"].nunique() > 1]


def _all_reports(panel: pd.DataFrame) -> Iterator[Scenario]:
    held, cases, even = share_rows(panel), count_rows(panel), World(province=0.0, report=1.25)
    yield Scenario("shares", shares.pooled, held, World())
    yield Scenario("shares, no clusters", shares.pooled, held, even, 0.5)
    yield Scenario("single shares, odds ratio 1", shares.single, held, World())
    yield Scenario("single shares, odds ratio 2", shares.single, held, World(odds=2.0), 0.5)
    yield Scenario("counts, ratio 1", counts.per_request, cases, World())
    yield Scenario("counts, ratio 2", counts.per_request, cases, World(ratio=2.0), 0.5)
    yield Scenario("curve, ratio 1", counts.curve, cases, World(), 0.5)


def _given_volume(panel: pd.DataFrame) -> Iterator[Scenario]:
    for outcome, world in WORLDS.items():
        shape = count_rows(panel, outcome)
        yield Scenario(f"{outcome} given volume, ratio 1", counts.given_volume, shape, world)
        twice = world._replace(ratio=2.0)
        yield Scenario(f"{outcome} given volume, ratio 2", counts.given_volume, shape, twice, 0.5)
        yield Scenario(f"{outcome}, placebo organs", counts.placebo, shape, world, 0.5)


def _few_provinces(panel: pd.DataFrame) -> Iterator[Scenario]:
    """System scope, each form, and 3, 5 or 8 provinces of own scope."""
    held, cases = share_rows(panel), count_rows(panel)
    for many in FEW:
        yield Scenario(f"shares, {many} provinces", shares.few_of(many), held, World())
        yield Scenario(f"counts, {many} provinces", counts.few_of(many), cases, World())
    forms = sorted(set(panel.get("form", pd.Series(dtype="str")).dropna()) - {"unknown", "mixed"})
    parts = [("system", None), *(("own", form) for form in forms)]
    for scope, form in parts:
        said = f"form {form}" if form else f"{scope} scope"
        held, cases = (rows(panel, scope=scope, form=form) for rows in (share_rows, count_rows))
        yield Scenario(f"shares, {said}", shares.few, held, World())
        yield Scenario(f"counts, {said}", counts.few, cases, World())


def calibrate(
    panel: pd.DataFrame, *, runs: int, seed: int = SEED, only: Container[str] | None = None
) -> pd.DataFrame:
    """Coverage and rejection of every method over `runs` made-up collections each.

    Columns: scenario, reports, provinces (of the panel, from which the collection is made), name,
    measure (coverage or rejection), runs, undefined (no interval or no test), value with low and
    high (fractions of the runs that gave one, Clopper-Pearson), width (median, in the unit of the
    estimate), passes (yes: at least 93 %, at most 7 %; no; exempt; never defined). Slow scenarios
    have a part of the runs. `only` keeps the scenarios of these titles. The same seed gives the
    same rows, whatever else is asked.
    """
    every = scenarios(panel)
    found = [
        finding._asdict() | {"scenario": each.title}
        for number, each in enumerate(every)
        if only is None or each.title in only
        for run in range(max(round(runs * each.part), 1))
        for finding in each.ask(each.shape, each.world, seeded([seed, number, run]))
    ]
    table = summary(pd.DataFrame(found, columns=[*Finding._fields, "scenario"]))
    sizes = {each.title: (len(each.shape), each.shape["province"].nunique()) for each in every}
    for place, name in enumerate(("reports", "provinces")):
        counted = [sizes[title][place] for title in table["scenario"]]
        table.insert(place + 1, name, np.array(counted, dtype="int64"))
    return table


def main(arguments: list[str] | None = None) -> int:
    """Write the calibration of the panel as CSV."""
    about = "Calibrate intervals and tests by simulation."
    return command("calibration", about, calibrate, arguments)
