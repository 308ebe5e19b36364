"""What sentences state, on made-up sentences; and on the originals where they are at hand."""

import csv
import os
import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govstats import vocabulary
from govstats.prose import Figure, read_prose
from govstats.prose.numerals import is_approximate, number
from govstats.prose.patterns import patterns
from govstats.prose.sentences import paragraphs

DATA = Path(__file__).parent / "data" / "prose"
ORIGINALS = Path(os.environ.get("GOVSTATS_ORIGINALS", "originals-not-given"))
needs_originals = pytest.mark.skipif(
    not ORIGINALS.is_dir(), reason="set GOVSTATS_ORIGINALS to the folder of the originals"
)


def _cases():
    for name in ("sentences", "later", "earlier"):
        groups = tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))["groups"]
        for group, content in groups.items():
            failing = group == "known_failures"
            marks = [pytest.mark.xfail(strict=True, reason=content["why"])] if failing else []
            for nth, (sentence, expected) in enumerate(content["cases"]):
                yield pytest.param(sentence, expected, id=f"{group}-{nth}", marks=marks)


CASES = list(_cases())
GOOD = [case.values for case in CASES if not case.marks]


def _expected(line: str) -> list[tuple[str, Decimal, bool, str]]:
    found = []
    for words in filter(None, (part.strip() for part in line.split(";"))):
        measure, value, *scope = words.split()
        approximate = value.startswith("~")
        found.append((measure, Decimal(value.lstrip("~")), approximate, *(scope or ["unknown"])))
    return sorted(found)


def _said(figures: list[Figure]) -> list[tuple[str, Decimal, bool, str]]:
    return sorted((f.measure, Decimal(f.value), f.approximate, f.scope) for f in figures)


def test_there_are_enough_made_up_sentences():
    assert len({sentence for sentence, _ in GOOD}) == len(GOOD) >= 180
    assert sum(expected == "" for _, expected in GOOD) >= 40


@pytest.mark.parametrize(("sentence", "expected"), CASES)
def test_made_up_sentence(sentence, expected):
    assert _said(read_prose(sentence)) == _expected(expected)


@pytest.mark.parametrize(("sentence", "expected"), GOOD)
def test_units_are_those_of_the_measures_and_spans_those_of_the_text(sentence, expected):
    for figure in read_prose(f"\n  {sentence}"):
        assert figure.unit == vocabulary.measures()[figure.measure]["unit"]
        printed = f"\n  {sentence}"[figure.start : figure.end]
        assert printed == printed.strip() != ""
        if printed[0].isdigit():
            assert abs(figure.value) == number(printed.translate(_PLAIN))


_PLAIN = str.maketrans("０１２３４５６７８９", "0123456789")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(GOOD), st.data())
def test_white_space_inside_words_changes_nothing(case, data):
    sentence, _ = case
    # not at the ends, where a line would begin with a heading, nor inside or beside numbers
    places = [m.start() for m in re.finditer(r"(?<=[一-鿿])(?=[一-鿿])", sentence)]
    where = data.draw(st.sets(st.sampled_from(places), max_size=6)) if places else set()
    if "\n" in sentence or re.search(r"^[一二三四五六]、", sentence):
        return
    spaced = "".join(" " * (n in where) + char for n, char in enumerate(sentence))
    assert _said(read_prose(spaced)) == _said(read_prose(sentence))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="收到政府信息公开申请件12 ,，。未均其中复议诉讼%\n(一)、", max_size=200))
def test_any_text_is_read_and_spans_lie_in_it(text):
    for figure in read_prose(text):
        assert 0 <= figure.start < figure.end <= len(text)


def test_tables_are_left_out():
    text = "收到申请5件。\n申请3件，予以公开3件。\n予以公开4件。"
    table = text.index("申请3件"), text.index("\n予以公开4件")
    assert [f.value for f in read_prose(text, [table])] == [5, 4]


def test_section_is_the_innermost_heading():
    text = "一、总体情况\n收到申请5件。\n（二）依申请公开。收到申请6件。\n 三、收费 未收取费用。"
    sections = [f.section for f in read_prose(text)]
    assert sections == ["一、总体情况", "(二)依申请公开", "三、收费"]


