"""Statistics forms of 2014-2018 and before: labels, columns, and what is not guessed."""

from __future__ import annotations

import csv
import os
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from govstats.extract import extract
from govstats.extract.indicators import codes_of, column_of, columns_in, key, words_of
from govstats.forms import STATISTICS, candidates, find_table
from govstats.readers import read

CODES = Path(os.environ.get("GOVSTATS_ORIGINALS", "not-given")).parent / "forms" / "codes.csv"
FORM = words_of(find_table("statistics", "2014"))
LOCAL = words_of(find_table("local", "2008"))
ROWS = ["收到申请数\t件\t{}", "当面申请数\t件\t1", "传真申请数\t件\t0", "网络申请数\t件\t7"]
ROWS += ["信函申请数\t件\t4", "申请办结数\t件\t11"]


def cells(text: str) -> dict[str, tuple]:
    title = "某某县2015年政府信息公开工作年度报告\n一、概述\n二、公开情况\n"
    found = extract(read((title + text + "\n三、公开工作的问题\n").encode()))
    return {
        f"{c.address.table}.{c.address.row}.{c.address.column}": (c.value, c.status)
        for c in found.cells
    }


@pytest.mark.skipif(not CODES.exists(), reason="the code list is not here")
def test_rows_are_those_of_the_code_list():
    with CODES.open(encoding="utf-8-sig", newline="") as stream:
        listed = [row["row"] for row in csv.DictReader(stream) if row["table"] == "statistics"]
    assert [a.row for a in find_table("statistics", "2014").addresses] == listed


def test_what_is_to_be_confirmed_is_said_in_the_data():
    for name in ("2008", "2014"):
        text = files("govstats").joinpath("forms", f"{name}.toml").read_text(encoding="utf-8")
        data = tomllib.loads(text)
        assert data["wording"] == "to be confirmed"
        tables = [data[table] for table in STATISTICS if table in data]
        known = {row["code"] for t in tables for b in t["blocks"] for row in b["rows"]}
        assert set(data["confirmed"]) < known
        assert all(row["unit"] for t in tables for b in t["blocks"] for row in b["rows"])


@pytest.mark.parametrize(
    ("label", "codes"),
    [
        ("（一）收到申请数", ("received",)),
        ("收到申请总数", ("received",)),
        ("其中：1.当面申请数", ("recv_person",)),
        ("5.不属于本行政机关公开数", ("not_this_agency",)),
        ("三、依申请公开情况（一）收到申请数", ("received",)),
        ("（二）被依法纠错数", ("review_corrected", "suit_corrected")),
        ("不是《条例》所指政府信自", ("ref_not_ogi",)),
        # One character off two rows, and a 不 misprinted: none is taken.
        ("政务微某公开政府信息数", ()),
        ("数同意公开答复数", ()),
        ("的同意公开答复数", ()),
        ("其中：主要负责同志参加政府网站在线访谈次数", ()),
    ],
)
def test_labels_are_matched_loosely_but_not_guessed(label, codes):
    assert codes_of(label, FORM) == codes


def test_a_misprint_never_reaches_another_row():
    for table in (table for name in STATISTICS for table in candidates(name)):
        words = words_of(table)
        for text, code in words.alike.items():
            for i in range(len(text)):
                found = codes_of(f"{text[:i]}某{text[i + 1 :]}", words)
                assert found in ((), (code,))


def test_keys_of_the_form_are_those_of_one_row_or_of_cases():
    twice = {text: codes for text, codes in FORM.rows.items() if len(codes) > 1}
    assert twice == {
        key("被依法纠错数"): ("review_corrected", "suit_corrected"),
        key("其他情形数"): ("review_other", "suit_other"),
    }
    assert all(len(codes) == 1 for codes in LOCAL.rows.values())


def test_columns_are_told_by_their_heads():
    assert columns_in(["指标名称", "数量", "累计", "本年度"], LOCAL) == ["cumulative", "number"]
    assert columns_in(["2011年", "2008年以来累计"], LOCAL) == ["number", "cumulative"]
    assert column_of("自2008年5月1日起累计", LOCAL) == "cumulative"
    # Two years: which one is the report's is not known here.
    assert "number" not in columns_in(["2010年", "2011年", "累计"], LOCAL)
    assert columns_in(["上年", "本年", "累计"], LOCAL) == ["beside 上年", "number", "cumulative"]


def test_a_wrong_sum_is_kept_and_the_rest_is_read():
    found = cells("统计指标\t单位\t统计数\n" + "\n".join(ROWS).format(99))
    assert found["statistics.received.number"] == (99, "stated")
    assert found["statistics.recv_web.number"] == (7, "stated")


def test_a_lost_number_is_implied_by_the_items():
    found = cells("统计指标\t单位\t统计数\n" + "\n".join(ROWS).format("l2"))
    assert found["statistics.received.number"] == (12, "implied")


@pytest.mark.parametrize("head", ["指标名称\t单位\t累什", "指标名称\t单位", ""])
def test_two_numbers_without_their_heads_are_unread(head):
    rows = "\n".join(f"{row}\t30" for row in ROWS).format(12)
    found = cells(f"{head}\n{rows}")
    assert found["statistics.received.number"][0] is None


def test_cumulative_numbers_are_never_the_years():
    rows = "\n".join(f"{row}\t30" for row in ROWS).format(12)
    found = cells(f"指标名称\t单位\t累计\t本年度\n{rows}")
    assert found["local.received.cumulative"] == (12, "stated")
    assert found["local.received.number"] == (30, "stated")
    alone = cells("指标名称\t单位\t历年累计\n" + "\n".join(ROWS).format(12))
    assert alone["local.received.cumulative"] == (12, "stated")
    assert alone["local.received.number"][0] is None
    beside = "\n".join(f"{row}\t30\t" for row in ROWS).format(12)
    found = cells(f"指标名称\t单位\t上年\t本年\t累计\n{beside}")
    assert found["local.received.number"] == (30, "stated")
    assert found["local.received.cumulative"] == (None, "blank")


def test_outcomes_of_reviews_and_suits_are_told_by_the_order():
    text = "行政复议数量\t件\t5\n被依法纠错数\t件\t2\n行政诉讼数量\t件\t3\n被依法纠错数\t件\t1"
    found = cells("\n".join(["统计指标\t单位\t统计数", *ROWS, text]).format(12))
    assert found["statistics.review_corrected.number"] == (2, "stated")
    assert found["statistics.suit_corrected.number"] == (1, "stated")
    lost = text.replace("行政诉讼数量\t件\t3\n", "").replace("被依法纠错数\t件\t2\n", "")
    found = cells("\n".join(["统计指标\t单位\t统计数", *ROWS, lost]).format(12))
    assert found["statistics.suit_corrected.number"][0] is None
    assert found["statistics.review_corrected.number"][0] is None


def test_numbers_of_rows_and_page_numbers_are_no_data():
    rows = [f"{n}\t{row}" for n, row in enumerate(ROWS, start=1)]
    found = cells("\n".join(["序号\t统计指标\t单位\t统计数", *rows[:3], "3", *rows[3:]]).format(12))
    assert [found[f"statistics.{row}.number"][0] for row in ("received", "recv_fax", "done")] == [
        *(12, 0, 11)
    ]


def test_a_mention_is_no_table():
    found = cells("收到申请数：12件\n当面申请数\n网络申请数\n1")
    assert found == {}
