"""Counts, regressions, randomisation, bounds: each against an independent computation."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import optimize, stats

from govstats import models
from govstats.models import counts, fits, randomise
from govstats.models.calibration import calibrate


@pytest.fixture(scope="module")
def cases() -> pd.DataFrame:
    draws = np.random.default_rng(5)
    size = 120
    frame = pd.DataFrame(
        {
            "issuer": [f"i{i}" for i in range(size)],
            "province": [f"p{i % 20}" for i in range(size)],
            "level": [f"l{i % 2}" for i in range(size)],
            "land": np.arange(size) % 5 == 0,
            "exposure": np.round(np.exp(draws.normal(3, 1, size))) + 1,
        }
    ).astype({"land": int})
    mu = frame["exposure"] * 0.1 * 2.0 ** frame["land"]
    frame["cases"] = draws.poisson(mu * draws.gamma(1, 1, size)).astype(float)
    frame["others"] = frame["exposure"] + 5
    return frame


def ask(rows, family="poisson", errors="jackknife", **more):
    formula = "cases + others ~ land" if "binomial" in family else "cases ~ land"
    exposure = None if "binomial" in family else "exposure"
    options = {"exposure": exposure, "cluster": "province", **more}
    return models.regress(rows, formula, family=family, errors=errors, **options)[0]


def t_error(rows, found) -> float:
    """The standard error behind an interval, by the degrees of freedom worked out in place.

    Without other terms a report pulls at the coefficient as its exposure in its group's.
    """
    pull = rows["exposure"] / rows.groupby("land")["exposure"].transform("sum")
    weights = (pull**2).groupby(rows["province"]).sum()
    freedom = weights.sum() ** 2 / (weights**2).sum() - 1
    return np.log(found.high / found.low) / 2 / stats.t.ppf(0.975, max(freedom, 1))


def test_poisson_limits_are_those_of_garwood() -> None:
    low, high = counts.poisson_limits(np.array([0, 10]), np.array([1, 1]))
    np.testing.assert_allclose(low, [0, 4.7954], atol=1e-4)
    np.testing.assert_allclose(high, [3.6889, 18.3904], atol=1e-4)
    assert stats.poisson.sf(9, low[1]) == pytest.approx(0.025)


def test_poisson_rate_ratio_is_the_ratio_of_rates(cases) -> None:
    sums = cases.groupby("land")[["cases", "exposure"]].sum()
    rates = sums["cases"] / sums["exposure"]
    found = ask(cases, errors="model")
    assert found.estimate == pytest.approx(rates[1] / rates[0])
    half = stats.norm.ppf(0.975) * np.sqrt((1 / sums["cases"]).sum())
    t = stats.t.ppf(0.975, 118) / stats.norm.ppf(0.975)
    assert np.log(found.high / found.estimate) == pytest.approx(half * t, rel=1e-6)


def test_robust_errors_are_those_of_statsmodels(cases) -> None:
    group = pd.factorize(cases["province"])[0]
    theirs = smf.poisson("cases ~ land", cases, exposure=cases["exposure"]).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": group}
    )
    found = ask(cases, errors="robust")
    assert t_error(cases, found) == pytest.approx(theirs.bse["land"], rel=1e-5)


def test_jackknife_errors_are_those_of_a_plain_loop(cases) -> None:
    def fit(rows):
        return (
            smf.poisson("cases ~ land", rows, exposure=rows["exposure"]).fit(disp=0).params["land"]
        )

    full = fit(cases)
    left = [fit(cases[cases["province"] != name]) for name in cases["province"].unique()]
    error = np.sqrt(19 / 20 * sum((each - full) ** 2 for each in left))
    found = ask(cases)
    assert t_error(cases, found) == pytest.approx(error, rel=1e-5)


def test_negative_binomial_maximises_the_likelihood_of_scipy(cases) -> None:
    def lack(theta):
        mu = cases["exposure"] * np.exp(theta[0] + theta[1] * cases["land"])
        size = np.exp(-theta[2])
        return -stats.nbinom.logpmf(cases["cases"], size, size / (size + mu)).sum()

    best = optimize.minimize(
        lack, [-2.0, 0.5, 0.0], method="Nelder-Mead", options={"maxiter": 4000}
    )
    made = fits.design(cases, "cases ~ land", "exposure")
    fit = fits.estimate(made, "nb2")
    np.testing.assert_allclose([*fit.params, np.log(fit.alpha)], best.x, atol=2e-3)


def test_negative_binomial_without_spread_is_poisson() -> None:
    rows = pd.DataFrame({"cases": [4.0, 5, 6] * 10, "land": [0, 1] * 15, "exposure": [50.0] * 30})
    both = [ask(rows, family, "model", cluster=None) for family in ("nb2", "poisson")]
    assert both[0].low == pytest.approx(both[1].low)


def test_quasi_binomial_is_that_of_statsmodels(cases) -> None:
    model = smf.glm("cases + others ~ land", cases, family=sm.families.Binomial())
    theirs = model.fit(scale="X2")
    found = ask(cases, "quasibinomial", "model")
    assert np.log(found.estimate) == pytest.approx(theirs.params["land"])
    reach = stats.t.ppf(0.975, 118) * theirs.bse["land"]
    assert np.log(found.high / found.estimate) == pytest.approx(reach)
    sums = cases.groupby("land")[["cases", "others"]].sum()
    odds = sums["cases"] / sums["others"]
    assert found.estimate == pytest.approx(odds[1] / odds[0])


def test_beta_binomial_regression_maximises_the_likelihood_of_scipy(cases) -> None:
    made = fits.design(cases, "cases + others ~ land")
    fit = fits.estimate(made, "betabinomial")

    def lack(theta):
        mean = 1 / (1 + np.exp(-theta[0] - theta[1] * cases["land"]))
        size = 1 / theta[2] - 1
        total = cases["cases"] + cases["others"]
        return -stats.betabinom.logpmf(cases["cases"], total, mean * size, (1 - mean) * size).sum()

    best = optimize.minimize(lack, [-2, 0.5, 0.1], method="Nelder-Mead", options={"maxiter": 4000})
    # rho = 1 / (a + b + 1) there; ours is odds: exp(-theta) = a + b.
    size = 1 / best.x[2] - 1
    np.testing.assert_allclose(fit.params, best.x[:2], atol=2e-3)
    assert fit.alpha == pytest.approx(1 / (size + 1), rel=0.01)


def test_dispersion_statistic_is_that_of_statsmodels(cases) -> None:
    theirs = smf.poisson("cases ~ land", cases, exposure=cases["exposure"]).fit(disp=0)
    table = theirs.get_diagnostic().test_dispersion().summary_frame()
    mu = theirs.predict().astype(float)
    statistic = float(counts.cameron_trivedi(cases["cases"].to_numpy(), mu)[1])
    assert np.isclose(table["statistic"].astype(float), statistic, rtol=1e-4).any()
    found, pearson = models.dispersion_test(cases, "cases ~ land", "exposure")
    assert found.p < 0.01
    assert found.estimate > 0
    fitted = sm.GLM.from_formula(
        "cases ~ land", cases, family=sm.families.Poisson(), exposure=cases["exposure"]
    ).fit()
    assert pearson.estimate == pytest.approx(fitted.pearson_chi2 / fitted.df_resid)
    assert pearson.p < 0.01


def test_elasticity_is_the_coefficient_of_log_exposure(cases) -> None:
    doubled = cases.assign(cases=np.round(cases["exposure"] ** 0.5 * 3))
    found = models.elasticity(doubled, "cases ~ land", "exposure", cluster="province")
    theirs = smf.poisson("cases ~ land + np.log(exposure)", doubled).fit(disp=0)
    assert found.estimate == pytest.approx(theirs.params["np.log(exposure)"])
    assert (found.p < 0.001, found.high < 1) == (True, True)


def test_mean_rate_of_poisson_is_the_crude_rate(cases) -> None:
    exact = models.rate(cases, "cases", "exposure", "x")
    found = models.mean_rate(
        cases, "cases ~ 1", "exposure", "x", family="poisson", cluster="province"
    )
    assert found.estimate == pytest.approx(exact.estimate)
    assert found.low < exact.low
    assert found.high > exact.high


def test_mantel_haenszel_by_hand() -> None:
    numbers = np.array([4.0, 2, 3, 9]), np.array([10.0, 20, 30, 60])
    found = randomise.log_rate_ratio(*numbers, np.array([1, 0, 1, 0], bool), np.array([0, 0, 1, 1]))
    above, below = 4 * 20 / 30 + 3 * 60 / 90, 2 * 10 / 30 + 9 * 30 / 90
    assert found == pytest.approx(np.log(above / below))


def test_randomisation_agrees_with_every_permutation() -> None:
    rows = pd.DataFrame({"issuer": list("abcdef"), "cases": [9.0, 7, 1, 2, 0, 3], "exposure": 10.0})
    rows["land"] = [1, 1, 0, 0, 0, 0]
    every = []
    for i in range(6):
        for j in range(i):
            label = np.isin(np.arange(6), [i, j])
            zero = np.zeros(6, int)
            every.append(
                randomise.log_rate_ratio(rows["cases"].to_numpy(), np.full(6, 10.0), label, zero)
            )
    seen = np.log(8 / 1.5)
    exact = np.mean(np.abs(every) >= seen - 1e-12)
    found = models.randomisation_test(rows, "cases", "exposure", "land", draws=4000)
    assert found.estimate == pytest.approx(8 / 1.5)
    assert found.p == pytest.approx(exact, abs=0.02)
    again = models.randomisation_test(rows, "cases", "exposure", "land", draws=4000)
    assert models.tidy(found).equals(models.tidy(again))


def test_labels_move_only_within_strata_and_with_their_issuer(cases) -> None:
    rows = pd.concat([cases, cases], ignore_index=True)
    cards, code = randomise.deal(rows, "land", ["level"])
    dealt = cards.shuffled(np.random.default_rng(1))
    assert not (dealt == cards.label).all()
    for stratum in (0, 1):
        inside = cards.stratum == stratum
        assert dealt[inside].sum() == cards.label[inside].sum()
    assert (dealt[code][:120] == dealt[code][120:]).all()


def test_randomisation_takes_a_coefficient(cases) -> None:
    def coefficient(rows):
        return float(np.log(ask(rows, errors="model").estimate))

    found = models.randomisation_test(
        cases, "cases", "exposure", "land", statistic=coefficient, draws=19
    )
    assert found.estimate == pytest.approx(ask(cases).estimate)
    assert 0.05 <= found.p <= 1


def test_worst_case_by_hand() -> None:
    rows = pd.DataFrame({"low": [1.0, 2, None], "high": [1.0, 4, 3], "total": [2.0, 4, 4]})
    found = models.worst_case(rows, "low", "high", "total", "x", frame=10)
    assert found.low == pytest.approx(100 * (0.5 + 0.5 + 0) / 10)
    assert found.high == pytest.approx(100 * (0.5 + 1 + 0.75 + 7) / 10)
    assert np.isnan(found.estimate)
    assert "3 of 10 reports held (30.0 %)" in found.caveats
    requests = models.worst_case_requests(rows, "low", "high", "total", "x", frame=20)
    assert (requests.low, requests.high) == (15, pytest.approx(100 * (8 + 10) / 20))
    assert (
        "cannot be estimated"
        in models.worst_case(rows, "low", "high", "total", "x", frame=2).caveats
    )


def test_e_value_of_the_paper() -> None:
    """VanderWeele and Ding 2017: ratio 3.9 (1.8 to 8.7) gives 7.26 and 3.0."""
    paper = models.Estimate("x", 3.9, 1.8, 8.7, 0.95, 10, 0, "m", "rate ratio")
    found = models.e_value(paper)
    assert (round(found.estimate, 2), round(found.low, 1)) == (7.26, 3.0)
    mirrored = models.Estimate("x", 1 / 3.9, 1 / 8.7, 1 / 1.8, 0.95, 10, 0, "m", "rate ratio")
    assert models.e_value(mirrored).low == pytest.approx(found.low)
    crosses = models.Estimate("x", 1.2, 0.8, 2, 0.95, 10, 0, "m", "rate ratio")
    assert models.e_value(crosses).low == 1


def deal_land(rows, draws):
    return rows.assign(land=draws.permutation(rows["land"].to_numpy()))


def test_specification_curve_and_its_joint_test(cases) -> None:
    def spec(name, pick):
        def one(rows):
            kept = rows[pick(rows)]
            return models.regress(
                kept, "cases ~ land", family="poisson", exposure="exposure", errors="robust"
            )[0]

        return models.Specification({"sample": name}, one)

    specs = [
        spec("all", lambda rows: rows["exposure"] > 0),
        spec("large", lambda rows: rows["exposure"] > 10),
        spec("none", lambda rows: rows["exposure"] < 0),
    ]
    found = models.specification_curve(cases, specs)
    assert found["estimate"].is_monotonic_increasing or found["estimate"].isna().sum() == 1
    assert found["sample"].iloc[-1] == "none"
    assert found["caveats"].iloc[-1].startswith("cannot be estimated")
    strong = cases.assign(cases=np.round(cases["exposure"] * (0.1 + 0.5 * cases["land"])))
    joint = models.joint_test(strong, specs, deal_land, draws=19)
    assert [each.p for each in joint][0] == pytest.approx(0.05)
    flat = cases.assign(cases=np.round(cases["exposure"]))
    assert models.joint_test(flat, specs, deal_land, draws=9)[0].p > 0.5


@pytest.mark.parametrize("family", ["poisson", "quasipoisson", "nb2", "binomial", "quasibinomial"])
@pytest.mark.parametrize("errors", ["model", "robust", "jackknife"])
@pytest.mark.parametrize(
    "kind", ["none", "one", "zero", "group without", "one group", "one cluster"]
)
def test_what_cannot_be_fitted_says_why(cases, family, errors, kind) -> None:
    rows = {
        "none": cases[:0],
        "one": cases[:1],
        "zero": cases.assign(cases=0.0),
        "group without": cases.assign(cases=cases["cases"] * (1 - cases["land"])),
        "one group": cases[cases["land"] == 0],
        "one cluster": cases.assign(province="p"),
    }[kind]
    found = ask(rows, family, errors)
    if kind == "one cluster" and errors == "model":
        assert found.low < found.estimate < found.high
    else:
        assert np.isnan(found.estimate)
        assert "cannot be estimated: " in found.caveats


def test_other_functions_say_why_too(cases) -> None:
    for rows in (cases[:0], cases[:1], cases.assign(cases=0.0)):
        found = models.tidy(
            models.rate(rows, "cases", "exposure", "x"),
            models.mean_rate(rows, "cases ~ 1", "exposure", "x", cluster="province"),
            models.dispersion_test(rows, "cases ~ land", "exposure"),
            models.elasticity(rows, "cases ~ land", "exposure"),
            models.randomisation_test(rows, "cases", "exposure", "land"),
            models.e_value(ask(rows)),
        )
        limits = found[["estimate", "low", "high"]].isna().any(axis=1)
        assert (found.loc[limits, "caveats"] != "").all()
    assert models.rate(cases.assign(cases=0.0), "cases", "exposure", "x").high > 0


def test_effect_held_by_one_cluster_has_no_jackknife_interval(cases) -> None:
    rows = cases.assign(land=(cases["province"] == "p3").astype(int))
    found = ask(rows)
    assert found.estimate > 0
    assert np.isnan(found.low)
    assert "not identified without p3" in found.caveats


def made_up_panel() -> pd.DataFrame:
    draws = np.random.default_rng(7)
    size = 90
    return pd.DataFrame(
        {
            "issuer": [f"i{i}" for i in range(size)],
            "province": [f"p{i % 18}" for i in range(size)],
            "level": "county",
            "organ": np.where(np.arange(size) % 4 == 0, "land_housing", "education"),
            "period": "year",
            "year": 2022,
            "scope": "own",
            "breakdown": "complete",
            "not_held": 0.0,
            "reviews": 0.0,
            "answered": np.round(np.exp(draws.normal(2.5, 1, size))) + 1,
            "exposure": np.round(np.exp(draws.normal(3, 1, size))) + 1,
        }
    )


def test_calibration_runs_the_same_functions_and_repeats_itself() -> None:
    # Those that take under a second; the whole is in data/processed/calibration.csv.
    quick = ("shares", "single shares, odds ratio 1", "counts, ratio 1", "shares, 8 provinces")
    found = calibrate(made_up_panel(), runs=2, seed=3, only=quick)
    assert set(found["scenario"]) == set(quick)
    again = [calibrate(made_up_panel(), runs=1, seed=3, only=quick[3:]) for _ in range(2)]
    assert again[0].equals(again[1])
    assert set(found["measure"]) == {"coverage", "rejection"}
    assert (found["undefined"] <= found["runs"]).all()
    coverage = found[found["measure"] == "coverage"]
    assert coverage["value"].mean() > 0.75
    assert found.loc[found["measure"] == "rejection", "value"].mean() < 0.3


def test_one_province_has_a_rate_and_no_interval() -> None:
    rows = pd.DataFrame({"c": [2.0, 4, 1, 1], "e": [10.0] * 4, "area": "A"})
    rate = models.mean_rate(rows, "c ~ 1", "e", "", family="poisson", cluster="area")
    assert rate.estimate == pytest.approx(20)
    assert np.isnan([rate.low, rate.high]).all()
    assert "no interval: one cluster" in rate.caveats
