"""What a share could be at worst, and what a hidden third cause would have to be."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from govstats.models.estimate import NAN, Estimate, Label, numbers


def worst_case(
    rows: pd.DataFrame,
    low: str,
    high: str,
    total: str,
    estimand: str,
    *,
    frame: float,
) -> Estimate:
    """The mean share of all reports of the frame, in percent, whatever the others hold.

    `frame` is how many reports there should be. Of the reports held, `low` and `high` are the
    limits of the count that missing cells leave (the same column twice: no cell is missing); an
    empty low is 0, an empty high is the total. A report that is not held, or states no total, can
    hold a share of 0 to 100. The estimate is the mean of the reports held where low is high
    everywhere. No sampling error: these limits do not shrink with more of the same. Source:
    Manski 1989.
    """
    totals = numbers(rows, total)
    stated = totals > 0
    method = "worst-case bounds, missing reports and cells"
    label = Label(estimand, method, "percent", int(stated.sum()), level=NAN)
    label = label._replace(caveats=("limits without sampling error: no level",))
    if not frame > 0:
        return label.cannot("the frame is empty")
    if stated.sum() > frame:
        return label.cannot(f"{int(stated.sum())} reports held of a frame of {frame:.0f}")
    least, most = _limits(rows, low, high, totals, stated)
    held = f"{stated.sum()} of {frame:.0f} reports held ({100 * stated.sum() / frame:.1f} %)"
    bottom, top = least.sum() / frame, (most.sum() + frame - stated.sum()) / frame
    exact = bool(stated.any()) and bool((least == most).all())
    middle = 100 * least.mean() if exact else NAN
    why = held if exact else f"{held}; no point: cells are missing or no report is held"
    return label.row(middle, 100 * bottom, 100 * top, also=why)


def worst_case_requests(
    rows: pd.DataFrame, low: str, high: str, total: str, estimand: str, *, frame: float
) -> Estimate:
    """The share of all requests of the frame, in percent, whatever the others hold.

    As `worst_case`, with `frame` the number of all requests (from an outside source) and each
    request of the same weight.
    """
    totals = numbers(rows, total)
    stated = totals > 0
    method = "worst-case bounds, missing requests and cells"
    label = Label(estimand, method, "percent", int(stated.sum()), level=NAN)
    label = label._replace(caveats=("limits without sampling error: no level",))
    known = float(totals[stated].sum())
    if not frame > 0 or known > frame:
        return label.cannot(f"{known:.0f} requests held of a frame of {frame:.0f}")
    least, most = (each * totals[stated] for each in _limits(rows, low, high, totals, stated))
    bottom, top = least.sum() / frame, (most.sum() + frame - known) / frame
    exact = known > 0 and bool((least == most).all())
    middle = 100 * least.sum() / known if exact else NAN
    why = f"{known:.0f} of {frame:.0f} requests held"
    return label.row(middle, 100 * bottom, 100 * top, also=why if exact else f"{why}; no point")


def _limits(
    rows: pd.DataFrame, low: str, high: str, totals: np.ndarray, stated: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest share of each report that states a total."""
    n = totals[stated]
    least, most = numbers(rows, low)[stated], numbers(rows, high)[stated]
    least, most = np.where(np.isnan(least), 0, least), np.where(np.isnan(most), n, most)
    return np.clip(least / n, 0, 1), np.clip(most / n, 0, 1)


def e_value(found: Estimate) -> Estimate:
    """How strong a hidden third cause would have to be to explain a rate ratio away.

    The ratio by which it would have to go with both the group and the outcome, each beyond what the
    model holds constant: for the estimate, and as `low` for the limit of its interval that is
    nearer to 1 (1 where the interval holds 1). Source: VanderWeele and Ding 2017.
    """
    label = Label(
        f"E-value of {found.estimand}",
        f"E-value; {found.method}",
        "ratio",
        found.n,
        found.clusters,
        found.level,
        (found.caveats,) if found.caveats else (),
    )
    if not found.estimate > 0:
        return label.cannot("there is no rate ratio")
    near = found.low if found.estimate > 1 else found.high
    crosses = found.low <= 1 <= found.high
    limit = 1.0 if crosses else _e(near)
    said = "low belongs to the limit nearer to 1, there is no upper limit"
    return label.row(_e(found.estimate), limit, NAN, also=said)


def _e(ratio: float) -> float:
    if math.isnan(ratio):
        return NAN
    up = ratio if ratio >= 1 else 1 / ratio
    return up + math.sqrt(up * (up - 1))
