"""Designs and fits of the regressions: arrays in, coefficients out, or the reason why not."""

from __future__ import annotations

import re
import warnings
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from govstats.models.clusters import hessian
from govstats.models.estimate import cluster_names, mixed, numbers

Family = Literal["poisson", "quasipoisson", "nb2", "binomial", "quasibinomial", "betabinomial"]
# A log ratio beyond this is a group without cases, on its way to infinity.
_FAR = 12.0


class Unfit(ValueError):
    """A model that the rows cannot tell; the message says why."""


class Design(NamedTuple):
    """What a formula makes of the rows: left side (one or two columns), right side, offset."""

    left: np.ndarray
    right: np.ndarray
    names: list[str]
    offset: np.ndarray
    clusters: np.ndarray
    caveats: tuple[str, ...]

    @property
    def groups(self) -> int:
        """How many clusters there are."""
        return len(np.unique(self.clusters))


class Fit(NamedTuple):
    """Coefficients, covariance (model's or robust), NB2's alpha or the beta's rho, weights.

    `weights` is how much the fit heeds each report.
    """

    params: np.ndarray
    covariance: np.ndarray
    alpha: float
    weights: np.ndarray


def design(
    rows: pd.DataFrame, formula: str, exposure: str | None = None, cluster: str | None = None
) -> Design:
    """The rows that state all that the formula and the exposure name, as arrays.

    Raises Unfit when none is left, or a coefficient cannot be told from the others.
    """
    import statsmodels.formula.api as smf

    named = [name for name in rows.columns if re.search(rf"\b{re.escape(name)}\b", formula)]
    needed = list(dict.fromkeys([*named, *([exposure] if exposure else [])]))
    kept = rows.dropna(subset=needed)
    if exposure:
        kept = kept[numbers(kept, exposure) > 0]
    if kept.empty:
        raise Unfit(f"no report states {', '.join(needed)}")
    plain = {name: kept[name].astype("float64") for name in needed if _is_number(kept[name])}
    # The family only tells statsmodels how many columns the left side may have.
    model = smf.glm(formula, kept.assign(**plain), family=_binomial_or_none(formula))
    offset = np.log(numbers(kept, exposure)) if exposure else np.zeros(len(kept))
    lost = len(rows) - len(kept)
    caveats = (f"{lost} rows do not state all and are left out" if lost else "", mixed(kept))
    found = Design(
        _left(kept.assign(**plain), formula),
        np.asarray(model.exog, dtype="float64"),
        list(model.exog_names),
        offset,
        cluster_names(kept, cluster),
        tuple(filter(None, caveats)),
    )
    _refuse(found)
    return found


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _binomial_or_none(formula: str):  # type: ignore[no-untyped-def]
    import statsmodels.api as sm

    return sm.families.Binomial() if "+" in formula.partition("~")[0] else sm.families.Poisson()


def _left(rows: pd.DataFrame, formula: str) -> np.ndarray:
    """The left side's columns as they stand: cases, or cases and the others."""
    names = [each.strip() for each in formula.partition("~")[0].split("+")]
    return np.column_stack([rows[name].to_numpy(dtype="float64") for name in names])


def _refuse(found: Design) -> None:
    if found.left[:, 0].sum() == 0:
        raise Unfit("no case in any report")
    if found.left.shape[1] > 1 and found.left[:, 1].sum() == 0:
        raise Unfit("nothing but cases")
    if len(found.right) <= found.right.shape[1]:
        raise Unfit(f"{len(found.right)} reports for {found.right.shape[1]} coefficients")
    if np.linalg.matrix_rank(found.right) < found.right.shape[1]:
        raise Unfit("the formula's terms cannot be told apart in these reports")


def part(made: Design, keep: np.ndarray) -> Design:
    """The design's rows that stay; Unfit where no case is left.

    A dummy of the cluster left out stays as a column of 0, which changes no other coefficient.
    """
    less = made._replace(
        left=made.left[keep],
        right=made.right[keep],
        offset=made.offset[keep],
        clusters=made.clusters[keep],
    )
    if less.left[:, 0].sum() == 0:
        raise Unfit("no case is left")
    return less


def estimate(made: Design, family: Family, robust: bool = False) -> Fit:
    """Fit the family to the design; Unfit where the maximum is at infinity or is not found."""
    with warnings.catch_warnings():
        # What the warnings say is checked below: size of the coefficients, and convergence.
        warnings.simplefilter("ignore")
        try:
            fit = _fit(made, family, robust)
        except (np.linalg.LinAlgError, ValueError, ArithmeticError) as error:
            raise Unfit(f"the fit failed: {error}") from error
    if not np.isfinite(fit.params).all():
        raise Unfit("the fit did not converge")
    return fit


