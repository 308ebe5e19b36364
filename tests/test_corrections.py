"""Corrections by hand stand beside what is stated, the panel uses them, none goes unnoticed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from reading import collect
from typer.testing import CliRunner

from govstats import corpus, schemas, vocabulary
from govstats.cli import app
from govstats.collected import CollectedError, read_collected
from govstats.corrections import correct, find_file, read_corrections
from govstats.forms import candidates
from govstats.models.samples import stated
from govstats.tables import read_table

DATA = Path(__file__).parents[1] / "data"
VALID = Path(__file__).parent / "data" / "valid"
HEAD = "source,report_id,table,row,column,printed,corrected,reason,evidence"
YAOHAI, SHILONG = "yaohai-2019.txt", "shilong-office-2021.txt"
YAOHAI_ID, SHILONG_ID = "1c69fea0e635", "8f9c9d458555"
REPORTS = "report_id,source,issuer,year,scope\nhand,page.pdf,合肥市教育局,2021,own\n"
CELLS = (
    "report_id,table,row,column,value\nhand,requests,new,total,9\nhand,requests,granted,total,\n"
)
# The table of Yaohai adds up where the three requests that stayed unclear are taken out.
ADDS_UP = (
    f"{YAOHAI},,requests,still_unclear,natural_person,3,0,misprint,made up",
    f"{YAOHAI},,requests,still_unclear,total,3,0,misprint,made up",
)


def _raw(folder: Path, *lines: str, head: str = HEAD, place: str = "raw/corrections.csv") -> Path:
    """A raw folder with two reports, a collected record and these corrections."""
    raw = folder / "raw"
    (raw / "reports").mkdir(parents=True)
    for name in (YAOHAI, SHILONG):
        shutil.copy(DATA / "raw" / "reports" / name, raw / "reports")
    manifest = (DATA / "raw" / "manifest.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in manifest if line.startswith(("source", YAOHAI, SHILONG))]
    (raw / "manifest.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    (raw / "collected").mkdir()
    (raw / "collected" / "reports.csv").write_text(REPORTS, encoding="utf-8")
    (raw / "collected" / "cells.csv").write_text(CELLS, encoding="utf-8")
    if lines:
        (folder / place).write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return raw


def _run(raw: Path, out: Path, *more: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["build", "--raw", str(raw), "--out", str(out), *more])
    return result.exit_code, result.output


def _built(folder: Path, *lines: str) -> Path:
    code, said = _run(_raw(folder, *lines), folder / "out")
    assert code == 0, said
    assert f"{len(lines)} corrections used" in said
    return folder / "out"


def _cell(table: pd.DataFrame, record: str, address: str) -> pd.Series:
    key = [record, *address.split(".")]
    found = table[(table[[table.columns[0], "table", "row", "column"]] == key).all(axis=1)]
    assert len(found) == 1
    return found.iloc[0]


def _panel(out: Path, record: str) -> pd.Series:
    panel = read_table("panel", out)
    return panel[panel["records"].str.contains(record)].iloc[0]


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The tables without a correction."""
    return _built(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def adds_up(tmp_path_factory):
    """The tables with the corrections that make a table add up."""
    return _built(tmp_path_factory.mktemp("adds_up"), *ADDS_UP)


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """What a build reads before it corrects: reports and collected tables."""
    raw = _raw(tmp_path_factory.mktemp("given"))
    return collect(corpus.find_sources([raw / "reports"])), read_collected(raw / "collected")


def _problems(given, folder: Path, *lines: str, head: str = HEAD) -> str:
    path = folder / "corrections.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    with pytest.raises(CollectedError) as caught:
        correct(*given, read_corrections(path))
    return str(caught.value)


def test_the_shipped_corrections_are_whole_and_have_every_column():
    lines = (DATA / "corrections.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == HEAD
    fields = schemas.table("corrections", schemas.BESIDE).fields
    assert [field.name for field in fields] == HEAD.split(",")


def test_the_reasons_of_cells_are_those_of_corrections_and_the_sums():
    reasons = {f.name: f.enum for f in schemas.table("corrections", schemas.BESIDE).fields}
    assert vocabulary.words("fields.toml")["fields"]["correction"]["enum"] == [
        *reasons["reason"],
        "sums",
    ]


def test_a_correction_stands_beside_the_value_and_nothing_else_changes(plain, adds_up):
    for name, record in (("cells", "report_id"), ("record_cells", "record_id")):
        before, after = read_table(name, plain), read_table(name, adds_up)
        pd.testing.assert_frame_equal(
            before.drop(columns=["corrected", "correction"]),
            after.drop(columns=["corrected", "correction"]),
        )
        changed = after[after["correction"] != ""]
        assert changed[
            [record, "row", "column", "value", "corrected", "correction"]
        ].values.tolist() == [
            [YAOHAI_ID, "still_unclear", "natural_person", 3, 0, "misprint"],
            [YAOHAI_ID, "still_unclear", "total", 3, 0, "misprint"],
        ]
        assert before["correction"].eq("").all() and before["corrected"].isna().all()


def test_checks_stay_as_stated_and_say_what_the_corrections_make_of_them(plain, adds_up):
    before, after = read_table("checks", plain), read_table("checks", adds_up)
    pd.testing.assert_frame_equal(before.drop(columns="corrected"), after.drop(columns="corrected"))
    assert before["corrected"].eq("").all()
    told = after[after["corrected"] != ""]
    assert told[["check", "address", "left", "right", "verdict", "corrected"]].values.tolist() == [
        ["outcomes", "requests.*.natural_person", 124, 127, "violated", "holds"],
        ["outcomes", "requests.*.total", 124, 127, "violated", "holds"],
        ["applicants", "requests.still_unclear.*", 3, 3, "holds", "holds"],
    ]
    assert read_table("reports", adds_up)["checks_violated"].tolist() == [0, 2]


def test_the_panel_takes_the_corrected_value_and_names_it(plain, adds_up):
    before = _panel(plain, YAOHAI_ID)
    after = _panel(adds_up, YAOHAI_ID)
    assert (before["still_unclear"], before["still_unclear_from"]) == (3, "table")
    assert (after["still_unclear"], after["still_unclear_from"]) == (0, "table (corrected)")
    assert (before["unable"], after["unable"]) == (30, 27)
    assert (before["unable_from"], after["unable_from"]) == ("table", "table (corrected)")
    assert (before["contradicts"], after["contradicts"]) == ("answered", "")
    assert (after["not_held"], after["not_held_from"]) == (27, "table")
    assert (before["share_unable"], after["share_unable"]) == (24.193548, 21.774194)
    addresses = "requests.still_unclear.natural_person;requests.still_unclear.total"
    assert (before["corrected"], after["corrected"]) == ("", addresses)


def test_other_rows_of_the_panel_stay_as_they_were(plain, adds_up):
    others = [t[~t["records"].str.contains(YAOHAI_ID)] for t in map(_whole_panel, (plain, adds_up))]
    pd.testing.assert_frame_equal(*others)


def test_what_is_read_and_corrected_counts_as_read():
    panel = read_table("panel", DATA / "processed")
    named = panel.assign(not_held_from=panel["not_held_from"] + " (corrected)")
    assert len(stated(panel)) > 0
    assert stated(named)["records"].tolist() == stated(panel)["records"].tolist()


def _whole_panel(out: Path) -> pd.DataFrame:
    return read_table("panel", out)


def test_a_number_that_is_known_to_be_wrong_only_is_unread(tmp_path):
    line = f"{SHILONG},{SHILONG_ID},requests,refused_query_procedure,total,2,,misprint,made up"
    out = _built(tmp_path, line)
    cell = _cell(read_table("cells", out), SHILONG_ID, "requests.refused_query_procedure.total")
    assert (cell["value"], cell["correction"]) == (2, "misprint")
    assert pd.isna(cell["corrected"])
    row = _panel(out, SHILONG_ID)
    assert pd.isna(row["refused_query_procedure"])
    assert row["refused_query_procedure_from"] == ""


def test_what_the_sums_leave_is_reckoned_anew_and_named(plain, tmp_path):
    lines = [
        f"{SHILONG},,requests,refused_query_procedure,{column},2,3,erratum,made up"
        for column in ("natural_person", "total")
    ]
    out = _built(tmp_path, *lines)
    before = _cell(read_table("cells", plain), SHILONG_ID, "requests.granted.total")
    after = _cell(read_table("cells", out), SHILONG_ID, "requests.granted.total")
    assert (before["status"], before["low"], before["high"]) == ("bounded", 0, 1)
    assert (after["status"], after["low"], after["high"]) == ("bounded", 0, 1)
    assert (after["corrected"], after["correction"]) == (0, "sums")
    row = _panel(out, SHILONG_ID)
    assert pd.isna(_panel(plain, SHILONG_ID)["granted"])
    assert (row["granted"], row["granted_from"]) == (0, "implied (corrected)")
    assert row["refused_query_procedure_from"] == "table (corrected)"
    assert row["corrected"].count(";") == 1


def test_what_the_sums_leave_no_more_is_not_known(plain, tmp_path):
    # One more in the total than in its rows: the sums of that column speak no more.
    out = _built(tmp_path, f"{SHILONG},,requests,total,business,0,1,misprint,made up")
    before, after = (
        _cell(read_table("cells", folder), SHILONG_ID, "requests.granted.business")
        for folder in (plain, out)
    )
    assert (before["value"], before["status"], before["correction"]) == (0, "implied", "")
    assert (after["value"], after["status"], after["correction"]) == (0, "implied", "sums")
    assert pd.isna(after["corrected"])
    checks = read_table("checks", out).set_index(["report_id", "check", "address"])
    told = checks.loc[(SHILONG_ID, "balance", "requests.*.business")]
    assert (told["verdict"], told["corrected"]) == ("holds", "violated")


def test_an_implied_cell_may_be_filled_in(tmp_path):
    line = f"{SHILONG},,requests,granted,total,,1,misread,made up"
    out = _built(tmp_path, line)
    row = _panel(out, SHILONG_ID)
    assert (row["granted"], row["granted_from"]) == (1, "table (corrected)")
    others = read_table("cells", out)
    assert set(others.loc[others["correction"] == "sums", "corrected"]) == {0, 1}


def test_a_collected_cell_is_corrected_by_its_record(tmp_path):
    lines = (",hand,requests,new,total,9,8,transcription,page 2",)
    out = _built(tmp_path, *lines)
    cell = _cell(read_table("record_cells", out), "hand", "requests.new.total")
    assert (cell["value"], cell["corrected"], cell["correction"]) == (9, 8, "transcription")
    row = _panel(out, "hand")
    assert (row["received"], row["received_from"]) == (8, "table (corrected)")
    assert row["corrected"] == "requests.new.total"


@pytest.mark.parametrize("printed", ["124", "１２４件", "+124"])
def test_printed_may_be_the_text_or_the_number(printed, given, tmp_path):
    path = tmp_path / "corrections.csv"
    line = f"{YAOHAI},,requests,new,total,{printed},125,misprint,made up"
    path.write_text(f"{HEAD}\n{line}\n", encoding="utf-8")
    found, _, targets = correct(*given, read_corrections(path))
    assert set(targets.values()) == {YAOHAI_ID}
    corrected = [
        (str(cell.address), cell.value, cell.corrected)
        for report in found.reports
        for cell in report.extraction.cells
        if cell.correction == "misprint"
    ]
    assert corrected == [("requests.new.total", 124, 125)]


LINE = f"{YAOHAI},,requests,new,total,124,125,misprint,made up"
REMEDY = "mend or drop the correction"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (LINE.replace(YAOHAI, ""), "source: is empty: name the report's file"),
        (LINE.replace(YAOHAI, "x.txt"), "source: there is no report file 'x.txt'"),
        (LINE.replace("new", "news"), "row: requests.news is in no form: see govstats/forms"),
        (LINE.replace("requests", ""), "table: is empty: fill it in"),
        (
            LINE.replace("124", "123"),
            "printed: '123' is not what requests.new.total prints now, '124'",
        ),
        (
            LINE.replace("124", ""),
            "printed: nothing is not what requests.new.total prints now, '124'",
        ),
        (LINE.replace("125", "124"), "corrected: 124 is what requests.new.total prints"),
        (LINE.replace("125", "-1"), "corrected: -1 is negative"),
        (LINE.replace("125", "1.5"), "corrected: 1.5 is no whole number"),
        (LINE.replace("125", "many"), "corrected: 'many' is no number"),
        (LINE.replace("misprint", "typo"), "reason: 'typo' is none of misprint, misread,"),
        (LINE.replace("misprint", ""), "reason: is empty"),
        (LINE.replace("made up", ""), "evidence: is empty"),
        (LINE + ",more", "10: the line has 10 fields and the head 9"),
        (
            LINE.replace(",,", ",0123456789ab,", 1),
            "report_id: '0123456789ab' is another version of",
        ),
        (
            LINE.replace(f"{YAOHAI},", ",0123456789ab", 1),
            "report_id: '0123456789ab' is no report read",
        ),
        (
            LINE.replace(f"{YAOHAI},", f"{YAOHAI},{SHILONG_ID}"),
            f"source: '{YAOHAI}' is not the file of",
        ),
        (
            LINE.replace("requests,new,total", "remedies,reviews,total"),
            "row: remedies.reviews is in no",
        ),
        (
            LINE.replace("requests,new,total", "statistics,requests,number"),
            "row: statistics.requests is in no form",
        ),
        (
            f"{YAOHAI},,requests,not_supplemented,total,,1,misread,made up",
            "row: requests.not_supplemented.total is not in the form of 2019, which yaohai",
        ),
        (
            f"{SHILONG},,requests,granted,total,,,misprint,made up",
            "corrected: is empty, and requests.granted.total has no number to be taken back",
        ),
        (
            ",hand,requests,new,total,8,7,transcription,x",
            "printed: '8' is not what requests.new.total",
        ),
        (
            ",hand,requests,new,business,,7,transcription,x",
            "row: requests.new.business is no collected",
        ),
        (
            "p.pdf,hand,requests,new,total,9,7,transcription,x",
            "source: 'p.pdf' is not the file of hand",
        ),
    ],
)
def test_what_is_wrong_is_told_with_line_and_column(line, message, given, tmp_path):
    assert f"corrections.csv, line 2, column {message}" in _problems(given, tmp_path, line)


