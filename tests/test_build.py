"""The build: nothing lost without a name, the same bytes everywhere, a user's own folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from typer.testing import CliRunner

from govstats.cli import app
from govstats.metrics import metric_table
from govstats.tables import read_table

ROOT = Path(__file__).parents[1]
RAW, PROCESSED = ROOT / "data" / "raw", ROOT / "data" / "processed"
VALID = Path(__file__).parent / "data" / "valid"


def _build(raw: Path, out: Path):
    return CliRunner().invoke(app, ["build", "--raw", str(raw), "--out", str(out)])


@pytest.mark.parametrize(
    "settings",
    [
        {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "0"},
        {"LC_ALL": "C.UTF-8", "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "4711"},
    ],
    ids=lambda settings: settings["TZ"],
)
def test_the_shipped_tables_come_out_byte_for_byte(settings, tmp_path):
    raw = shutil.copytree(RAW, tmp_path / "a folder" / "raw")
    shutil.copy(RAW.parent / "corrections.csv", raw.parent)
    # The simulations are no part of the build, which leaves them where they are and packs them.
    (tmp_path / "out").mkdir()
    for path in (PROCESSED / "calibration.csv", PROCESSED / "power.csv"):
        if path.is_file():
            shutil.copy(path, tmp_path / "out")
    command = [sys.executable, "-m", "govstats", "build", "--raw", str(raw), "--out", "out"]
    environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    made = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    shipped = {path.name: path.read_bytes() for path in PROCESSED.iterdir()}
    assert sorted(made) == sorted(shipped)
    assert [name for name in shipped if made[name] != shipped[name]] == []


def test_every_record_is_in_the_panel_or_left_out_by_name():
    given = set(pd.read_csv(RAW / "collected" / "corpus" / "reports.csv")["report_id"])
    given |= set(pd.read_csv(RAW / "collected" / "originals" / "reports.csv")["report_id"])
    given |= set(read_table("reports", PROCESSED)["report_id"])
    panel, left_out = read_table("panel", PROCESSED), read_table("left_out", PROCESSED)
    held = {record for records in panel["records"] for record in records.split(";")}
    assert held | set(left_out["record_id"]) == given
    assert held.isdisjoint(left_out["record_id"])


def test_every_figure_is_in_the_panel_or_unused_by_name():
    totals = read_table("totals", PROCESSED)
    assert totals["difference"].eq(0).all()
    figures = totals[totals["unit"] == "figures"]
    rows = [pd.read_csv(path) for path in (RAW / "collected").glob("*/prose.csv")]
    assert figures["before"].sum() == sum(map(len, rows))
    assert figures["unused"].sum() == len(read_table("unused", PROCESSED))


def test_every_cell_and_topic_is_kept():
    cells = [pd.read_csv(path) for path in (RAW / "collected").glob("*/cells.csv")]
    extracted = read_table("cells", PROCESSED)
    rows = sum(map(len, cells)) + extracted["label"].eq("").sum()
    assert len(read_table("record_cells", PROCESSED)) == rows
    topics = [pd.read_csv(path) for path in (RAW / "collected").glob("*/topics.csv")]
    assert len(read_table("topics", PROCESSED)) == sum(map(len, topics))


def test_a_prose_total_below_the_rows_of_its_table_is_not_taken():
    panel = read_table("panel", PROCESSED)
    row = panel[panel["records"].str.endswith(";shilong-office-2021")].iloc[0]
    assert (row["refused"], row["refused_from"]) == (3, "derived")


def test_values_are_those_of_the_corpus():
    figures = pd.read_csv(RAW / "collected" / "corpus" / "prose.csv").set_index("report_id")
    panel = read_table("panel", PROCESSED).set_index("records")
    checked = 0
    for report_id, figure in figures.iterrows():
        if panel.loc[report_id, f"{figure['measure']}_from"] == "prose":
            assert panel.loc[report_id, figure["measure"]] == figure["value"]
            checked += 1
    assert checked > 2400


def test_originals_take_their_cells_from_extraction():
    panel = read_table("panel", PROCESSED)
    joined = panel[panel["patch"].str.contains("extracted")]
    assert len(joined) == 4
    assert joined["received_from"].eq("table").all()
    yubei = joined[joined["issuer"].str.contains("渝北")].iloc[0]
    assert (yubei["answered"], yubei["not_held"], yubei["breakdown"]) == (311, 77, "complete")
    assert yubei["website_visits_from"] == "prose"


def test_the_report_that_contradicts_itself_is_flagged_and_kept():
    panel = read_table("panel", PROCESSED)
    yaohai = panel[panel["issuer"].str.contains("瑶海") & (panel["scope"] == "system")].iloc[0]
    assert (yaohai["answered"], yaohai["contradicts"]) == (124, "answered")


def test_the_data_package_is_valid():
    report = frictionless.validate(str(PROCESSED / "datapackage.json"))
    assert report.valid, report.flatten(["name", "title", "message"])


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A user's folder: one report that names no issuer, and a manifest that does."""
    raw = tmp_path_factory.mktemp("own") / "raw"
    (raw / "reports").mkdir(parents=True)
    shutil.copy(VALID / "html-spans-2021.html", raw / "reports" / "ours.html")
    shutil.copy(VALID / "tabs-row-lost.txt", raw / "reports" / "theirs.txt")
    manifest = "source,issuer,year,scope,url\nours.html,合肥市瑶海区人民政府,2022,own,\n"
    (raw / "manifest.csv").write_text(manifest, encoding="utf-8")
    return raw


