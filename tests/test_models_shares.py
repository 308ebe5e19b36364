"""Shares: each method against a closed form, another library, or the likelihood itself."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, optimize, stats
from statsmodels.stats.proportion import proportion_confint

from govstats import models
from govstats.models import clusters, effects, pooled, shares
from govstats.models.estimate import logit, sample


def reports(counts, totals, provinces=None) -> pd.DataFrame:
    provinces = provinces or [f"p{i}" for i in range(len(counts))]
    frame = pd.DataFrame({"cases": counts, "total": totals, "province": provinces})
    return frame.astype({"cases": "Float64", "total": "Float64"})


@pytest.fixture(scope="module")
def uneven() -> pd.DataFrame:
    draws = np.random.default_rng(1)
    totals = np.round(np.exp(draws.normal(3, 1.2, 60))) + 1
    share = draws.beta(0.8, 2.4, 60)
    return reports(
        draws.binomial(totals.astype(int), share), totals, [f"p{i % 15}" for i in range(60)]
    )


COUNTS, TOTALS = np.array([0, 1, 7, 20, 50]), np.array([4, 3, 30, 20, 1000])


@pytest.mark.parametrize(
    ("ours", "theirs"), [(shares.wilson, "wilson"), (shares.clopper_pearson, "beta")]
)
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_limits_of_one_share_are_those_of_statsmodels(ours, theirs, level) -> None:
    expected = proportion_confint(COUNTS, TOTALS, alpha=1 - level, method=theirs)
    np.testing.assert_allclose(ours(COUNTS, TOTALS, level), expected, atol=1e-12)


def test_clopper_pearson_by_its_definition() -> None:
    low, high = shares.clopper_pearson(np.array([7]), np.array([30]))
    assert stats.binom.sf(6, 30, low[0]) == pytest.approx(0.025)
    assert stats.binom.cdf(7, 30, high[0]) == pytest.approx(0.025)


def test_one_share_and_a_vector_agree_and_refuse_nothing() -> None:
    found = models.share_each(reports([0, 7, None, 3, 0], [4, 30, 5, 2, 0]), "cases", "total")
    one = models.share(7, 30, "x")
    assert tuple(found.iloc[1][:3]) == (one.estimate, one.low, one.high)
    assert (found["estimate"].iloc[0], found["low"].iloc[0]) == (0, 0)
    assert found["estimate"].isna().tolist() == [False, False, True, True, True]
    assert found["caveats"].tolist() == [
        "",
        "",
        "cannot be estimated: does not state cases and total",
        "cannot be estimated: cases is beyond total",
        "cannot be estimated: total is 0",
    ]
    assert models.share(0, 0, "x").caveats == "cannot be estimated: there are no requests"


def test_robust_crude_share_is_the_clustered_binomial_intercept(uneven) -> None:
    import statsmodels.api as sm

    found = models.crude_share(uneven, "cases", "total", "x", cluster="province", method="robust")
    plain = uneven.astype({"cases": float, "total": float})
    left = np.column_stack([plain["cases"], plain["total"] - plain["cases"]])
    group = pd.factorize(plain["province"])[0]
    fit = sm.GLM(left, np.ones((60, 1)), family=sm.families.Binomial())
    # Without the factor for coefficients, which is 59 / 59 here.
    fit = fit.fit(cov_type="cluster", cov_kwds={"groups": group})
    held = sample(plain, "cases", "total", "province")
    reach = stats.t.ppf(0.975, clusters.effective(held) - 1) * fit.bse[0]
    assert logit(found.high / 100) - logit(found.estimate / 100) == pytest.approx(reach, rel=1e-6)


def test_jackknife_of_a_mean_is_its_standard_error() -> None:
    values = np.random.default_rng(2).normal(size=20)
    error, why = clusters.jackknife(np.arange(20), lambda keep: values[keep].mean())
    assert (error, why) == (pytest.approx(stats.sem(values)), "")


def test_bootstrap_is_seeded_and_near_the_robust_interval(uneven) -> None:
    found = [
        models.crude_share(uneven, "cases", "total", "x", cluster="province", method=m)
        for m in ("bootstrap", "bootstrap", "robust")
    ]
    assert found[0] == found[1]
    assert found[0].high - found[0].low == pytest.approx(found[2].high - found[2].low, rel=0.35)


def test_beta_binomial_maximises_the_likelihood_of_scipy(uneven) -> None:
    held = sample(uneven, "cases", "total")
    fit = pooled.fit_beta(held.counts, held.totals)

    def lack(theta):
        a, b = np.exp(theta)
        return -stats.betabinom.logpmf(held.counts, held.totals, a, b).sum()

    best = optimize.minimize(lack, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-7})
    np.testing.assert_allclose(fit.shape, np.exp(best.x), rtol=1e-3)


def test_beta_binomial_covariance_is_that_of_statsmodels(uneven) -> None:
    from statsmodels.base.model import GenericLikelihoodModel

    held = sample(uneven, "cases", "total")

    class Model(GenericLikelihoodModel):
        def loglike(self, params):
            size = np.exp(-params[1])
            mean = 1 / (1 + np.exp(-params[0]))
            a, b = mean * size, (1 - mean) * size
            return stats.betabinom.logpmf(self.endog, held.totals, a, b).sum()

    ours = pooled.fit_beta(held.counts, held.totals)
    theirs = Model(held.counts, np.ones((60, 2)))
    covariance = np.linalg.inv(-theirs.hessian(np.array([ours.mean, ours.rho])))
    np.testing.assert_allclose(ours.covariance, covariance, rtol=1e-2)


def test_a_prediction_interval_is_wider_than_that_of_the_mean(uneven) -> None:
    mean, spread, ahead = models.beta_binomial(uneven, "cases", "total", "x")
    assert ahead.low < mean.low < mean.estimate < mean.high < ahead.high
    assert 0 < spread.low < spread.estimate < spread.high < 1
    assert models.beta_binomial(uneven, "cases", "total", "x")[2] == ahead


def test_a_new_report_is_no_surer_than_the_mean_between_few_clusters() -> None:
    # Reports of one cluster are alike, so that the likelihood of single reports is too sure.
    rows = reports([10, 11, 9, 24, 26, 25], [100] * 6).assign(area=list("aaabbb"))
    mean, _, ahead = models.beta_binomial(rows, "cases", "total", "x", cluster="area")
    alone = models.beta_binomial(rows, "cases", "total", "x")[2]
    assert ahead.low < mean.low < mean.high < ahead.high
    assert ahead.low < alone.low < alone.high < ahead.high


def test_reports_that_differ_by_chance_alone_have_no_spread() -> None:
    found = models.beta_binomial(reports([5] * 20, [20] * 20), "cases", "total", "x")
    low, high = proportion_confint(100, 400, method="normal")
    assert found[0].estimate == pytest.approx(25)
    assert found[0].high - found[0].low == pytest.approx(100 * (high - low), rel=0.08)
    assert found[1].estimate == 0
    assert "no more than by chance" in found[1].caveats


def test_logit_normal_likelihood_is_the_integral() -> None:
    counts, totals = np.array([0.0, 3, 900, 1]), np.array([2.0, 10, 3000, 1])

    def one(k, n):
        def inside(u):
            odds = -0.7 + 1.3 * u
            return np.exp(k * odds - n * np.logaddexp(0, odds) + shift) * stats.norm.pdf(u)

        # A large report's likelihood is too small for a float: scaled by its value at its share.
        share = min(max(k / n, 1e-9), 1 - 1e-9)
        shift = -(k * np.log(share) + (n - k) * np.log(1 - share))
        peak = (np.log(share / (1 - share)) + 0.7) / 1.3 if 0 < k < n else 0.0
        area = integrate.quad(inside, -9, 9, points=[np.clip(peak, -8, 8)], limit=500)[0]
        return np.log(area) - shift

    expected = sum(one(k, n) for k, n in zip(counts, totals, strict=True))
    assert effects.log_likelihood(-0.7, 1.3, counts, totals) == pytest.approx(expected, rel=1e-6)


def test_logit_normal_finds_what_was_put_in() -> None:
    draws = np.random.default_rng(4)
    share = 1 / (1 + np.exp(-draws.normal(-1, 1, 800)))
    rows = reports(draws.binomial(40, share), [40] * 800)
    median, variance, ahead, mean = models.logit_normal(rows, "cases", "total", "x")
    assert median.low < 100 / (1 + np.e) < median.high
    assert variance.low < 1 < variance.high
    assert mean.low < 100 * effects.mean_of(-1, 1) < mean.high
    inside = (100 * share > ahead.low) & (100 * share < ahead.high)
    assert 0.93 < inside.mean() < 0.97


def test_dersimonian_laird_by_its_formula(uneven) -> None:
    held = sample(uneven, "cases", "total")
    a, b = held.counts + 0.5, held.totals - held.counts + 0.5
    y, w = np.log(a / b), 1 / (1 / a + 1 / b)
    q = (w * (y - (w * y).sum() / w.sum()) ** 2).sum()
    tau2 = (q - 59) / (w.sum() - (w**2).sum() / w.sum())
    _, variance, i2 = models.dersimonian_laird(uneven, "cases", "total", "x")
    assert variance.estimate == pytest.approx(tau2)
    assert i2.estimate == pytest.approx(100 * (q - 59) / q)


def test_shrunken_places_lie_between_their_own_share_and_the_mean(uneven) -> None:
    found = models.shrunken(uneven, "cases", "total", "province")
    a, b = pooled.fit_beta(*_sums(uneven)).shape
    mean = 100 * a / (a + b)
    inside = (found["estimate"] - found["crude"]) * (found["estimate"] - mean) <= 1e-9
    assert inside.all()
    assert found.loc[found["requests"] < 30, "rank"].isna().all()
    assert (found["low"] < found["estimate"]).all()


def _sums(rows):
    sums = rows.groupby("province")[["cases", "total"]].sum()
    return sums["cases"].to_numpy(float), sums["total"].to_numpy(float)


def test_a_small_place_has_no_rank() -> None:
    found = models.shrunken(reports([1, 10, 20], [2, 40, 40]), "cases", "total", "province")
    assert found["rank"].tolist() == [pd.NA, 2, 1]
    assert found["caveats"].tolist() == ["under 30 requests: not ranked", "", ""]


EVERY = [
    lambda rows: models.crude_share(rows, "cases", "total", "x", cluster="province"),
    lambda rows: models.crude_share(rows, "cases", "total", "x", method="robust"),
    lambda rows: models.crude_share(rows, "cases", "total", "x", method="bootstrap"),
    lambda rows: models.mean_share(rows, "cases", "total", "x"),
    lambda rows: models.beta_binomial(rows, "cases", "total", "x"),
    lambda rows: models.beta_binomial(rows, "cases", "total", "x", cluster="province"),
    lambda rows: models.logit_normal(rows, "cases", "total", "x"),
    lambda rows: models.dersimonian_laird(rows, "cases", "total", "x"),
]


@pytest.mark.parametrize("ask", EVERY)
@pytest.mark.parametrize(
    "rows",
    [
        reports([], []),
        reports([3], [10]),
        reports([0, 0, 0, 0], [5, 1, 9, 4]),
        reports([5, 1, 9, 4], [5, 1, 9, 4]),
        reports([1, 0, 1, 0], [1, 1, 1, 1]),
        reports([0, 30, 0, 40], [30, 30, 40, 40]),
        reports([0, 4, 0, 0], [5, 9, 9, 4]),
        reports([1, 2, 3, 4], [9, 8, 7, 6], ["a"] * 4),
        reports([None, 2], [9, None]),
    ],
    ids=["none", "one", "zero", "all", "single", "ends", "one has all", "one cluster", "missing"],
)
def test_what_cannot_be_estimated_says_why(ask, rows) -> None:
    found = models.tidy(ask(rows))
    unsaid = found[["estimate", "low", "high"]].isna().any(axis=1) & (found["caveats"] == "")
    assert not unsaid.any()
    assert len(found)


def test_tidy_flattens_and_keeps_its_columns() -> None:
    one = models.share(1, 2, "x")
    assert models.tidy(one, [one, [one]])["estimate"].tolist() == [50, 50, 50]
    assert list(models.tidy([]).columns) == list(models.tidy(one).columns)


def test_rows_of_two_scopes_and_contradictions_are_said() -> None:
    rows = reports([1, 2, 9], [4, 4, 4]).assign(scope=["own", "system", "own"])
    caveats = models.crude_share(rows, "cases", "total", "x").caveats
    assert "scopes mixed (own, system)" in caveats
    assert "1 rows state cases beyond total" in caveats


def test_the_front_door_loads_no_heavy_library() -> None:
    code = (
        "import sys, govstats.models; print('scipy' in sys.modules, 'statsmodels' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_one_province_has_an_estimate_and_no_interval() -> None:
    rows = reports([1, 3], [4, 4]).assign(province="A")
    for ask in (models.mean_share, models.crude_share):
        found = ask(rows, "cases", "total", "x", cluster="province")
        assert found.estimate == pytest.approx(50)
        assert np.isnan([found.low, found.high]).all()
        assert "no interval: one cluster" in found.caveats
    assert np.isnan(models.mean_share(rows.iloc[:0], "cases", "total", "x").estimate)