def test_every_problem_is_told_at_once(given, tmp_path):
    lines = (LINE.replace("124", "123"), LINE.replace(YAOHAI, "x.txt"))
    told = _problems(given, tmp_path, *lines).splitlines()
    assert [text.partition(": ")[0] for text in told] == [
        "corrections.csv, line 2, column printed",
        "corrections.csv, line 3, column source",
    ]


def test_a_table_that_the_report_lacks_is_told(given, tmp_path):
    address = candidates("statistics")[0].addresses[0]
    line = f"{YAOHAI},,{','.join(address)},,1,misread,made up"
    told = _problems(given, tmp_path, line)
    assert f"line 2, column table: {YAOHAI} has no table 'statistics'" in told


@pytest.mark.parametrize(
    "second",
    [LINE, LINE.replace(",,", f",{YAOHAI_ID},", 1), LINE.replace(f"{YAOHAI},", f",{YAOHAI_ID}")],
)
def test_two_corrections_of_one_cell_are_told(second, given, tmp_path):
    wanted = "line 3, column column: requests.new.total is corrected in line 2 too: keep one"
    assert _problems(given, tmp_path, LINE, second) == f"corrections.csv, {wanted}"


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (HEAD.replace(",corrected", ",corected"), "column corrected: is missing: add the column"),
        (
            HEAD.replace(",report_id", ",report id"),
            "column report id: is not known here: use source",
        ),
        (HEAD.replace("evidence", "source"), "column source: stands twice in the head"),
    ],
)
def test_a_head_with_another_column_is_told(head, message, given, tmp_path):
    told = _problems(given, tmp_path, LINE, head=head)
    assert f"corrections.csv, line 1, {message}" in told


