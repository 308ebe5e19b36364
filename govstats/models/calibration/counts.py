"""Made-up collections of reviews and suits, sent through the functions for counts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from govstats.models.calibration.finding import Finding, covers, rejects
from govstats.models.conditional import scored
from govstats.models.counts import dispersion_test, elasticity, mean_rate, rate
from govstats.models.curve import Specification, joint_test
from govstats.models.fits import Family
from govstats.models.power import by_chance, by_regression
from govstats.models.randomise import dealing, randomisation_test
from govstats.models.regression import Errors, regress
from govstats.models.simulate import World, draw_counts, some_provinces
from govstats.models.zeros import zeros

_ERRORS: tuple[Errors, ...] = ("model", "robust", "jackknife")
_FAMILIES: tuple[Family, ...] = ("poisson", "nb2")
_FORMULA = "cases ~ land"
# The two sets of terms that the notebooks hold constant.
VOLUME, LEVEL = "log_volume", "log_volume + C(level)"


def per_request(shape: pd.DataFrame, world: World, draws: np.random.Generator) -> Iterator[Finding]:
    """Rate ratios and mean rates per request; with a ratio of 1, tests under the null."""
    rows = draw_counts(shape, world, draws)
    for family in _FAMILIES:
        for errors in _ERRORS[1:] if family == "poisson" else _ERRORS:
            found = regress(
                rows, _FORMULA, family=family, exposure="volume", cluster="province", errors=errors
            )[0]
            name = f"rate ratio, {family}, {errors}"
            yield covers(name, found, world.ratio) if world.ratio != 1 else rejects(name, found)
    if world.ratio != 1:
        return
    for family in _FAMILIES:
        found = mean_rate(rows, "cases ~ 1", "volume", "", family=family, cluster="province")
        yield covers(f"mean rate, {family}, jackknife", found, 100 * world.rate)
        found = elasticity(rows, "cases ~ 1", "volume", family=family, cluster="province")
        yield rejects(f"elasticity 1, {family}, jackknife", found)
    crude = rate(rows, "cases", "volume", "")
    yield covers("crude rate, exact Poisson", crude, 100 * world.rate)
    yield from _dealt(rows)
    even = draw_counts(shape, world._replace(alpha=0.0, cluster=0.0), draws)
    trivedi, pearson = dispersion_test(even, _FORMULA, "volume", draws=499)
    yield rejects("dispersion, Cameron-Trivedi", trivedi)
    yield rejects("dispersion, Pearson", pearson)


def _dealt(rows: pd.DataFrame) -> Iterator[Finding]:
    found = randomisation_test(rows, "cases", "volume", "land", draws=199, seed=1)
    yield rejects("randomisation per request", found)
    found = randomisation_test(
        rows, "cases", "volume", "land", strata=("level",), draws=199, seed=1
    )
    yield rejects("randomisation per request, within level", found)


def given_volume(
    shape: pd.DataFrame, world: World, draws: np.random.Generator
) -> Iterator[Finding]:
    """Land offices where cases do not grow in step with requests; per request, for comparison."""
    rows = draw_counts(shape, world, draws)
    for rest in (VOLUME, LEVEL):
        found = by_regression(rows, rest=rest)
        name = f"nb2 given {rest}, jackknife"
        yield covers(name, found, world.ratio) if world.ratio != 1 else rejects(name, found)
    if world.ratio != 1:
        return
    yield rejects("since 2024, nb2 given log_volume, jackknife", by_regression(rows, "since_2024"))
    yield rejects("zeros beyond nb2", zeros(rows, f"cases ~ {VOLUME}", draws=499)[2])
    for rest in (VOLUME, LEVEL):
        yield rejects(f"randomisation given {rest}", by_chance(rows, rest=rest))
    found = regress(rows, _FORMULA, family="nb2", exposure="volume", cluster="province")[0]
    yield rejects("rate ratio, nb2, jackknife", found)
    yield from _dealt(rows)
    even = draw_counts(shape, world._replace(alpha=0.0, cluster=0.0), draws)
    trivedi, pearson = dispersion_test(even, f"{_FORMULA} + {VOLUME}", None, draws=499)
    yield rejects("dispersion given log_volume, Cameron-Trivedi", trivedi)
    yield rejects("dispersion given log_volume, Pearson", pearson)


def placebo(shape: pd.DataFrame, world: World, draws: np.random.Generator) -> Iterator[Finding]:
    """Education, health and police against all others but land: nothing is there to be found."""
    rows = draw_counts(shape[shape["land"] == 0].reset_index(drop=True), world, draws)
    for rest in (VOLUME, LEVEL):
        found = by_regression(rows, "placebo", rest)
        yield rejects(f"placebo organs, nb2 given {rest}, jackknife", found)
        found = by_chance(rows, "placebo", rest)
        yield rejects(f"placebo organs, randomisation given {rest}", found)


def few(shape: pd.DataFrame, world: World, draws: np.random.Generator) -> Iterator[Finding]:
    """Mean rates and land offices where there are few provinces: a scope, a form."""
    rows = draw_counts(shape, world, draws)
    found = mean_rate(rows, "cases ~ 1", "volume", "", family="nb2", cluster="province")
    yield covers("mean rate, nb2, jackknife", found, 100 * world.rate)
    yield rejects("nb2 given log_volume, jackknife", by_regression(rows))
    yield rejects("randomisation given log_volume", by_chance(rows))


def few_of(many: int):  # type: ignore[no-untyped-def]
    """`few` on the reports of so many provinces, drawn anew each time."""

    def ask(shape: pd.DataFrame, world: World, draws: np.random.Generator) -> Iterator[Finding]:
        yield from few(some_provinces(shape, many, draws), world, draws)

    return ask


def curve(shape: pd.DataFrame, world: World, draws: np.random.Generator) -> Iterator[Finding]:
    """The specification curve's joint test, as notebook 10 asks it."""
    rows = draw_counts(shape, world, draws)
    parts = {"all": rows, "large": rows[rows["volume"] >= 5]}
    specs = [
        Specification({"sample": name, "given": rest}, scored(part, f"cases ~ {rest}", "land"))
        for name, part in parts.items()
        for rest in (VOLUME, LEVEL)
    ]
    dealt = dealing(rows, "land", strata=("level",))
    for found in joint_test(rows, specs, dealt, draws=99, seed=1):
        yield rejects(f"specification curve: {found.estimand}", found)
