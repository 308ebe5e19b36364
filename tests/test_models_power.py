"""Power, randomisation given volume, calibration: against known truths, short and seeded."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from govstats.models import Estimate, calibration, conditional_randomisation, shape_of
from govstats.models.calibration import calibrate, finding, scenarios
from govstats.models.calibration import main as calibration_main
from govstats.models.power import detectable, main, power
from govstats.models.simulate import WORLDS, World, count_rows, draw_counts, some_provinces
from govstats.schemas import check_table, write_datapackage
from govstats.tables import read_table

PROCESSED = Path(__file__).parents[1] / "data" / "processed"


def made_up(size: int = 90) -> pd.DataFrame:
    """A panel whose land offices have four times the requests."""
    draws = np.random.default_rng(7)
    land = np.arange(size) % 4 == 0
    volume = np.round(np.exp(draws.normal(2.5, 1, size) + np.log(4) * land)) + 1
    return pd.DataFrame(
        {
            "issuer": [f"i{i}" for i in range(size)],
            "gb2260": "340100",
            "province": [f"p{i % 18}" for i in range(size)],
            "level": np.where(np.arange(size) % 3 == 0, "county", "prefecture"),
            "organ": np.where(land, "land_housing", "education"),
            "period": "year",
            "year": 2022,
            "scope": np.where(np.arange(size) % 30 == 1, "system", "own"),
            "form": np.where(np.arange(size) % 10 == 0, "2021", "unknown"),
            "breakdown": "complete",
            "not_held": 0.0,
            "reviews": 0.0,
            "suits": 0.0,
            "answered": volume,
            "exposure": volume,
        }
    )


@pytest.fixture
def rows() -> pd.DataFrame:
    shape = count_rows(made_up(), "suits")
    world = WORLDS["suits"]._replace(rate=0.5, ratio=5.0, alpha=0.5)
    return draw_counts(shape, world, np.random.default_rng(3))


def ask(rows: pd.DataFrame, **more):
    given = {"formula": "cases ~ log_volume", "volume": "volume", "label": "land", **more}
    return conditional_randomisation(rows, draws=99, **given)


def test_the_score_is_that_of_a_glm(rows) -> None:
    """One step of Fisher scoring, worked out by statsmodels at the fitted alpha."""
    right = sm.add_constant(rows["log_volume"])
    free = sm.NegativeBinomial(rows["cases"], right).fit(disp=0, maxiter=200)
    family = sm.families.NegativeBinomial(alpha=free.params["alpha"])
    both = sm.GLM(rows["cases"], right.assign(land=rows["land"]), family=family)
    start = np.append(sm.GLM(rows["cases"], right, family=family).fit().params, 0)
    hessian = both.hessian(start, observed=False)
    step = np.linalg.solve(-hessian, both.score(start))[-1]
    assert np.log(ask(rows).estimate) == pytest.approx(step, rel=0.02)


def test_an_effect_is_found_given_volume_and_the_same_every_time(rows) -> None:
    assert ask(rows).p <= 0.05
    assert ask(rows) == ask(rows)
    within = ask(rows, formula="cases ~ log_volume + C(level)", strata=("level",))
    assert within.p <= 0.05
    assert "within level" in within.method


def test_labels_that_go_with_volume_alone_are_not_found() -> None:
    """Cases that grow with the square root of requests: per request, land looks harmless."""
    shape = count_rows(made_up(), "suits")
    flat = shape.assign(cases=np.round(3 * np.sqrt(shape["volume"])))
    assert ask(flat).p > 0.2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cases": 0.0}, "no case in any report"),
        ({"land": 0}, "cannot be told from the other terms"),
        ({"volume": 0.0}, "no report states"),
        ({"land": lambda rows: rows["log_volume"]}, "cannot be told"),
    ],
)
def test_what_cannot_be_dealt_says_why(rows, change, said) -> None:
    found = ask(rows.assign(**change))
    assert np.isnan([found.estimate, found.p]).all()
    assert found.caveats.startswith("cannot be estimated: ")
    assert said in found.caveats


def always(p: float):
    return lambda rows: Estimate("x", 2.0, 1, 4, 0.95, len(rows), 0, "m", "rate ratio", p)


def test_power_counts_rejections_and_a_missing_test_as_none() -> None:
    tests = {"yes": always(0.05), "no": always(0.06), "none": always(np.nan)}
    found = power(made_up(), runs=3, ratios=(2.0,), tests=tests).set_index(["outcome", "test"])
    suits = found.loc["suits"]
    assert suits["value"].to_dict() == {"yes": 1, "no": 0, "none": 0}
    assert suits["undefined"].to_dict() == {"yes": 0, "no": 0, "none": 3}
    assert suits["enough"].to_dict() == {"yes": "yes", "no": "no", "none": "no"}
    # Clopper and Pearson for 3 of 3: the lower limit is the cube root of 0.025.
    assert suits.loc["yes", "low"] == pytest.approx(0.025 ** (1 / 3))
    assert suits.loc["yes", ["reports", "land", "found"]].tolist() == [87, 23, 2.0]


def test_power_grows_with_the_ratio_on_the_notebooks_tests() -> None:
    shapes = {"suits": count_rows(made_up(), "suits").assign(volume=400.0, log_volume=1.0)}
    shapes["suits"]["log_volume"] = np.linspace(5.9, 6.1, len(shapes["suits"]))
    found = power(shapes, runs=3, ratios=(1.0, 8.0))
    value = found.pivot_table(index="test", columns="ratio", values="value")
    assert len(value) == 3
    assert (value[8.0] == 1).all()
    assert (value[1.0] < 0.7).all()
    assert (found["undefined"] == 0).all()


def curve(*values: float, undefined: int = 0) -> pd.DataFrame:
    table = pd.DataFrame({"ratio": [1.0, 2.0, 4.0], "value": values, "runs": 10})
    return table.assign(outcome="suits", test="t", undefined=undefined)


def test_the_smallest_ratio_lies_between_two_points() -> None:
    found = detectable(curve(0.05, 0.7, 0.9)).iloc[0]
    assert (found["above"], found["up_to"]) == (2, 4)
    # Half way from 0.7 to 0.9, on the log: the square root of 2 * 4.
    assert found["about"] == pytest.approx(np.sqrt(8))
    never = detectable(curve(0.05, 0.5, 0.7)).iloc[0]
    assert (never["above"], np.isnan(never["up_to"])) == (4, True)
    assert never["caveats"] == "no ratio up to 4 is found in 80 % of collections"
    none = detectable(curve(0, 0, 0, undefined=10)).iloc[0]
    assert none["caveats"].startswith("cannot be tested")


def test_the_shape_tells_panels_apart_and_outcomes_do_not_matter() -> None:
    panel = made_up()
    same = panel.assign(suits=panel["suits"] + 1, gb2260=340100)
    assert shape_of(same) == shape_of(panel)
    for change in (
        {"exposure": panel["exposure"] + 1},
        {"province": "p"},
        {"organ": "health"},
        {"suits": np.nan},
    ):
        assert shape_of(panel.assign(**change)) != shape_of(panel)
    assert len(shape_of(panel[:0].drop(columns=["reviews", "not_held", "exposure"]))) == 12


def test_provinces_are_drawn_whole() -> None:
    shape = count_rows(made_up())
    part = some_provinces(shape, 3, np.random.default_rng(1))
    assert part["province"].nunique() == 3
    counts = shape["province"].value_counts()
    assert (part["province"].value_counts() == counts[part["province"].unique()]).all()
    assert len(some_provinces(shape, 99, np.random.default_rng(1))) == len(shape)


def test_draws_have_the_ratio_and_elasticity_that_they_are_given() -> None:
    shape = count_rows(made_up())
    shape = pd.concat([shape] * 300, ignore_index=True)
    world = World(rate=0.5, ratio=3.0, alpha=0.5, cluster=0.0, power=0.7)
    drawn = draw_counts(shape, world, np.random.default_rng(1))
    right = sm.add_constant(drawn[["land", "log_volume"]])
    found = sm.GLM(drawn["cases"], right, family=sm.families.Poisson()).fit().params
    assert found["land"] == pytest.approx(np.log(3), abs=0.05)
    assert found["log_volume"] == pytest.approx(0.7, abs=0.03)


def test_summary_by_hand() -> None:
    def some(name, measure, holds):
        rows = [finding.Finding(name, measure, each, 2.0) for each in holds]
        return pd.DataFrame(rows).assign(scenario="s")

    found = finding.summary(
        pd.concat(
            [
                some("good", "coverage", [True] * 19 + [False, None]),
                some("bad", "coverage", [True] * 9 + [False]),
                some("test", "rejection", [True] + [False] * 9),
                some("none", "rejection", [None] * 3),
                some("bounds (exempt)", "coverage", [True]),
            ]
        )
    ).set_index("name")
    assert found.loc["good", ["runs", "undefined", "value"]].tolist() == [21, 1, 0.95]
    assert found["passes"].to_dict() == {
        "good": "yes",
        "bad": "no",
        "test": "no",
        "none": "never defined",
        "bounds (exempt)": "exempt",
    }


def test_scenarios_hold_scopes_forms_and_few_provinces() -> None:
    titles = [each.title for each in scenarios(made_up())]
    assert {"shares, 3 provinces", "counts, form 2021", "suits, placebo organs"} <= set(titles)
    assert "shares, system scope" in titles
    assert "shares, form unknown" not in titles
    assert len(titles) == len(set(titles))
    assert scenarios(made_up().assign(province="p")) == []


def test_nothing_to_simulate_is_an_empty_table_with_its_columns() -> None:
    empty = calibrate(made_up()[:0], runs=1)
    assert len(check_table("calibration", empty.assign(seed=1, shape="x"))) == 0
    found = power(made_up()[:0], runs=1, ratios=(2.0,))
    assert (found["undefined"] == found["runs"]).all()
    assert set(detectable(found)["caveats"]) == {
        "cannot be tested: too few reports, or of one group"
    }


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of tables with a small panel."""
    monkeypatch.setenv("GOVSTATS_DATA", str(tmp_path))
    made_up(24).to_csv(tmp_path / "panel.csv", index=False, lineterminator="\n")
    write_datapackage(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("name", "run"), [("power", main), ("calibration", calibration_main)])
