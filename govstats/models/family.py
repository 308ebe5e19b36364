"""Many tests: a declared family, and p-values adjusted for all that stand in it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from govstats.models.estimate import Rows, tidy

ALPHA = 0.05
CANNOT = "cannot be tested"


def adjust(results: pd.DataFrame | Rows, family: str, *, alpha: float = ALPHA) -> pd.DataFrame:
    """The tests of one family with p-values by Holm and by Benjamini and Hochberg.

    `results` is a frame as `tidy` makes it (with a column p) or the estimates themselves; `family`
    names the family and says what belongs to it before the results are seen. Columns: those given,
    then family, tests (how many of the family have a p), p_holm (against one false finding in the
    whole family; Holm 1979), p_bh (the share of false ones among the findings, for tests that are
    independent or positively dependent; Benjamini and Hochberg 1995) and says, a sentence.
    A row without p is kept as "cannot be tested" and is not counted. Raises ValueError for an
    empty name, a p outside 0 to 1, a test that stands twice, or rows that say that they belong to
    another family.

    >>> import pandas as pd
    >>> tests = pd.DataFrame({"estimand": ["a", "b", "c"], "p": [0.01, 0.04, None]})
    >>> found = adjust(tests, "an example")
    >>> found["p_holm"].tolist(), found["tests"].tolist()
    ([0.02, 0.04, nan], [2, 2, 2])
    """
    table = results.copy() if isinstance(results, pd.DataFrame) else tidy(results)
    table = table.reset_index(drop=True)
    p = _checked(table, family)
    tested = ~np.isnan(p)
    table["family"], table["tests"] = family, int(tested.sum())
    for column, method in (("p_holm", "holm"), ("p_bh", "fdr_bh")):
        table[column] = np.nan
        table.loc[tested, column] = _adjusted(p[tested], method)
    pairs = zip(table["p_holm"], table["p_bh"], strict=True)
    return table.assign(says=[_said(holm, bh, alpha) for holm, bh in pairs])


def _checked(table: pd.DataFrame, family: str) -> np.ndarray:
    if not family.strip():
        raise ValueError("name the family: which tests belong together must be said beforehand")
    if "p" not in table.columns:
        raise ValueError(f"family {family}: the results have no column p")
    others = sorted(set(table.get("family", pd.Series(dtype="str")).dropna().astype(str)))
    if others not in ([], [family]):
        said = ", ".join(others)
        raise ValueError(f"family {family}: rows belong to {said}; adjust each family by itself")
    p = table["p"].to_numpy(dtype="float64", na_value=np.nan)
    if ((p < 0) | (p > 1)).any():
        raise ValueError(f"family {family}: a p is outside 0 to 1")
    twice = table.duplicated() & table["p"].notna()
    if twice.any():
        raise ValueError(f"family {family}: row {int(twice.idxmax()) + 1} stands twice")
    return p


def _adjusted(p: np.ndarray, method: str) -> np.ndarray:
    from statsmodels.stats.multitest import multipletests

    return multipletests(p, method=method)[1] if len(p) else p


def _said(holm: float, bh: float, alpha: float) -> str:
    if np.isnan(holm):
        return CANNOT
    if holm <= alpha:
        return "stands against all tests of the family"
    if bh <= alpha:
        return "stands by the share of false findings only"
    return "does not stand"
