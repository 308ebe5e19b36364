"""The tests of the second question, in one place: notebooks 09 and 10 ask the same ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from govstats.models.conditional import conditional_randomisation
from govstats.models.counts import elasticity
from govstats.models.estimate import Estimate
from govstats.models.regression import regress

# No government is a land office: within level and body the label stays among other bodies.
STRATA: tuple[tuple[str, ...], ...] = ((), ("level",), ("level", "body"), ("province",))
_FORMULAS = {
    "land, volume": "cases ~ land + log_requests",
    "land, volume and level": "cases ~ land + log_requests + C(level)",
    "land, volume, level, 2024": "cases ~ land + log_requests + C(level) + since_2024",
}


def land_dealt(rows: pd.DataFrame) -> list[Estimate]:
    """`conditional_randomisation` of land offices given volume, within each of `STRATA`."""
    given = (rows, "cases ~ log_requests", "requests", "land")
    return [conditional_randomisation(*given, strata=strata) for strata in STRATA]


def land_tests(rows: pd.DataFrame, case: str) -> Iterator[Estimate]:
    """The declared family for one kind of case, named in `estimand`; rows: `with_cases`."""
    for name, formula in _FORMULAS.items():
        found = regress(rows, formula, family="nb2", cluster="province", term="land")[0]
        yield replace(found, estimand=f"{case}: {name}")
    for strata, found in zip(STRATA, land_dealt(rows), strict=True):
        where = " and ".join(strata) or "all"
        yield replace(found, estimand=f"{case}: land, dealt anew among {where}")
    for name, kept in {"all years": rows, "from 2021": rows[rows["year"] >= 2021]}.items():
        formula = "cases ~ since_2024 + log_requests"
        found = regress(kept, formula, family="nb2", cluster="province")[0]
        yield replace(found, estimand=f"{case}: since 2024, {name}")
    found = elasticity(rows, "cases ~ 1", "requests", family="nb2", cluster="province")
    yield replace(found, estimand=f"{case}: elasticity 1")
