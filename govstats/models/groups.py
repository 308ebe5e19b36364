"""The same question asked of every group of reports, and of the replies of each report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from govstats.models.estimate import NAN, Estimate, Label, numbers
from govstats.models.pooled import beta_binomial
from govstats.models.shares import crude_share, mean_share

# First-level replies of the form that stand beside "not held" (notice of 2021, table 3 part 3).
_OTHERS = ("refused", "not_processed", "other_handling")


def by_group(
    rows: pd.DataFrame,
    by: Sequence[str],
    ask: Callable[[pd.DataFrame], Estimate],
    *,
    known: str,
    least: int = 5,
) -> pd.DataFrame:
    """Tidy rows of `ask` for every value of every column of `by`, with columns by and group first.

    A group with fewer than `least` reports that state `known` is a row that says so: an interval
    from so few would be taken for more than it is. Groups come in the order of their names.
    """
    found = []
    for column in by:
        named = rows[column].astype("string").fillna("")
        for group, part in rows.groupby(named, sort=True):
            stated = int(part[known].notna().sum())
            result = ask(part) if stated >= least else _too_few(stated, least)
            found.append({"by": column, "group": group or "unknown"} | _fields(result))
    columns = ["by", "group", *_fields(_too_few(0, least))]
    return pd.DataFrame(found, columns=columns)


def readings(rows: pd.DataFrame, count: str, total: str, estimand: str) -> list[Estimate]:
    """Four readings of one share in percent, errors between provinces.

    The mean of the reports' shares; their mean under a beta-binomial; where a new report would
    lie; all requests together, where few large reports weigh most.
    """
    spread = beta_binomial(rows, count, total, estimand, cluster="province")
    given = (rows, count, total, estimand)
    crude = crude_share(*given, cluster="province")
    ahead = replace(spread[2], estimand=estimand, method="a new report, beta-binomial")
    return [mean_share(*given, cluster="province"), spread[0], ahead, crude]


def _fields(result: Estimate) -> dict[str, object]:
    return {name: getattr(result, name) for name in Estimate.__dataclass_fields__}


def _too_few(stated: int, least: int) -> Estimate:
    label = Label("", "", "", stated, level=NAN)
    return label.cannot(f"{stated} reports state it, fewer than {least}")


def dominant(rows: pd.DataFrame) -> pd.DataFrame:
    """Whether "not held" is dominant in each report: columns largest, beyond_refusals.

    largest: it outnumbers every other reply (granted, partly granted, refused, unable for another
    reason, not processed, other). beyond_refusals: it outnumbers all refusals together. Ties do
    not count. 1.0, 0.0, or NaN where missing cells leave both open; what the limits of not_held
    and a joint number of granted and partly granted settle is settled. Index as `rows`, which have
    answered requests.
    """
    low = np.nan_to_num(numbers(rows, "not_held_low"), nan=0.0)
    high = _filled(numbers(rows, "not_held_high"), numbers(rows, "answered"))
    refused = numbers(rows, "refused")
    bottoms, tops = zip(*_rivals(rows, low, high), strict=True)
    least, most = np.max(bottoms, axis=0), np.max(tops, axis=0)
    top = numbers(rows, "answered")
    return pd.DataFrame(
        {
            "largest": _verdict(low > most, high <= least),
            "beyond_refusals": _verdict(low > _filled(refused, top), high <= refused),
        },
        index=rows.index,
    )


def _rivals(rows: pd.DataFrame, low: np.ndarray, high: np.ndarray):  # type: ignore[no-untyped-def]
    """Lowest and highest number of each other reply."""
    top = numbers(rows, "answered")
    for name in _OTHERS:
        stated = numbers(rows, name)
        yield np.nan_to_num(stated, nan=0.0), _filled(stated, top)
    granted, partial = numbers(rows, "granted"), numbers(rows, "partial")
    both = _filled(numbers(rows, "granted_or_partial"), granted + partial)
    # Of two numbers with a known sum the larger is at least half of it.
    larger = np.fmax(granted, partial)
    apart = ~np.isnan(granted) & ~np.isnan(partial)
    yield (
        np.nan_to_num(np.where(apart, larger, np.fmax(np.ceil(both / 2), larger)), nan=0.0),
        np.where(apart, larger, _filled(both, top)),
    )
    unable = numbers(rows, "unable")
    yield np.nan_to_num(np.clip(unable - high, 0, None), nan=0.0), _filled(unable - low, top)


def _filled(values: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(values), other, values)


def _verdict(yes: np.ndarray, no: np.ndarray) -> np.ndarray:
    return np.select([yes, no], [1.0, 0.0], NAN)
