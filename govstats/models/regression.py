"""Regressions of counts and of shares, with errors between clusters, few or many.

The caller writes the formula and the family, so that the model stays visible where it is used.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from govstats.models.clusters import jackknife, level_number
from govstats.models.estimate import (
    LEVEL,
    NAN,
    Estimate,
    Label,
    p_value,
    quantile_t,
)
from govstats.models.fits import Design, Family, Fit, Unfit, design, estimate, part, told

Errors = Literal["model", "robust", "jackknife"]


def regress(
    rows: pd.DataFrame,
    formula: str,
    *,
    family: Family,
    exposure: str | None = None,
    cluster: str | None = None,
    errors: Errors = "jackknife",
    term: str | None = None,
    level: float = LEVEL,
) -> list[Estimate]:
    """Ratios that go with the terms of a formula, a row a term other than the intercept.

    Counts (`cases ~ terms`; poisson, quasipoisson, nb2): rate ratios, with log(`exposure`) as
    offset. Shares (`cases + others ~ terms`; binomial, quasibinomial, betabinomial): odds ratios.
    Nothing here says that one brings about the other. `term` keeps the terms whose name holds it.

    Errors: `model` believes the family, quasi ones with Pearson's scale; `robust` is the sandwich
    by `cluster` (CRV1); `jackknife` leaves out one cluster at a time (CRV3), for few or unequal
    clusters (MacKinnon, Nielsen and Webb 2023). The last two use Student's t with the effective
    number of clusters less 1 degrees of freedom (Carter, Schnepel and Steigerwald 2017). Without
    `cluster` each report is one. Quasi-binomial ratios rest on the largest reports; where few
    reports hold most requests take betabinomial (calibration).
    """
    said = f"{family}: {formula}" + (f", offset log({exposure})" if exposure else "")
    method = f"{said}; {errors} errors" + (f" by {cluster}" if cluster else "")
    unit = "odds ratio" if "binomial" in family else "rate ratio"
    label = Label(term or formula, method, unit, 0, level=level)
    try:
        made = design(rows, formula, exposure, cluster)
        if errors != "model" and made.groups < 2:
            raise Unfit("one cluster, and the error is between clusters")
        fit = estimate(made, family, robust=errors == "robust")
    except Unfit as why:
        return [label.cannot(str(why))]
    groups = 0 if errors == "model" else made.groups
    label = label._replace(n=len(made.right), clusters=groups, caveats=made.caveats)
    terms = [(i, name) for i, name in enumerate(made.names) if name != "Intercept"]
    wanted = [i for i, name in terms if (term or "") in name]
    if not wanted:
        return [label.cannot(f"the formula has no term {term}")]
    return [_ratio(label, made, fit, i, family, errors) for i in wanted]


def _ratio(
    label: Label,
    made: Design,
    fit: Fit,
    i: int,
    family: Family,
    errors: Errors,
) -> Estimate:
    label = label._replace(estimand=made.names[i])
    if obstacle := told(made, fit, i):
        return label.cannot(obstacle)
    error, why = float(np.sqrt(fit.covariance[i, i])), ""
    freedom = _freedom(errors, made, fit, i)
    if errors == "jackknife":
        error, why = jackknife(made.clusters, _without(made, family, i))
    ratio = float(np.exp(fit.params[i]))
    if np.isnan(error) or error == 0:
        why = why or "no error between clusters"
        return label.one_sided(ratio, NAN, NAN, f"no interval: {why}")
    reach = quantile_t(label.level, freedom) * error
    low, high = np.exp(fit.params[i] + np.array([-reach, reach]))
    return label.row(ratio, low, high, p_value(fit.params[i] / error, freedom))


def intercept(made: Design, family: Family, errors: Errors) -> tuple[float, float, float, str]:
    """The first coefficient, its standard error, its degrees of freedom, and what failed."""
    fit = estimate(made, family, robust=errors == "robust")
    freedom = _freedom(errors, made, fit, 0)
    if errors != "jackknife":
        return float(fit.params[0]), float(np.sqrt(fit.covariance[0, 0])), freedom, ""
    error, why = jackknife(made.clusters, _without(made, family, 0))
    return float(fit.params[0]), error, freedom, why


def _freedom(errors: Errors, made: Design, fit: Fit, i: int) -> float:
    """Reports less coefficients, or the effective number of clusters less 1.

    Reports that differ by more than chance bring errors as their weight in the coefficient.
    """
    if errors == "model":
        return len(made.right) - len(made.names)
    heeded = made.right * fit.weights[:, None]
    pull = heeded @ np.linalg.pinv(made.right.T @ heeded)[i]
    return level_number(np.bincount(np.unique(made.clusters, return_inverse=True)[1], pull**2)) - 1


def _without(made: Design, family: Family, i: int):  # type: ignore[no-untyped-def]
    def coefficient(keep: np.ndarray) -> float:
        try:
            less = part(made, keep)
            fit = estimate(less, family)
        except Unfit:
            return NAN
        return NAN if told(less, fit, i) else float(fit.params[i])

    return coefficient
