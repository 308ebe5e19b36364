"""A user's raw folder: what is wrong in it is told with file, line and column."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from govstats.cli import app

ROOT = Path(__file__).parents[1]
RAW = ROOT / "data" / "raw"
NOTEBOOKS = ROOT / "notebooks"
REPORT = RAW / "reports" / "yubei-2021.txt"
REPORTS = "report_id,issuer,year,scope\na,合肥市教育局,2021,own\n"


def _hashes(folder):
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def _read(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _run(raw, out):
    result = CliRunner().invoke(app, ["build", "--raw", str(raw), "--out", str(out)])
    return result.exit_code, result.output


def _raw(folder, manifest=None, **collected):
    folder.mkdir()
    shutil.copy(REPORT, folder)
    if manifest is not None:
        (folder / "manifest.csv").write_bytes(manifest)
    for name, text in collected.items():
        (folder / "collected").mkdir(exist_ok=True)
        (folder / "collected" / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_a_manifest_with_a_byte_order_mark_and_spaces_is_read(tmp_path):
    text = "source, issuer, year, scope\r\nyubei-2021.txt, 合肥市教育局, 2020, own\r\n"
    raw = _raw(tmp_path / "raw", b"\xef\xbb\xbf" + text.encode())
    assert _run(raw, tmp_path / "out")[0] == 0
    row = _read(tmp_path / "out" / "panel.csv").iloc[0]
    assert (row["issuer"], row["year"], row["scope"]) == ("合肥市教育局", "2020", "own")


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (b"", "line 1, column source: is missing"),
        (b"issuer\nx\n", "line 1, column source: is missing"),
        (b"source,Year\nyubei-2021.txt,2021\n", "line 1, column Year: is not known here"),
        (b"source\nnone.txt\n", "line 2, column source: there is no report file 'none.txt'"),
        (b"source\nyubei-2021.txt\nyubei-2021.txt\n", "line 3, column source: 'yubei-2021.txt'"),
        (b'source,issuer\nyubei-2021.txt,"A\n', "line 2, column 1: is no CSV"),
        (b"source,issuer\nyubei-2021.txt,A,B\n", "line 2, column source: the line has 3 fields"),
        ("source,issuer\nyubei-2021.txt,甲\n".encode("gb18030"), "line 2, column issuer: is not"),
        ("source,year\nyubei-2021.txt,²\n".encode(), "line 2, column year: '²' is no year"),
        (b"source,scope\nyubei-2021.txt,all\n", "line 2, column scope: 'all' is none of"),
    ],
)
def test_a_broken_manifest_is_told_with_line_and_column(tmp_path, manifest, message):
    code, said = _run(_raw(tmp_path / "raw", manifest), tmp_path / "out")
    assert code == 2
    assert f"manifest.csv, {message}" in said
    assert not (tmp_path / "out").exists()


def test_a_second_build_does_not_read_the_first(tmp_path):
    raw = _raw(tmp_path / "raw")
    first = _run(raw, raw / "tables")
    before = _hashes(raw / "tables")
    assert (first[0], _run(raw, raw / "tables")) == (0, first)
    assert _hashes(raw / "tables") == before


def test_a_raw_folder_that_is_none_is_told(tmp_path):
    code, said = _run(tmp_path / "none", tmp_path / "out")
    assert (code, "none cannot be used (is no folder)" in said) == (2, True)


def test_a_foreign_table_in_the_way_is_told_before_anything_is_written(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "other.csv").write_text("a\n")
    code, said = _run(_raw(tmp_path / "raw"), tmp_path / "out")
    assert (code, "other.csv cannot be used" in said) == (2, True)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["other.csv"]


def test_an_empty_collected_folder_is_told(tmp_path):
    raw = _raw(tmp_path / "raw")
    (raw / "collected").mkdir()
    code, said = _run(raw, tmp_path / "out")
    assert (code, "needs a reports.csv" in said) == (2, True)


def test_files_that_failed_are_named(tmp_path):
    raw = _raw(tmp_path / "raw")
    (raw / "x.docx").write_bytes(b"\x00\x01")
    code, said = _run(raw, tmp_path / "out")
    assert (code, "x.docx is not text" in said) == (3, True)


def test_topics_of_collected_reports_have_themes(tmp_path):
    raw = _raw(tmp_path / "raw", reports=REPORTS, topics="report_id,topic,count\na,土地征收,3\n")
    assert _run(raw, tmp_path / "out")[0] == 0
    row = _read(tmp_path / "out" / "topics.csv").iloc[-1]
    assert (row["report_id"], row["topic"], row["count"]) == ("a", "土地征收", "3")
    assert row["theme"] not in ("", "uncoded")


def test_the_tour_draws_ones_own_reports_elsewhere(tmp_path, monkeypatch):
    _raw(tmp_path / "mine")
    for name in ("data", "figures"):
        (tmp_path / name).symlink_to(ROOT / name, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    cells = json.loads((NOTEBOOKS / "00_start_here.ipynb").read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    named = 'OWN = Path("data/example/my-reports")'
    assert code.count(named) == 1
    before = _hashes(ROOT / "figures")
    exec(code.replace(named, 'OWN = Path("mine")'), {})
    assert _hashes(ROOT / "figures") == before
    drawn = pd.read_csv(tmp_path / "my-figures" / "00_own.csv")
    assert drawn["source"].to_list() == [REPORT.name]


def _notebooks(folder, built, **settings):
    """Run the first seven notebooks on a processed folder named from here; give what they say."""
    paths = sorted(NOTEBOOKS.glob("0[0-6]_*.ipynb"))
    environment = {**os.environ, "GOVSTATS_DATA": built.name, **settings}
    command = [sys.executable, str(NOTEBOOKS / "execute.py"), *map(str, paths)]
    result = subprocess.run(
        command, cwd=built.parent, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return "".join((built / folder / p.name).read_text(encoding="utf-8") for p in paths)


def test_notebooks_say_in_either_language_what_collected_records_cannot_show(tmp_path):
    raw = _raw(tmp_path / "raw", reports=REPORTS)
    (raw / REPORT.name).unlink()
    built = tmp_path / "out"
    assert _run(raw, built)[0] == 0
    shipped = {name: _hashes(ROOT / name) for name in ("notebooks", "figures", "tables", "paper")}
    said = _notebooks("notebooks/zh", built, GOVSTATS_LANG="zh")
    assert {name: _hashes(ROOT / name) for name in shipped} == shipped
    for sentence in (
        "No report file was read, so there is no cell to show.",
        "No report was read, so there are no replies to show.",
        "Medians: none, for no row states the items disclosed.",
        "No row states the requests received.",
    ):
        assert sentence in said
    drawn = {path.stem for path in (built / "figures" / "zh").glob("0[0-6]_*.png")}
    assert drawn == {path.stem for path in (ROOT / "figures").glob("0[0-6]_*.png")}