def test_the_column_report_id_may_be_missing(given, tmp_path):
    line, head = (
        text.replace(part, ",", 1) for text, part in ((LINE, ",,"), (HEAD, ",report_id,"))
    )
    (tmp_path / "corrections.csv").write_text(f"{head}\n{line}\n", encoding="utf-8")
    _, _, targets = correct(*given, read_corrections(tmp_path / "corrections.csv"))
    assert set(targets.values()) == {YAOHAI_ID}


def test_a_correction_of_a_file_that_failed_is_told(tmp_path):
    raw = _raw(tmp_path, LINE.replace(YAOHAI, "empty.txt"))
    (raw / "reports" / "empty.txt").write_text("", encoding="utf-8")
    code, said = _run(raw, tmp_path / "out")
    assert code == 2
    assert "line 2, column source: no report was read from it: empty.txt" in said


def test_a_correction_of_another_version_of_the_file_is_told(tmp_path):
    raw = _raw(tmp_path, LINE.replace(",,", f",{YAOHAI_ID},", 1))
    assert _run(raw, tmp_path / "out")[0] == 0
    with (raw / "reports" / YAOHAI).open("a", encoding="utf-8") as stream:
        stream.write("\n")
    code, said = _run(raw, tmp_path / "out")
    assert code == 2
    assert f"column report_id: '{YAOHAI_ID}' is another version of {YAOHAI}, now " in said


