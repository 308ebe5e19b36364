"""Bad input costs that input only: every file is in reports or in failures, with its reason."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pyarrow.parquet
import pytest
from reading import collect
from typer.testing import CliRunner

from govstats.cli import app
from govstats.corpus import find_sources

DATA = Path(__file__).parent / "data"
INVALID = DATA / "invalid"
MESSAGES = tomllib.loads((INVALID / "messages.toml").read_text(encoding="utf-8"))
GOOD = DATA / "valid" / "html-spans-2021.html"


def _run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_invalid_file_has_its_message():
    files = {path.name for path in INVALID.iterdir()} - {"messages.toml"}
    assert files and files == set(MESSAGES)


@pytest.mark.parametrize("name", MESSAGES)
def test_message_is_exact(name):
    stage, message = MESSAGES[name]
    collection = collect(find_sources([INVALID / name]))
    assert collection.reports == []
    assert [(f.source, f.stage, f.error) for f in collection.failures] == [
        (name, stage, f"{name} {message}")
    ]


def test_bad_files_do_not_cost_the_good_one(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for path in (*INVALID.glob("*.*"), GOOD):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "sub").mkdir()
    (folder / "sub" / "copy.html").write_bytes(GOOD.read_bytes())
    (folder / "broken.txt").symlink_to(folder / "nowhere.txt")
    result = _run("extract", folder, "--out", tmp_path / "out")
    assert result.exit_code == 3
    reports, failures = (_rows(tmp_path / "out" / f"{n}.csv") for n in ("reports", "failures"))
    assert [row["source"] for row in reports] == [GOOD.name]
    assert len(reports) + len(failures) == len(list(folder.rglob("*.*")))
    by_source = {row["source"]: (row["stage"], row["error"]) for row in failures}
    assert by_source["broken.txt"] == ("find", "broken.txt is a broken link: check the path")
    assert by_source["sub/copy.html"] == (
        "duplicate",
        f"sub/copy.html has the same content as {GOOD.name}",
    )


def test_missing_path_is_a_failure_and_the_rest_is_read(tmp_path):
    result = _run("extract", tmp_path / "gone.txt", GOOD, "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "gone.txt does not exist: check the path" in result.output
    assert len(_rows(tmp_path / "out" / "reports.csv")) == 1


def test_fifty_megabytes_are_refused(tmp_path):
    big = tmp_path / "big.txt"
    big.write_text("甲县2020年政府信息公开工作年度报告\n" * 1_000_000, encoding="utf-8")
    assert big.stat().st_size == 50_000_000
    assert _run("extract", big, "--out", tmp_path / "out").exit_code == 3
    (failure,) = _rows(tmp_path / "out" / "failures.csv")
    assert failure["error"] == (
        "big.txt is 50 MB, more than 20 MB: cut out the report, or raise the limit with --max-mb"
    )


def test_the_limit_of_size_may_be_moved(tmp_path):
    large = tmp_path / "large.html"
    large.write_bytes(GOOD.read_bytes() + b" " * 1_000_000)
    assert _run("extract", large, "--max-mb", 1, "--out", tmp_path / "out").exit_code == 3
    assert _run("extract", large, "--max-mb", 2, "--out", tmp_path / "out").exit_code == 0


def test_duplicates_alone_are_no_failure(tmp_path):
    copy = tmp_path / "copy.html"
    copy.write_bytes(GOOD.read_bytes())
    result = _run("extract", GOOD, copy, "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert result.output.startswith("2 files: 1 reports (")


def test_same_names_in_two_folders_stay_apart(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.html").write_text(f"<p>{name}</p>", encoding="utf-8")
    names = [source.name for source in find_sources([tmp_path / "a", tmp_path / "b"])]
    assert len(set(names)) == 2


def test_unwritable_output_is_wrong_use(tmp_path):
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    result = _run("extract", GOOD, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "choose another --out" in result.output


def test_wrong_use_exits_with_two(tmp_path):
    assert _run("extract", "--out", tmp_path).exit_code == 2
    assert _run("extract", GOOD, "--out", tmp_path, "--format", "xls").exit_code == 2


def test_parquet_holds_the_same_rows_as_csv(tmp_path):
    for kind in ("csv", "parquet"):
        assert _run("extract", GOOD, "--out", tmp_path, "--format", kind).exit_code == 0
    for name in ("reports", "cells", "checks", "failures"):
        rows = _rows(tmp_path / f"{name}.csv")
        table = pyarrow.parquet.read_table(tmp_path / f"{name}.parquet")
        found = [{k: "" if v is None else f"{v:g}" if isinstance(v, float) else str(v)
                  for k, v in row.items()} for row in table.to_pylist()]  # fmt: skip
        assert found == rows


def test_output_does_not_depend_on_the_order_of_the_paths_run_twice(tmp_path):
    first, second = tmp_path / "1", tmp_path / "2"
    for out in (first, second):
        assert _run("extract", DATA / "valid", "--out", out).exit_code == 3
    tables = sorted(first.glob("*.csv"))
    assert len(tables) == 6
    for path in tables:
        assert path.read_bytes() == (second / path.name).read_bytes()


def test_show_fits_a_hundred_columns():
    result = _run("show", GOOD)
    assert result.exit_code == 0
    wide = [line for line in result.output.splitlines() if _cells_wide(line) > 100]
    assert wide == []
    assert "本机关不掌握相关政府信息" in result.output


def _cells_wide(line: str) -> int:
    from rich.cells import cell_len

    return cell_len(line)


def test_show_names_what_is_wrong():
    result = _run("show", INVALID / "packed.txt")
    assert result.exit_code == 3
    assert "is a RAR archive" in result.output