def told(made: Design, fit: Fit, i: int) -> str:
    """Why the rows do not tell this coefficient; "" where they do.

    Asked of one coefficient, as a control whose group has no cases (a province's dummy) harms no
    other: its rows are then predicted as they are.
    """
    column = made.right[:, i]
    if i and np.ptp(column) == 0:
        return "all reports are of one group"
    step = 1.0 if np.isin(column, (0, 1)).all() else column.std()
    far = i > 0 and abs(fit.params[i]) * step > _FAR
    return "a group has no cases, or nothing else: its ratio is 0 or infinite" if far else ""


def _fit(made: Design, family: Family, robust: bool) -> Fit:
    if family == "nb2":
        return _nb2(made, robust)
    if family == "betabinomial":
        return _beta_binomial(made, robust)
    return _glm(made, family, robust)


def _clustered(made: Design, robust: bool) -> dict[str, object]:
    if not robust:
        return {}
    group = np.unique(made.clusters, return_inverse=True)[1]
    return {"cov_type": "cluster", "cov_kwds": {"groups": group}}


def _glm(made: Design, family: Family, robust: bool) -> Fit:
    import statsmodels.api as sm

    kind = sm.families.Binomial() if "binomial" in family else sm.families.Poisson()
    left = made.left if "binomial" in family else made.left[:, 0]
    model = sm.GLM(left, made.right, family=kind, offset=made.offset)
    quasi = {"scale": "X2"} if family.startswith("quasi") and not robust else {}
    found = model.fit(maxiter=100, **quasi, **_clustered(made, robust))
    if not found.converged:
        raise Unfit("the fit did not converge")
    mu = np.asarray(found.fittedvalues)
    heed = made.left.sum(axis=1) * mu * (1 - mu) if "binomial" in family else mu
    return Fit(np.asarray(found.params), np.asarray(found.cov_params()), 0.0, heed)


def _nb2(made: Design, robust: bool) -> Fit:
    """Variance mu + alpha mu^2; the Poisson where that is likelier."""
    import statsmodels.api as sm

    plain = _glm(made, "poisson", robust)
    cases, mu = made.left[:, 0], np.exp(made.right @ plain.params + made.offset)
    alpha = (((cases - mu) ** 2 - mu).sum()) / (mu**2).sum()
    # With no more spread than Poisson the maximum is at alpha 0, where the search would fail.
    if not _spreads(cases, mu):
        return plain
    model = sm.NegativeBinomial(cases, made.right, offset=made.offset)
    start = np.append(plain.params, max(alpha, 0.1))
    for method, most in (("newton", 50), ("bfgs", 300), ("nm", 5000)):
        found = model.fit(start, method=method, maxiter=most, disp=0, **_clustered(made, robust))
        sound = np.isfinite(found.params).all() and found.params[-1] > 0
        if found.mle_retvals["converged"] and sound:
            break
    else:
        raise Unfit("the negative binomial did not converge")
    size = made.right.shape[1]
    covariance = np.asarray(found.cov_params())[:size, :size]
    params, alpha = np.asarray(found.params)[:size], float(found.params[size])
    mu = np.exp(made.right @ params + made.offset)
    return Fit(params, covariance, alpha, mu / (1 + alpha * mu))


def _spreads(cases: np.ndarray, mu: np.ndarray) -> bool:
    """Whether the likelihood rises as alpha leaves 0: its derivative there is this sum."""
    return float(((cases - mu) ** 2 - cases).sum()) > 0


def _beta_binomial(made: Design, robust: bool) -> Fit:
    """Log odds of the mean by the design, one rho = 1 / (a + b + 1) for all reports."""
    from scipy.optimize import minimize
    from scipy.special import betaln, expit

    plain = _glm(made, "binomial", robust)
    cases, others = made.left.T

    def lack(theta: np.ndarray) -> float:
        mean, size = expit(made.right @ theta[:-1] + made.offset), np.exp(-theta[-1])
        a, b = np.maximum(mean * size, 1e-10), np.maximum((1 - mean) * size, 1e-10)
        return float(-(betaln(cases + a, others + b) - betaln(a, b)).sum())

    limits = [(-25.0, 25.0)] * len(plain.params) + [(-9.0, 7.0)]
    start = np.append(np.clip(plain.params, -5, 5), -1.0)
    best = minimize(lack, start, method="L-BFGS-B", bounds=limits).x
    # At the edge reports spread no more than by chance, and the binomial is the fit.
    if best[-1] < -8.9:
        return plain
    if robust:
        raise Unfit("the beta-binomial has no robust errors here: use jackknife")
    size = len(plain.params)
    mean, total = expit(made.right @ best[:-1]), cases + others
    rho = float(expit(best[-1]))
    heed = total * mean * (1 - mean) / (1 + (total - 1) * rho)
    return Fit(best[:-1], np.linalg.pinv(hessian(lack, best))[:size, :size], rho, heed)