def test_a_wrapped_line_is_joined_and_a_title_is_not():
    lines = "本年度我单位认真办理各类来函事项，通过各种渠道共收到政府信息\n公开申请17件。"
    assert [(f.value, f.scope) for f in read_prose(lines)] == [(17, "own")]
    title = "青禾县人民政府办公室二〇二三年政府信息公开工作年度报告\n收到申请4件。"
    assert len(list(paragraphs(title))) == 2


def test_the_year_given_decides_what_is_another_year():
    text = "2020年收到申请30件，2021年收到申请45件。"
    assert [f.value for f in read_prose(text)] == [45]
    assert [f.value for f in read_prose(text, year=2020)] == [30]


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("12", 12), ("1,234", 1234), ("1.3万", 13000), ("2万3千", 23000), ("51.206万", 512060),
        ("4万余", 40000), ("十余", 10), ("百余", 100), ("两", 2), ("二十一", 21), ("一百零五", 105),
        ("十二万", 120000), ("1.2亿", 120000000), ("零", 0), ("百", 100), ("9.5", Decimal("9.5")),
        ("四五", None), ("余", None),
    ],
)  # fmt: skip
def test_printed_numbers(printed, value):
    assert number(printed) == value


@pytest.mark.parametrize("text", ["近12件", "约12件", "12余件", "12件以上", "12条左右", "超过12件"])
def test_approximate(text):
    start = text.index("12")
    assert is_approximate(text, start, start + 2)
    assert not is_approximate("共12件", 1, 3)


def test_every_pattern_names_measures_that_exist():
    known = vocabulary.measures()
    outcomes = {f"@_{kind}" for kind in ("upheld", "corrected", "other", "pending", "withdrawn")}
    names = [pattern.name for pattern in patterns()]
    for pattern in patterns():
        assert set(pattern.measures) <= {*known, *outcomes, ""}, pattern.name
        assert {*pattern.of, *pattern.after} <= known.keys()
        assert pattern.cue
        assert all(pattern.cue)
    entries = [*vocabulary.rules()["read"], *vocabulary.rules()["label"]]
    assert len({entry["name"] for entry in entries}) == len(entries)
    assert {entry["name"] for entry in entries} <= set(names)
    fields = {key for entry in entries for key in entry}
    assert {field for field in fields if field not in _file_head()} == set()


def _file_head() -> str:
    text = Path(vocabulary.__file__).with_name("prose.toml").read_text(encoding="utf-8")
    return text.partition("\n[parts]\n")[0]


@pytest.mark.parametrize(
    "unit",
    [
        "收到",
        "未",
        "1",
        "1,234,",
        "十万",
        "均",
        "没有复议",
        "其中全区收到申请12件，",
        "20余万",
        "《",
    ],
)
def test_a_very_long_line_is_read(unit):
    text = (unit * (300_000 // len(unit) + 1))[:300_000]
    read_prose(text)


def _truth(name: str) -> list[dict[str, str]]:
    with (ORIGINALS / "truth" / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _row(row: dict[str, str]) -> tuple[str, str, str, str, str]:
    keys = ("measure", "value", "unit", "approximate", "scope")
    return tuple(row[key] for key in keys)


@needs_originals
@pytest.mark.parametrize("row", _truth("reports.csv") if ORIGINALS.is_dir() else [])
def test_originals_state_the_truth_and_the_reviewed_extras_and_nothing_else(row):
    report = row["report"]
    text = (ORIGINALS / f"{report}.txt").read_text(encoding="utf-8")
    truth = {_row(each) for each in _truth("prose.csv") if each["report"] == report}
    with (DATA / "extra.csv").open(encoding="utf-8", newline="") as stream:
        extra = {_row(each) for each in csv.DictReader(stream) if each["report"] == report}
    assert not truth & extra
    found = {
        (f.measure, str(f.value), f.unit, "approximate" if f.approximate else "", f.scope)
        for f in read_prose(text)
    }
    assert found == truth | extra