def test_a_folder_of_ones_own(own, tmp_path):
    result = _build(own, tmp_path / "out")
    assert result.exit_code == 0, result.output
    panel = read_table("panel", tmp_path / "out")
    assert panel[["issuer", "gb2260", "year", "scope"]].values.tolist() == [
        ["合肥市瑶海区人民政府", "340102", 2022, "own"]
    ]
    left_out = read_table("left_out", tmp_path / "out")
    assert left_out["reason"].tolist() == [
        "theirs.txt does not name its issuer: add it to manifest.csv"
    ]


def test_broken_collected_tables_are_wrong_use(own, tmp_path):
    raw = shutil.copytree(own, tmp_path / "raw")
    (raw / "collected").mkdir()
    table = "report_id,issuer,year,scope\na,甲县人民政府,20221,own\n"
    (raw / "collected" / "reports.csv").write_text(table, encoding="utf-8")
    result = _build(raw, tmp_path / "out")
    assert result.exit_code == 2
    assert "reports.csv, line 2, column year" in result.output


def test_a_failed_file_does_not_stop_the_build(own, tmp_path):
    raw = shutil.copytree(own, tmp_path / "raw")
    (raw / "reports" / "empty.txt").write_text("", encoding="utf-8")
    result = _build(raw, tmp_path / "out")
    assert result.exit_code == 3
    assert len(read_table("panel", tmp_path / "out")) == 1


@pytest.mark.parametrize(
    "name",
    [
        "01_sources",
        "04_first_answers",
        "07_not_held",
        "08_remedies",
        "09_expropriation",
        "10_robustness",
        "11_beside_others",
        "12_accuracy",
    ],
)
def test_notebooks_run_on_ones_own_data(own, tmp_path, name):
    _build(own, tmp_path / "out")
    notebook = shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", tmp_path)
    environment = {**os.environ, "GOVSTATS_DATA": str(tmp_path / "out")}
    command = [sys.executable, str(ROOT / "notebooks" / "execute.py"), str(notebook)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert list((tmp_path / "out" / "figures").glob(f"{name[:2]}_*.png"))


def test_the_readme_has_the_metric_dictionary():
    assert metric_table() in (ROOT / "README.md").read_text(encoding="utf-8")