def test_the_command_writes_what_the_notebooks_read(folder, name, run, monkeypatch) -> None:
    few = [each for each in scenarios(made_up(24)) if each.title == "shares, 3 provinces"]
    monkeypatch.setattr(calibration, "scenarios", lambda panel: few)
    monkeypatch.setattr("govstats.models.power.power", partial(power, ratios=(1.0, 4.0)))
    path = folder / f"{name}.csv"
    assert run(["--out", str(path), "--runs", "1", "--seed", "4"]) == 0
    table = read_table(name, folder)
    assert set(table["seed"]) == {4}
    assert set(table["shape"]) == {shape_of(read_table("panel", folder))}
    check_table(name, table)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert digest in (folder / "datapackage.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["power", "calibration"])
def test_the_commands_start_without_a_warning(name) -> None:
    command = [sys.executable, "-W", "error", "-m", f"govstats.models.{name}", "--help"]
    subprocess.run(command, cwd=PROCESSED.parents[1], check=True, capture_output=True)


def test_a_folder_that_is_none_is_told_before_the_simulation(folder, capsys) -> None:
    with pytest.raises(SystemExit):
        main(["--out", str(folder / "none" / "power.csv")])
    assert "is no folder: make it" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["power", "calibration"])
def test_the_shipped_simulations_keep_their_contract(name) -> None:
    """Whether they belong to the shipped panel is for the notebooks to say: it may have grown."""
    if not (PROCESSED / f"{name}.csv").is_file():
        pytest.skip("not simulated yet")
    table = check_table(name, read_table(name, PROCESSED))
    assert table["seed"].nunique() == table["shape"].nunique() == 1
    assert table["runs"].min() >= 20
    if name == "power":
        null = table[table["ratio"] == 1]
        assert (null["low"] <= 0.07).all()
        assert set(table["outcome"]) == set(WORLDS)
