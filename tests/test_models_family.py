"""Many tests: adjusted p-values by hand, and what a family refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from govstats.models import Estimate, adjust


def frame(*p: float | None, **more) -> pd.DataFrame:
    return pd.DataFrame({"estimand": [f"e{i}" for i in range(len(p))], "p": p, **more})


def test_holm_and_benjamini_hochberg_by_hand() -> None:
    found = adjust(frame(0.04, 0.01, 0.03, 0.005), "organs")
    # Holm, ascending: 4 * 0.005, 3 * 0.01, 2 * 0.03, then never below the one before.
    np.testing.assert_allclose(found["p_holm"], [0.06, 0.03, 0.06, 0.02])
    # Benjamini and Hochberg: p * 4 / rank, never above the one after.
    np.testing.assert_allclose(found["p_bh"], [0.04, 0.02, 0.04, 0.02])
    assert found["tests"].tolist() == [4] * 4
    assert found["family"].tolist() == ["organs"] * 4
    assert found["says"].tolist() == [
        "stands by the share of false findings only",
        "stands against all tests of the family",
        "stands by the share of false findings only",
        "stands against all tests of the family",
    ]


def test_nothing_is_above_one_and_order_is_kept() -> None:
    found = adjust(frame(0.9, 0.6, 0.2), "f")
    assert found["estimand"].tolist() == ["e0", "e1", "e2"]
    np.testing.assert_allclose(found["p_holm"], [1, 1, 0.6])
    np.testing.assert_allclose(found["p_bh"], [0.9, 0.9, 0.6])
    assert set(found["says"]) == {"does not stand"}


def test_a_row_without_p_is_kept_and_not_counted() -> None:
    found = adjust(frame(0.02, None, 0.03), "f")
    assert found["tests"].tolist() == [2] * 3
    assert found["says"].tolist()[1] == "cannot be tested"
    assert found["p_holm"].isna().tolist() == [False, True, False]
    np.testing.assert_allclose(found["p_holm"].dropna(), [0.04, 0.04])
    none = adjust(frame(None, None), "f")
    assert none["tests"].tolist() == [0, 0]
    assert set(none["says"]) == {"cannot be tested"}
    assert adjust(frame(), "f").empty


def test_estimates_are_taken_as_they_are() -> None:
    def one(name: str, p: float) -> Estimate:
        return Estimate(name, 1.5, 1, 2, 0.95, 30, 9, "nb2", "rate ratio", p)

    found = adjust([one("a", 0.01), [one("b", 0.04)]], "f")
    np.testing.assert_allclose(found["p_holm"], [0.02, 0.04])
    assert found["estimate"].tolist() == [1.5, 1.5]


def test_families_are_not_mixed() -> None:
    first, second = adjust(frame(0.01), "reviews"), adjust(frame(0.02), "suits")
    with pytest.raises(ValueError, match="family all: rows belong to reviews, suits; adjust each"):
        adjust(pd.concat([first, second]), "all")
    with pytest.raises(ValueError, match="rows belong to reviews"):
        adjust(first, "suits")
    assert adjust(first, "reviews")["p_holm"].tolist() == [0.01]


def test_the_frame_given_is_not_changed() -> None:
    given = frame(0.01, 0.02)
    adjust(given, "f")
    assert list(given.columns) == ["estimand", "p"]


@pytest.mark.parametrize(
    ("given", "family", "said"),
    [
        (frame(0.1), " ", "name the family"),
        (frame(1.1), "f", "family f: a p is outside 0 to 1"),
        (frame(0.1).drop(columns="p"), "f", "family f: the results have no column p"),
        (pd.concat([frame(0.1), frame(0.1)]), "f", "family f: row 2 stands twice"),
    ],
)
def test_what_is_wrong_is_said(given, family, said) -> None:
    with pytest.raises(ValueError, match=said):
        adjust(given, family)