def test_a_correction_of_a_report_left_out_is_unused(tmp_path):
    raw = _raw(tmp_path, "nameless.txt,,requests,new,total,3613,5,misprint,made up")
    shutil.copy(VALID / "tabs-row-lost.txt", raw / "reports" / "nameless.txt")
    code, said = _run(raw, tmp_path / "out")
    assert code == 2
    assert "line 2, column source: is not used, for ef4d65d9e391 is left out (" in said
    assert not (tmp_path / "out").exists()


def test_a_correction_of_a_cell_that_another_record_goes_before_is_unused(tmp_path):
    raw = _raw(tmp_path, ",hand,requests,new,total,9,8,transcription,page 2")
    same = "report_id,issuer,province,prefecture,county,year,scope\n"
    same += "hand,瑶海区人民政府,安徽省,合肥市,瑶海区,2019,system\n"
    (raw / "collected" / "reports.csv").write_text(same, encoding="utf-8")
    code, said = _run(raw, tmp_path / "out")
    assert code == 2
    assert "line 2, column report_id: is not used, for " in said
    assert "another's requests.new.total is taken: correct it there" in said


def test_the_file_stands_in_the_folder_or_beside_it_or_is_named(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    assert find_file(raw) is None
    (tmp_path / "corrections.csv").write_text(HEAD)
    assert find_file(raw) == tmp_path.resolve() / "corrections.csv"
    (raw / "corrections.csv").write_text(HEAD)
    with pytest.raises(FileExistsError, match="keep one, or name one by --corrections"):
        find_file(raw)
    assert find_file(raw, raw / "corrections.csv") == raw / "corrections.csv"
    (tmp_path / "corrections.csv").unlink()
    assert find_file(raw) == raw / "corrections.csv"


def test_a_build_takes_the_file_beside_the_folder(tmp_path):
    code, said = _run(_raw(tmp_path, LINE, place="corrections.csv"), tmp_path / "out")
    assert (code, "1 corrections used" in said) == (0, True), said


def test_a_named_file_that_is_not_there_is_told(tmp_path):
    code, said = _run(_raw(tmp_path), tmp_path / "out", "--corrections", str(tmp_path / "no.csv"))
    assert (code, "no.csv cannot be used (is no file)" in said) == (2, True)


def test_the_file_is_no_report_of_a_folder_without_reports(tmp_path):
    raw = _raw(tmp_path, LINE)
    for path in (raw / "reports").iterdir():
        shutil.move(path, raw)
    (raw / "reports").rmdir()
    code, said = _run(raw, tmp_path / "out")
    assert code == 0, said
    assert said.startswith("2 files, 0 failed") and "1 corrections used" in said
