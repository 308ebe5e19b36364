"""Traditional characters and pinyin in brackets: put aside for matching, kept in place."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govstats.characters import plain, simplified
from govstats.extract import extract
from govstats.labels import core
from govstats.numbers import is_blank, parse_number
from govstats.readers import read
from govstats.report import read_report

pytest.importorskip("opencc")


@pytest.mark.parametrize(
    ("printed", "read_as"),
    [
        ("政府信息公開工作條例", "政府信息公开工作条例"),
        ("乾隆年間,乾淨", "乾隆年间,干净"),
        ("行政複議與行政訴訟", "行政复议与行政诉讼"),
        ("予以公开", "予以公开"),
        ("皇后", "皇后"),
    ],
)
def test_traditional_characters_become_simplified_ones(printed, read_as):
    assert simplified(printed) == read_as


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("三、條(tiáo)例", "条例"),
        ("废（fèi）止件数", "废止件数"),
        ("(一)予(yǔ)以公开", "予以公开"),
        ("本年收費金額（單位：萬元）", "本年收费金额"),
    ],
)
def test_labels_are_matched_without_pinyin(printed, words):
    assert core(printed) == words


def test_abbreviations_are_no_pinyin():
    assert plain("客户端(app)公开") == "客户端(app)公开"
    assert plain("第(一)项、條(tiáo)") == "第(一)项、条      "


@given(st.text(alphabet="條例(tiáo)（yǔ）乾淨公开數12 件，於后發\n\t麼", max_size=60))
def test_every_character_keeps_its_place(text):
    found = plain(text)
    assert len(found) == len(text)
    assert [i for i, sign in enumerate(found) if sign.isdigit()] == [
        i for i, sign in enumerate(text) if sign.isdigit()
    ]


def test_cells_with_traditional_units_and_blanks():
    assert parse_number("12.5萬元") == parse_number("12.5万元")
    assert is_blank("無")


def test_figures_of_sentences_stand_where_the_source_has_them():
    title = "某某縣2020年政府信息公開工作年度報告"
    sentence = "收到政府信息公開申請37件,予(yǔ)以公開30件。"
    text = f"{title}\n一、總體情況\n二、公開情況\n{sentence}"
    report = read_report("made-up.txt", text.encode())
    found = {f.measure: text[f.start : f.end] for f in report.figures}
    assert found == {"received": "37", "granted": "30"}
    assert report.extraction.title == title
    assert report.extraction.year == 2020


def test_rows_beside_the_form_keep_their_printed_label():
    table = (
        "第二十條第(六)項\n信息內容\t上一年項目數量\t本年增/減\t處理決定數量\n"
        "行政處罰\t3\t1\t2\n行政強制\t0\t0\t0\n行政檢查\t5\t0\t4\n"
    )
    cells = extract(read(("某某縣2020年政府信息公開工作年度報告\n" + table).encode())).cells
    assert {c.label for c in cells if c.address.row == "unlisted"} == {"行政檢查"}
    assert [c.value for c in cells if c.address.row == "penalties"] == [3, 1, 2]


def test_the_converter_is_loaded_only_when_it_is_needed():
    lines = (
        "import sys",
        "from govstats.labels import core",
        "core('三、本年度办理结果')",
        "assert 'opencc' not in sys.modules",
        "core('三、辦理結果')",
        "assert 'opencc' in sys.modules",
    )
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True)
