"""The statistics that the notebooks call: each function takes a frame and gives tidy rows.

A result is an `Estimate` or a list of them; `tidy` makes a frame of any number. What cannot be
estimated is a row that says why. `models.power` and `models.calibration` are simulations to be
run, and are imported by name. Shares are in percent, rates per 100, ratios as they are. Needs
the extra `notebooks`; scipy and statsmodels are loaded when a function first needs them.
"""

from govstats.models.bounds import e_value, worst_case, worst_case_requests
from govstats.models.cached import misses, read_cached
from govstats.models.conditional import conditional_randomisation, scored
from govstats.models.counts import dispersion_test, elasticity, mean_rate, rate
from govstats.models.curve import Specification, joint_test, specification_curve
from govstats.models.effects import dersimonian_laird, logit_normal
from govstats.models.estimate import Estimate, sentence, tidy
from govstats.models.family import adjust
from govstats.models.groups import by_group, dominant, readings
from govstats.models.land import STRATA, land_dealt, land_tests
from govstats.models.pooled import beta_binomial, shrunken
from govstats.models.power import detectable
from govstats.models.randomise import dealing, randomisation_test
from govstats.models.regression import regress
from govstats.models.samples import (
    PLACEBO,
    complete,
    concluded,
    stated,
    with_cases,
    with_prose,
    with_topics,
)
from govstats.models.shares import crude_share, mean_share, share, share_each
from govstats.models.simulate import shape_of
from govstats.models.zeros import zeros

__all__ = [
    "Estimate",
    "PLACEBO",
    "STRATA",
    "Specification",
    "adjust",
    "beta_binomial",
    "by_group",
    "complete",
    "concluded",
    "conditional_randomisation",
    "crude_share",
    "dealing",
    "dersimonian_laird",
    "detectable",
    "dispersion_test",
    "dominant",
    "e_value",
    "elasticity",
    "joint_test",
    "land_dealt",
    "land_tests",
    "logit_normal",
    "mean_rate",
    "mean_share",
    "misses",
    "randomisation_test",
    "rate",
    "read_cached",
    "readings",
    "regress",
    "scored",
    "sentence",
    "shape_of",
    "share",
    "share_each",
    "shrunken",
    "specification_curve",
    "stated",
    "tidy",
    "with_cases",
    "with_prose",
    "with_topics",
    "worst_case",
    "worst_case_requests",
    "zeros",
]
