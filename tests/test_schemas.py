"""Contracts, data package and codebook: one source, and faults are named by table, column, row."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import frictionless
import pandas as pd
import pytest

from govstats import schemas, vocabulary
from govstats.tables import EXTRACTED, read_table

ROOT = Path(__file__).parents[1]
PROCESSED = ROOT / "data" / "processed"
METRICS = tomllib.loads(
    (Path(__file__).parent / "data" / "contracts" / "metrics.toml").read_text(encoding="utf-8")
)
SOURCES = "table, prose, implied, derived, table (corrected), implied (corrected)"
SOURCES += ", derived (corrected)"
CHINESE = re.compile("[\u4e00-\u9fff]")


def _column(field: schemas.Field) -> pd.Series:
    """Two rows that the contract of a column allows, different where they must be."""
    if field.enum:
        values = [field.enum[0], field.enum[-1]]
    elif field.pattern:
        values = {"[0-9]{6}": ["110000", ""], "any|[0-9]{4}": ["any", "2021"]}.get(
            field.pattern, ["0" * 64, "1" * 64]
        )
    elif field.type == "text":
        values = [f"{field.name} 1", f"{field.name} 2"] if field.required else ["甲", "乙"]
    else:
        least = field.minimum or 0
        values = [least, least + 1 if field.required or field.minimum else None]
    kinds = {"text": "str", "whole": "Int64", "number": "float64"}
    return pd.Series(values, dtype=kinds[field.type])


def _frame(name: str) -> pd.DataFrame:
    fields = schemas.table(name, metrics=METRICS).fields
    frame = pd.DataFrame({field.name: _column(field) for field in fields})
    for column in frame.columns:
        if f"{column}_from" in frame:
            frame[column] = [1.0, None]
            frame[f"{column}_from"] = pd.Series(["table", ""], dtype="str")
    return frame


def _fault(name: str, frame: pd.DataFrame) -> str:
    with pytest.raises(schemas.TableError) as caught:
        schemas.check_table(name, frame, METRICS)
    return str(caught.value)


@pytest.mark.parametrize("section", [schemas.TABLES, schemas.INPUTS, schemas.BESIDE])
def test_every_field_is_described_in_both_languages(section):
    for name in schemas.names(section):
        described = schemas.table(name, section, METRICS)
        assert set(described.key) <= {field.name for field in described.fields}
        assert len({field.name for field in described.fields}) == len(described.fields)
        for field in described.fields:
            assert field.en and CHINESE.search(field.zh), (name, field.name)
            assert CHINESE.search(field.label) or field.name == "sha256", (name, field.name)


def test_every_measure_has_a_column_and_a_companion_in_the_panel():
    names = [field.name for field in schemas.table("panel", metrics=METRICS).fields]
    for measure in vocabulary.measures():
        assert names.index(f"{measure}_from") == names.index(measure) + 1
    assert names[-4:] == ["exposure", "breakdown", "share_refused", "reviews_per_100"]


def test_metrics_tell_their_formula_in_either_way():
    fields = {field.name: field for field in schemas.table("panel", metrics=METRICS).fields}
    assert "Formula: 100 * (refused) / (answered)." in fields["share_refused"].en
    assert "Formula: 100 * reviews / exposure." in fields["reviews_per_100"].en
    assert (fields["breakdown"].type, fields["exposure"].type) == ("text", "number")


@pytest.mark.parametrize("name", EXTRACTED)
def test_the_shipped_tables_keep_their_contract(name):
    frame = read_table(name, PROCESSED)
    checked = schemas.check_table(name, frame)
    pd.testing.assert_frame_equal(checked, frame)


@pytest.mark.parametrize("name", schemas.names())
def test_a_frame_made_from_the_description_keeps_the_contract(name):
    frame = _frame(name)
    assert len(schemas.check_table(name, frame, METRICS)) == 2
    assert len(schemas.check_table(name, frame.iloc[:0], METRICS)) == 0


@pytest.mark.parametrize("name", schemas.names())
def test_a_column_too_many_or_too_few_is_named(name):
    frame = _frame(name)
    column = frame.columns[0]
    assert _fault(name, frame.drop(columns=column)) == f"{name}: column {column}: is missing"
    said = "is not in govstats/vocabulary/fields.toml: describe it there"
    assert _fault(name, frame.assign(strange=1)) == f"{name}: column strange: {said}"


@pytest.mark.parametrize(
    ("name", "column", "value", "said"),
    [
        ("records", "record_id", "", "'' is empty"),
        ("records", "year", 20221, "20221 is above 2035"),
        ("records", "scope", "both", "'both' is none of own, system, unknown"),
        ("records", "gb2260", "11", "'11' is not [0-9]{6}"),
        ("records", "copy", 2, "2 is none of 0, 1"),
        ("records", "truncated", None, "is empty"),
        ("records", "record_id", "record_id 1", "'record_id 1' stands in another row too"),
        ("reports", "sha256", "A" * 64, f"'{'A' * 64}' is not [0-9a-f]{{64}}"),
        ("topics", "count", -1, "-1 is below 0"),
        ("coverage", "year", "2021-22", "'2021-22' is not any|[0-9]{4}"),
        ("panel", "share_refused", 100.5, "100.5 is above 100"),
        ("panel", "breakdown", "whole", "'whole' is none of complete, partial, none"),
        ("panel", "received_from", "guess", f"'guess' is none of {SOURCES}"),
        (
            "panel",
            "received_from",
            "prose (corrected)",
            f"'prose (corrected)' is none of {SOURCES}",
        ),
        ("cells", "value", "3", "must hold numbers only"),
        ("records", "issuer", 3, "must hold text only"),
    ],
)
def test_a_fault_is_named_by_table_column_and_row(name, column, value, said):
    frame = _frame(name)
    if isinstance(value, str) != (frame[column].dtype == "str") and value is not None:
        frame[column] = pd.Series([value, value])
        place = f"column {column}"
    else:
        frame.loc[1, column] = value
        place = f"column {column}, row 2"
    assert f"{name}: {place}: {said}" in _fault(name, frame).splitlines()


def test_a_value_without_a_source_and_a_source_without_a_value_are_faults():
    frame = _frame("panel")
    frame.loc[0, "received_from"] = ""
    frame.loc[1, "granted_from"] = "prose"
    assert _fault("panel", frame).splitlines() == [
        "panel: row 1: has received or received_from without the other",
        "panel: row 2: has granted or granted_from without the other",
    ]
    lonely = _frame("panel").drop(columns="received_from")
    assert "panel: row 1: has received or received_from without the other" in _fault(
        "panel", lonely
    )


def test_a_negative_count_and_a_share_over_100_are_faults_and_a_growth_is_not():
    frame = _frame("panel")
    frame.loc[0, ["received", "granted_share", "received_growth"]] = [-1, 101, 400]
    assert _fault("panel", frame).splitlines() == [
        "panel: column granted_share, row 1: 101.0 is above 100",
        "panel: column received, row 1: -1.0 is below 0",
    ]


def test_a_measure_may_be_missing_and_a_key_may_not_repeat():
    frame = _frame("panel").drop(columns=["fees_yuan", "fees_yuan_from"])
    schemas.check_table("panel", frame, METRICS)
    key = list(schemas.table("panel").key)
    assert {"issuer", "county", "year", "period", "scope"} <= set(key)
    frame[key] = pd.concat([frame[key].iloc[[0]]] * 2, ignore_index=True)
    said = f"panel: row 2: has the key of an earlier row: {', '.join(key)}"
    assert _fault("panel", frame) == said


def test_at_most_twenty_faults_are_shown():
    frame = pd.DataFrame({"source": [""] * 30, "stage": "find", "error": "x"})
    lines = _fault("failures", frame).splitlines()
    assert (len(lines), lines[-1]) == (21, "... and 10 more")


def test_whole_numbers_of_any_width_are_taken_and_nothing_else_is_changed():
    frame = _frame("totals").assign(before=pd.Series([1, 2], dtype="int32"))
    frame["after"] = pd.Series([3, 4], dtype="Int64")
    checked = schemas.check_table("totals", frame, METRICS)
    assert checked["before"].tolist() == [1.0, 2.0]
    assert checked["before"].dtype == "float64"
    assert (frame["before"].dtype, checked["after"].dtype) == ("int32", "float64")


@pytest.fixture
def built(tmp_path):
    """A folder of tables: those of extraction, and a made-up panel in both formats."""
    for name in EXTRACTED:
        shutil.copy(PROCESSED / f"{name}.csv", tmp_path)
    panel = _frame("panel")
    panel.to_csv(tmp_path / "panel.csv", index=False, lineterminator="\n")
    panel.to_parquet(tmp_path / "panel.parquet")
    return tmp_path


def test_the_data_package_is_valid_and_notices_changes(built):
    path = schemas.write_datapackage(built, METRICS)
    report = frictionless.validate(str(path))
    assert report.valid, report.flatten(["name", "title", "message"])
    assert len(report.tasks) == len(EXTRACTED) + 2
    text = (built / "cells.csv").read_text(encoding="utf-8")
    (built / "cells.csv").write_text(text.replace(",stated,", ",stayed,", 1), encoding="utf-8")
    with (built / "panel.parquet").open("ab") as stream:
        stream.write(b"PAR1")
    report = frictionless.validate(str(path))
    found = {task.name: {error.type for error in task.errors} for task in report.tasks}
    assert found.pop("cells") == {"hash-count", "constraint-error"}
    assert found.pop("panel-parquet") >= {"hash-count", "byte-count"}
    assert not any(found.values())


def test_the_data_package_describes_every_field_and_is_the_same_every_time(built):
    first = schemas.write_datapackage(built, METRICS).read_bytes()
    assert schemas.write_datapackage(built, METRICS).read_bytes() == first
    package = json.loads(first)
    for resource in package["resources"]:
        if resource["format"] == "csv":
            head = (built / resource["path"]).read_text(encoding="utf-8").partition("\n")[0]
            fields = resource["schema"]["fields"]
            assert [field["name"] for field in fields] == head.split(",")
            assert all(" / " in f["title"] and CHINESE.search(f["description"]) for f in fields)
            assert resource["schema"]["missingValues"] == [""]
    assert not re.search(rb"\d{4}-\d{2}-\d{2}T|created", first)


def test_what_is_not_described_is_not_packed(built):
    panel = _frame("panel").assign(strange=1)
    panel.to_csv(built / "panel.csv", index=False)
    with pytest.raises(ValueError, match=r"^panel\.csv: column strange is not in .*describe it"):
        schemas.datapackage(built, METRICS)
    (built / "panel.csv").unlink()
    (built / "notes.csv").write_text("a\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"^notes\.csv is not in "):
        schemas.datapackage(built, METRICS)


def test_an_empty_folder_is_no_package(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no table"):
        schemas.datapackage(tmp_path)


def test_the_codebook_is_made_from_the_dictionary():
    path = ROOT / "docs" / "codebook.md"
    advice = "write it anew: python -c 'from govstats import schemas; print(schemas.codebook())'"
    assert path.read_text(encoding="utf-8") == schemas.codebook(), advice


def test_the_codebook_holds_every_column_of_every_table():
    text = schemas.codebook(METRICS)
    for section in (schemas.TABLES, schemas.INPUTS, schemas.BESIDE):
        for name in schemas.names(section):
            described = schemas.table(name, section, METRICS)
            chapter = text.partition(f"## {name}: {described.title} /")[2].partition("\n## ")[0]
            listed = re.findall(r"^\| `(\w+)` \|", chapter, re.MULTILINE)
            assert listed == [field.name for field in described.fields]
    widths = {len(re.split(r"(?<!\\)\|", line)) for line in text.splitlines() if line[:1] == "|"}
    assert widths == {8}


def test_descriptions_are_read_without_pandas():
    code = (
        "import sys; from govstats import schemas; schemas.codebook(); schemas.columns('cells');"
        "assert not {'pandas', 'pandera', 'frictionless'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
