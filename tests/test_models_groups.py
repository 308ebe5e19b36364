"""Groups, dominance, zeros and samples: each against numbers worked out by hand or elsewhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from govstats import models

NAN = np.nan
REPLIES = ["answered", "granted", "partial", "granted_or_partial", "refused", "unable"]
REPLIES += ["not_held", "not_held_low", "not_held_high", "not_processed", "other_handling"]


def replies(**given) -> pd.DataFrame:
    return pd.DataFrame([{name: given.get(name, NAN) for name in REPLIES}]).astype("float64")


def known(answered=10, **given) -> pd.DataFrame:
    parts = dict.fromkeys(["granted", "partial", "refused", "not_processed", "other_handling"], 0)
    held = given.get("not_held", 0)
    both = given.get("granted", 0) + given.get("partial", 0)
    limits = {"not_held_low": held, "not_held_high": held, "granted_or_partial": both}
    return replies(**{"answered": answered, "unable": held, **parts, **limits, **given})


@pytest.mark.parametrize(
    "rows, largest, beyond",
    [
        (known(not_held=6, granted=4), 1, 1),
        (known(not_held=5, granted=5), 0, 1),  # a tie is not dominance
        (known(not_held=3, refused=3, granted=4), 0, 0),
        (known(not_held=4, granted=3, partial=3), 1, 1),
        (known(not_held=2, unable=6, granted=4), 0, 1),  # unable for another reason: 4
        (known(not_held=0, granted=10), 0, 0),
        # Only "unable" is printed: not held is 0 to 6.
        (known(not_held=NAN, not_held_low=0, not_held_high=6, unable=6, granted=4), NAN, NAN),
        (known(not_held=NAN, not_held_low=0, not_held_high=3, unable=3, granted=7), 0, NAN),
        # Granted and partly granted in one number: the larger is 2 to 4.
        (known(not_held=6, granted=NAN, partial=NAN, granted_or_partial=4), 1, 1),
        (known(not_held=3, granted=NAN, partial=NAN, granted_or_partial=4, refused=3), 0, 0),
        (known(not_held=3, granted=NAN, partial=NAN, granted_or_partial=4, refused=1), NAN, 1),
        (replies(answered=10, not_held=4, not_held_low=4, not_held_high=4), NAN, NAN),
    ],
)
def test_dominance_by_hand(rows, largest, beyond):
    found = models.dominant(rows).iloc[0]
    np.testing.assert_array_equal(found[["largest", "beyond_refusals"]], [largest, beyond])


def test_small_groups_say_so_and_large_ones_are_asked():
    rows = pd.DataFrame({"kind": ["a"] * 5 + ["b"] * 4, "cases": range(9), "one": 10.0})
    found = models.by_group(
        rows, ["kind"], lambda part: models.mean_share(part, "cases", "one", ""), known="cases"
    )
    assert found["group"].tolist() == ["a", "b"]
    assert found["estimate"].iloc[0] == pytest.approx(20)
    assert "4 reports state it, fewer than 5" in found["caveats"].iloc[1]
    assert models.by_group(rows[:0], ["kind"], None, known="cases").empty


def test_four_readings_of_one_share(panel_of_shares):
    rows = panel_of_shares
    mean, spread, ahead, crude = models.readings(rows, "cases", "answered", "x")
    assert mean.estimate == pytest.approx(100 * (rows["cases"] / rows["answered"]).mean())
    assert crude.estimate == pytest.approx(100 * rows["cases"].sum() / rows["answered"].sum())
    assert {each.estimand for each in (mean, spread, ahead, crude)} == {"x"}
    assert ahead.high - ahead.low > spread.high - spread.low


@pytest.fixture
def panel_of_shares() -> pd.DataFrame:
    draws = np.random.default_rng(3)
    answered = draws.integers(20, 60, 40).astype(float)
    cases = draws.binomial(answered.astype(int), draws.beta(2, 5, 40)).astype(float)
    province = [f"p{i % 8}" for i in range(40)]
    return pd.DataFrame({"answered": answered, "cases": cases, "province": province})


def test_zeros_are_those_of_the_fitted_models():
    draws = np.random.default_rng(1)
    x = draws.normal(0, 1, 400)
    cases = draws.poisson(np.exp(0.2 + 0.5 * x) * draws.gamma(0.5, 2, 400)).astype(float)
    seen, poisson, nb2 = models.zeros(pd.DataFrame({"cases": cases, "x": x}), "cases ~ x")
    assert seen.estimate == pytest.approx(100 * (cases == 0).mean())
    mu = sm.Poisson(cases, sm.add_constant(x)).fit(disp=0).predict()
    assert poisson.estimate == pytest.approx(100 * stats.poisson.pmf(0, mu).mean(), abs=0.3)
    fit = sm.NegativeBinomial(cases, sm.add_constant(x)).fit(disp=0)
    alpha = fit.params[-1]
    expected = (1 + alpha * fit.predict()) ** (-1 / alpha)
    assert nb2.estimate == pytest.approx(100 * expected.mean(), abs=0.4)
    assert poisson.p < 0.01 < nb2.p
    assert nb2.low < seen.estimate < nb2.high


def test_zeros_without_reports_say_so():
    (found,) = models.zeros(pd.DataFrame({"cases": [NAN], "x": [1.0]}), "cases ~ x")
    assert np.isnan(found.estimate)
    assert "no report states" in found.caveats


def test_sentence_says_numbers_or_why_not():
    rows = models.tidy(
        models.share(1, 4, "one"), models.share(0, 0, "none"), models.rate(_two(), "c", "e", "rate")
    )
    said = models.sentence(rows, "Head")
    assert said.startswith("Head. one: 25 % (5 to 70 %, 1 reports); none: cannot be estimated")
    assert "rate: 30.00 (" in said


def _two() -> pd.DataFrame:
    return pd.DataFrame({"c": [1.0, 2.0], "e": [5.0, 5.0]})


def _panel() -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "records": ["a", "b;c", "d", "e"],
            "period": ["year", "year", "year", "H1"],
            "scope": ["own", "own", "system", "own"],
            "breakdown": ["complete", "none", "complete", "complete"],
            "answered": [10.0, 20, 30, 40],
            "exposure": [10.0, 0, 30, 40],
            "not_held_from": ["table", "prose", "table", "table"],
            "organ": ["land_housing", "police", "government", "government"],
            "year": pd.array([2018, 2024, None, 2023], dtype="Int64"),
            "reviews": [1.0, 2, 3, 4],
        }
    )
    rows[["refused", "unable", "not_processed", "granted"]] = [[1.0, 2.0, 3.0, 4.0]] * 4
    parts = {"upheld": [1.0, NAN, 5, 1], "corrected": [0.0, 1, 2, 1], "other": [NAN, NAN, 3, 1]}
    for name, values in parts.items():
        rows[f"reviews_{name}"] = values
    return rows.assign(reviews_pending=[NAN, 1, NAN, 1])


def test_samples_keep_one_scope_and_whole_years():
    panel = _panel()
    assert models.complete(panel)["records"].tolist() == ["a"]
    assert models.complete(panel, "system")["years"].tolist() == ["unknown"]
    assert models.stated(panel)["records"].tolist() == ["a", "b;c"]
    found = models.with_cases(panel, "reviews")
    assert found["records"].tolist() == ["a"]  # b has no requests
    assert found["log_requests"].tolist() == [np.log(10)]
    assert found[["land", "placebo", "since_2024"]].iloc[0].tolist() == [1, 0, 0]
    assert found[["unfavourable", "less_than_all"]].iloc[0].tolist() == [6, 6]
    assert (found["kind"].iloc[0], found["years"].iloc[0]) == ("land_housing", "before 2019")


def test_concluded_cases_by_three_ways():
    panel = _panel().assign(scope="own", period="year")
    found = models.concluded(panel, "reviews")
    # a: upheld and corrected are all; b: all less pending; d: the three parts; e: the three parts.
    assert found["concluded"].tolist() == [1, 1, 10, 3]


def test_results_that_are_not_named_follow_from_the_sum_of_the_cases():
    rows = {"upheld": [2, 2, 2, NAN], "corrected": [NAN] * 4, "other": [NAN, 1, NAN, NAN]}
    cases = {f"reviews_{name}": values for name, values in rows.items()}
    cases["reviews_pending"] = [1, 1, 1, NAN]
    panel = pd.concat([_panel().iloc[:1]] * 4, ignore_index=True)
    found = models.concluded(panel.assign(reviews=[3.0, 6, 4, 2], **cases), "reviews")
    # The named ones are all; one alone is missing; two are missing; none is named.
    assert found.index.tolist() == [0, 1]
    assert found["corrected"].tolist() == [0, 2]
    assert found["concluded"].tolist() == [2, 5]


def test_a_year_that_is_not_known_is_on_neither_side_of_2024():
    found = models.complete(_panel(), "system")
    assert found["since_2024"].isna().all()


def test_bounds_and_estimates_without_an_interval_in_words():
    whole = pd.DataFrame({"low": [0.0, 2], "high": [4.0, 2], "total": [4.0, 4]})
    bounds = models.worst_case(whole, "low", "high", "total", "both", frame=2)
    assert "both: between 25 and 75 % (" in models.sentence(models.tidy(bounds), "Head")
    alike = pd.DataFrame({"count": [1.0, 1], "total": [2.0, 2]})
    found = models.tidy(models.mean_share(alike, "count", "total", "alike"))
    assert "alike: 50 %, no interval: all shares are equal" in models.sentence(found, "Head")


def test_topics_of_the_records_of_a_row():
    topics = pd.DataFrame({"report_id": ["c", "d", "d"], "theme": ["x", "y", "x"]})
    found = models.with_topics(_panel(), topics, "x")
    assert found["records"].tolist() == ["b;c", "d"]
    assert found["names_theme"].tolist() == [1, 1]
    assert models.with_topics(_panel(), topics, "y")["names_theme"].tolist() == [0, 1]


def test_sentences_in_place_of_tables():
    unused = pd.DataFrame(
        {
            "record_id": ["c", "d", "a", "zz"],
            "measure": ["reviews", "website_visits", "reviews", "reviews"],
            "value": [9.0, 1, 7, 5],
            "rule": ["table_first", "table_first", "exact_first", "table_first"],
        }
    )
    assert models.with_prose(_panel(), unused)["reviews"].tolist() == [1, 9, 3, 4]


def test_the_family_of_the_second_question_names_every_test():
    draws = np.random.default_rng(1)
    size = draws.integers(1, 30, 60).astype(float)
    rows = pd.DataFrame({"requests": size, "cases": draws.poisson(size / 5).astype(float)})
    rows = rows.assign(
        log_requests=np.log(size), land=[1, 0, 0] * 20, level=["a"] * 30 + ["b"] * 30
    )
    rows = rows.assign(body=["department", "department", "government"] * 20, year=[2020, 2024] * 30)
    rows = rows.assign(since_2024=(rows["year"] >= 2024).astype(int), issuer=range(60))
    rows = rows.assign(province=[f"p{i % 5}" for i in range(60)])
    found = models.tidy(models.land_tests(rows.assign(year=rows["year"] + 1), "reviews"))
    assert found["estimand"].is_unique
    assert len(found) == 10
    assert found["p"].notna().all()
    dealt = models.land_dealt(rows)
    assert [each.clusters for each in dealt] == [60, 60, 40, 60]  # no government may get the label
