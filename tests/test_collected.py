"""Collected tables are read as they stand, and broken ones stop with every problem named."""

from __future__ import annotations

import csv
import math
import shutil
from collections import Counter
from pathlib import Path

import pytest

from govstats.collected import CollectedError, read_collected
from govstats.schemas import INPUTS, table

INVALID = Path(__file__).parent / "data" / "collected_invalid"
NAMES = sorted(path.name for path in INVALID.iterdir() if path.is_dir())
COLLECTED = Path(__file__).parents[1] / "data" / "raw" / "collected"
REPORTS = "report_id,issuer,year,scope\na,甲县人民政府,2021,system\nb,乙局,2022,own\n"


def _write(folder: Path, **texts: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return folder


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _problems(folder: Path) -> str:
    with pytest.raises(CollectedError) as caught:
        read_collected(folder)
    return str(caught.value)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """The shipped collections, side by side in a folder of their own."""
    folder = tmp_path_factory.mktemp("collected")
    for name in ("corpus", "originals"):
        shutil.copytree(COLLECTED / name, folder / name)
    return read_collected(folder)


def test_every_broken_collection_has_its_messages():
    texts = {path.stem for path in INVALID.glob("*.txt")}
    assert len(NAMES) >= 15
    assert set(NAMES) == texts


@pytest.mark.parametrize("name", NAMES)
def test_messages_are_exact(name):
    expected = (INVALID / f"{name}.txt").read_text(encoding="utf-8")
    assert _problems(INVALID / name) + "\n" == expected


def test_at_most_twenty_problems_are_shown_and_all_are_kept():
    with pytest.raises(CollectedError) as caught:
        read_collected(INVALID / "many")
    shown = str(caught.value).splitlines()
    assert len(shown) == 21
    # 23 negative counts, and 22 of them contradict the first.
    assert len(caught.value.problems) == 23 + 22
    assert shown[-1] == "... and 25 more"
    assert list(caught.value.problems) == sorted(caught.value.problems)


def test_only_four_columns_are_needed(tmp_path):
    found = read_collected(_write(tmp_path, reports=REPORTS))
    assert found.records.to_dict("records")[0] == {
        **dict.fromkeys(found.records.columns, ""),
        "record_id": "a",
        "origin": "collected",
        "issuer": "甲县人民政府",
        "year": 2021,
        "period": "year",
        "scope": "system",
        "source_kind": "report",
        "form": "unknown",
        "copy": 0,
        "truncated": 0,
    }
    assert [len(frame) for frame in (found.figures, found.cells, found.topics)] == [0, 0, 0]
    assert found.figures["value"].dtype == "float64"
    assert found.topics["count"].dtype == "Int64"


def test_figures_take_scope_of_their_report_and_unit_of_their_measure(tmp_path):
    prose = "report_id,measure,value,scope\na,received,3,\na,fees_yuan,0.5,own\nb,received,4,\n"
    found = read_collected(_write(tmp_path, reports=REPORTS, prose=prose)).figures
    assert found[["record_id", "value", "unit", "scope"]].values.tolist() == [
        ["a", 3, "count", "system"],
        ["a", 0.5, "yuan", "own"],
        ["b", 4, "count", "own"],
    ]


def test_an_empty_cell_is_blank_and_never_zero(tmp_path):
    cells = (
        "report_id,table,row,column,value,status,low,high\n"
        "a,requests,new,total,0,,,\n"
        "a,requests,new,business,,,,\n"
        "a,requests,new,research,,bounded,0,4\n"
        "a,disclosure,licensing,change,-7,,,\n"
        "a,requests,granted,total,2,implied,,\n"
    )
    found = read_collected(_write(tmp_path, reports=REPORTS, cells=cells)).cells
    assert found["status"].tolist() == ["stated", "blank", "bounded", "stated", "implied"]
    assert math.isnan(found["value"][1]) and found["value"][0] == 0
    assert found[["low", "high"]].values.tolist()[2] == [0, 4]
    assert found["value"][3] == -7


def test_a_repeated_row_is_read_once_and_an_approximate_figure_stands_beside_an_exact_one(tmp_path):
    prose = "report_id,measure,value,approximate\na,received,3,\na,received,3,\n"
    prose += "a,received,300,approximate\n"
    found = read_collected(_write(tmp_path, reports=REPORTS, prose=prose)).figures
    assert found[["value", "approximate"]].values.tolist() == [[3, ""], [300, "approximate"]]


def test_folders_are_read_by_name_and_may_refer_to_each_other(tmp_path):
    _write(tmp_path / "b", reports="report_id,issuer,year,scope\nx,丙局,2020,own\n")
    _write(tmp_path / "a", prose="report_id,measure,value\nx,received,1\n", reports=REPORTS)
    _write(tmp_path / "a" / "deeper", reports="broken")
    _write(tmp_path, topics="report_id,topic\na,征地\n")
    found = read_collected(tmp_path)
    assert found.records["record_id"].tolist() == ["a", "b", "x"]
    assert found.figures["scope"].tolist() == ["own"]
    assert found.topics["about"].tolist() == ["requests"]


def test_a_mark_and_windows_line_ends_and_further_columns_are_fine(tmp_path):
    text = "\ufeffreport_id,note,issuer,year,scope\r\na,x,甲局,2021,own\r\n\r\n"
    found = read_collected(_write(tmp_path, reports=text)).records
    assert found["record_id"].tolist() == ["a"]
    assert found["scope"].tolist() == ["own"]
    assert "note" not in found.columns


def test_ids_are_not_looked_up_where_reports_cannot_be_read(tmp_path):
    _write(tmp_path, reports="report_id,issuer\na,甲局\n", prose="report_id,measure\na,received\n")
    assert _problems(tmp_path).splitlines() == [
        "prose.csv, line 1, column value: is missing: add the column",
        "reports.csv, line 1, column year: is missing: add the column",
        "reports.csv, line 1, column scope: is missing: add the column",
    ]


@pytest.mark.parametrize("name", ["empty", "gone"])
def test_a_folder_without_tables_is_an_error(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="holds no collected table"):
        read_collected(tmp_path / name)


def test_every_row_of_the_shipped_files_is_read(shipped):
    for name, frame in (
        ("reports", shipped.records),
        ("prose", shipped.figures),
        ("cells", shipped.cells),
        ("topics", shipped.topics),
    ):
        paths = [COLLECTED / part / f"{name}.csv" for part in ("corpus", "originals")]
        rows = [row for path in paths if path.exists() for row in _rows(path)]
        assert rows
        ids = Counter(row["report_id"] for row in rows)
        assert Counter(frame["record_id"]) == ids


def test_no_value_of_the_shipped_files_changes(shipped):
    rows = [r for part in ("corpus", "originals") for r in _rows(COLLECTED / part / "prose.csv")]
    columns = ["record_id", "measure", "value", "unit"]
    expected = [(r["report_id"], r["measure"], float(r["value"]), r["unit"]) for r in rows]
    assert list(shipped.figures[columns].itertuples(index=False, name=None)) == expected
    cells = _rows(COLLECTED / "corpus" / "cells.csv")
    values = [float(row["value"]) if row["value"] else None for row in cells]
    assert [None if math.isnan(v) else v for v in shipped.cells["value"]] == values
    assert set(shipped.cells["status"]) == {"stated", "blank"}
    records = [
        r for part in ("corpus", "originals") for r in _rows(COLLECTED / part / "reports.csv")
    ]
    for column in (field.name for field in table("reports", INPUTS).fields[2:]):
        assert shipped.records[column].astype(str).tolist() == [row[column] for row in records]


def test_the_originals_name_the_files_that_their_tables_are_read_from(shipped):
    sources = shipped.records.set_index("record_id")["source"]
    transcripts = {path.name for path in (COLLECTED.parent / "reports").glob("*.txt")}
    assert transcripts
    assert transcripts <= set(sources)
    assert sources["yubei-2021"] == "yubei-2021.txt"
    assert set(sources[~sources.index.str.match("[a-z]")]) == {""}
