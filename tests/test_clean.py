"""Cleaning rule by rule on made-up records, and on the corpus where it is at hand."""

import os
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from govstats.clean import ADDED, RULES, TOPIC_RULES, clean, summary
from govstats.clean.bodies import corrections, organ_of
from govstats.clean.duplicates import duplicate

CORPUS = Path(os.environ.get("GOVSTATS_ORIGINALS", "originals-not-given")).parent / "corpus"
needs_corpus = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="set GOVSTATS_ORIGINALS to a folder beside the corpus"
)
BLANK = dict.fromkeys(("issuer", "province", "prefecture", "county", "level", "body"), "")
DEFAULT = BLANK | {"origin": "collected", "year": 2022, "period": "year", "scope": "own"}
DEFAULT |= {"copy": 0, "truncated": 0}


def records(*rows: dict[str, object]) -> pd.DataFrame:
    full = [DEFAULT | {"record_id": f"r{nth}"} | row for nth, row in enumerate(rows)]
    numbers = dict.fromkeys(("year", "copy", "truncated"), "Int64")
    return pd.DataFrame(full).astype(numbers)


def topics(*rows: tuple[str, str, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["record_id", "topic", "theme"], dtype="str")
    return table.assign(about="requests", count=pd.array([pd.NA] * len(table), dtype="Int64"))


def cleaned(*rows, sizes=None):
    return clean(records(*rows), topics(), sizes)


def logged(result, rule):
    log = result.log[result.log["rule"] == rule]
    columns = ["record_id", "field", "before", "after", "note"]
    return list(log[columns].itertuples(index=False, name=None))


def one(**row):
    result = cleaned(row)
    return result.records.iloc[0], result


def test_spelling_of_an_issuer_is_one_and_the_printed_one_stays():
    printed = "渝北区 教育\u3000局〔Ａ〕\ufeff"
    record, result = one(issuer=printed, province="重庆市", county="渝北区")
    assert (record.issuer, record.issuer_printed) == ("重庆市渝北区教育局(A)", printed)
    assert logged(result, "issuer_spelling") == [
        ("r0", "issuer", printed, "渝北区教育局(A)", ""),
    ]


@pytest.mark.parametrize(
    ("name", "place", "expected"),
    [
        ("瑶海区人民政府", ("安徽省", "合肥市", "瑶海区"), "合肥市瑶海区人民政府"),
        ("重庆市渝北区人民政府", ("重庆市", "", "渝北区"), "重庆市渝北区人民政府"),
        ("重庆市垫江县司法局", ("重庆市", "", "垫江县"), "垫江县司法局"),
        ("德阳市中江县人民政府", ("四川省", "德阳市", "中江县"), "中江县人民政府"),
        ("湘西州教育局", ("湖南省", "湘西土家族苗族自治州", ""), "湘西土家族苗族自治州教育局"),
        # one of several places of the name: the place given decides
        ("鼓楼区人民政府", ("福建省", "福州市", "鼓楼区"), "福州市鼓楼区人民政府"),
        ("鼓楼区人民政府", ("", "", ""), "鼓楼区人民政府"),
        # left as printed: the names of branches, of zones, of their time
        ("双台子国土分局", ("辽宁省", "盘锦市", "双台子区"), "双台子国土分局"),
        ("天津港保税区管理委员会", ("天津市", "", "滨海新区"), "天津港保税区管理委员会"),
        ("密云县人民政府", ("北京市", "", "密云县"), "密云县人民政府"),
        ("崇文区人民政府", ("北京市", "", "崇文区"), "崇文区人民政府"),
        # a district of no city
        ("神农架林区人民政府", ("湖北省", "", "神农架林区"), "神农架林区人民政府"),
        # the name of another place than the one given
        ("渝北区人民政府", ("重庆市", "", "江北区"), "渝北区人民政府"),
        ("鼓楼区人民政府", ("重庆市", "", "渝北区"), "鼓楼区人民政府"),
    ],
)
def test_one_body_has_one_name(name, place, expected):
    parts = dict(zip(("province", "prefecture", "county"), place, strict=True))
    assert one(issuer=name, **parts)[0].issuer == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # former names and short ones become present full ones
        (("北京市", "", "密云县"), ("北京市", "", "密云区", "110118")),
        (("山东省", "莱芜市", "莱城区"), ("山东省", "济南市", "莱芜区", "370116")),
        (("重庆", "", "渝北区"), ("重庆市", "", "渝北区", "500112")),
        # what only groups counties goes
        (("重庆市", "重庆市", "渝北区"), ("重庆市", "", "渝北区", "500112")),
        (("重庆市", "市辖区", "渝北区"), ("重庆市", "", "渝北区", "500112")),
        # parents of a county of one name
        (("", "", "垫江县"), ("重庆市", "", "垫江县", "500231")),
        # a place that the list lacks stays and has no code, not its city's
        (("重庆市", "", "两江新区"), ("重庆市", "", "两江新区", "")),
        # a county that is not in the prefecture given
        (("浙江省", "温州市", "渝北区"), ("浙江省", "温州市", "渝北区", "")),
        # a former county with no one successor
        (("浙江省", "杭州市", "江干区"), ("浙江省", "杭州市", "江干区", "")),
    ],
)
def test_given_places_get_present_names_and_codes(given, expected):
    parts = dict(zip(("province", "prefecture", "county"), given, strict=True))
    record, result = one(level="county", **parts)
    assert tuple(record[["province", "prefecture", "county", "gb2260"]]) == expected
    changed = {(f, b, a) for _, f, b, a, _ in logged(result, "place_present")}
    expected_changes = [
        (field, before, after)
        for (field, before), after in zip(parts.items(), expected, strict=False)
        if before and before != after
    ]
    assert changed == set(expected_changes)
    assert bool(logged(result, "place_uncoded")) == (expected[3] == "")


def test_blank_places_are_filled_from_the_name_with_the_given_ones_as_hints():
    record, result = one(issuer="鼓楼区司法局", province="福建省")
    assert (record.prefecture, record.county, record.gb2260) == ("福州市", "鼓楼区", "350102")
    assert [row[1:4] for row in logged(result, "place_filled")] == [
        ("county", "", "鼓楼区"),
        ("prefecture", "", "福州市"),
    ]
    assert record.place_source == "given; prefecture, county: name"
    assert record.issuer == "福州市鼓楼区司法局"


def test_a_name_of_several_places_fills_only_what_they_have_in_common():
    record, _ = one(issuer="鼓楼区司法局")
    assert tuple(record[["province", "county", "gb2260", "place_source"]]) == ("", "", "", "")


def test_a_place_against_the_name_stays_and_is_remarked():
    record, result = one(issuer="温州市瓯海区司法局", province="浙江省", prefecture="杭州市")
    assert (record.prefecture, record.county, record.gb2260) == ("杭州市", "", "")
    assert logged(result, "place_differs") == [
        ("r0", "prefecture", "杭州市", "杭州市", "the name says 温州市"),
    ]
    assert logged(result, "place_filled") == []


@pytest.mark.parametrize(
    ("county", "expected"),
    [("某新城区", ("", "")), ("中江县", ("四川省", "德阳市"))],
)
def test_a_name_against_the_place_fills_nothing(county, expected):
    record, result = one(issuer="杭州市余杭区司法局", county=county)
    assert tuple(record[["province", "prefecture"]]) == expected
    assert record.county == county
    assert logged(result, "place_differs")[0][4] == "the name says 余杭区"


@pytest.mark.parametrize(
    ("level", "county", "code"),
    [
        ("prefecture", "", "420100"),
        ("county", "", ""),  # a zone is not its whole city
        ("township", "", ""),
        ("county", "江岸区", "420102"),
        ("township", "江岸区", "420102"),
        ("", "江岸区", "420102"),
        ("", "", ""),  # a body of no known level may stand below
        ("central", "", ""),
    ],
)
def test_no_code_where_only_places_above_are_known(level, county, code):
    place = {"province": "湖北省", "prefecture": "武汉市", "county": county}
    record, result = one(issuer="x", level=level, **place)
    assert record.gb2260 == code
    if not code:
        [(_, field, before, after, note)] = logged(result, "place_uncoded")
        assert (field, before, after) == ("gb2260", "", "")
        assert note == "no code: only places above the issuer's are known"


def test_level_and_body_given_stay_blank_ones_are_filled():
    given = {"issuer": "垫江县司法局", "level": "township", "body": "zone"}
    result = cleaned(given, {"issuer": "垫江县司法局", "year": 2021})
    assert list(result.records["level"]) == ["township", "county"]
    assert list(result.records["body"]) == ["zone", "department"]
    assert logged(result, "level_differs") == [
        ("r0", "level", "township", "township", "the name says county")
    ]
    assert logged(result, "body_differs") == [
        ("r0", "body", "zone", "zone", "the name says department")
    ]
    assert [row[:4] for row in logged(result, "level_filled")] == [("r1", "level", "", "county")]
    assert [row[:4] for row in logged(result, "body_filled")] == [("r1", "body", "", "department")]


def test_a_correction_fits_only_the_value_that_it_lists():
    name = "北京市城市管理委员会"
    wrong = {"issuer": name, "body": "zone", "level": "province", "province": "北京市"}
    result = cleaned(wrong, wrong | {"body": "other", "year": 2021})
    assert list(result.records["body"]) == ["department", "other"]
    [(record_id, field, before, after, note)] = logged(result, "correction")
    assert (record_id, field, before, after) == ("r0", "body", "zone", "department")
    assert "there is no zone" in note


def test_every_correction_has_a_reason_and_changes_something():
    assert corrections()
    for (_, _, given), (corrected, reason) in corrections().items():
        assert reason
        assert corrected != given


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("", ""),
        ("垫江县人民政府", "government"),
        ("济南市历下区人民政府文化东路街道办事处", "government"),
        ("西咸新区正阳街道办事处", "government"),
        ("南昌市湾里管理局", "government"),
        ("武汉市东湖生态旅游风景区管理委员会办公室", "zone"),
        ("长春新区管理委员会", "zone"),
        # land and housing before what else stands in the name
        ("咸宁市自然资源和城乡建设局", "land_housing"),
        ("深圳市深汕特别合作区住房建设和水务局", "land_housing"),
        ("郑州高新技术产业开发区管委会国土规划住建局", "land_housing"),
        ("武汉市硚口区城区改造更新局", "land_housing"),
        ("延安市房屋征收管理局", "land_housing"),
        ("上海市黄浦区动迁办公室", "land_housing"),
        ("郑州市税费征收局", "other"),
        ("广州市住房公积金管理中心", "other"),
        # placebo kinds hold no words of another trade
        ("公安县教育局", "education"),
        ("公安县水利局", "agriculture"),
        ("公安县公安局", "police"),
        ("北京市教育矫治局", "justice"),
        ("长沙市环境卫生管理局", "urban_management"),
        ("长沙市卫生健康委员会", "health"),
        ("长沙市医疗保障局", "civil_affairs_labour"),
        # 人民政府 holds 民政
        ("湛江市人民政府地方志办公室", "administration"),
        ("湛江市民政局", "civil_affairs_labour"),
        ("广州市人民政府国有资产监督管理委员会", "finance_tax"),
        ("北京市城市管理委员会", "urban_management"),
        ("上海市普陀区建设和管理委员会", "construction"),
        # the words of a zone's own name are not its office's task
        ("长春莲花山生态旅游度假区城市管理局", "urban_management"),
        ("武汉市生态环境局东湖生态旅游风景区分局", "environment"),
        ("武汉市东湖生态旅游风景区城乡工作办事处", "other"),
        ("国家税务总局珠海市香洲区税务局", "finance_tax"),
        ("环境保护部", "environment"),
        ("西安市西大街发展服务中心", "other"),
    ],
)
def test_organ(name, kind):
    assert organ_of(name) == kind


def test_scope_and_period_are_never_guessed_or_merged():
    row = {"issuer": "垫江县人民政府办公室"}
    result = cleaned(row | {"scope": ""}, row | {"scope": "own"}, row | {"period": "H1"})
    assert list(result.records["scope"]) == ["unknown", "own", "own"]
    assert [row[:4] for row in logged(result, "scope_unknown")] == [("r0", "scope", "", "unknown")]
    assert [row[:2] for row in logged(result, "period_apart")] == [("r2", "period")]
    assert len(result.left_out) == 0


FULL = {"issuer": "瑶海区人民政府", "prefecture": "合肥市", "record_id": "b"}
SAME = {"issuer": "合肥市 瑶海区人民政府", "record_id": "a"}


@pytest.mark.parametrize(
    ("first", "second", "sizes", "kept"),
    [
        ({}, {}, {"a": 3, "b": 4}, "b"),
        ({}, {}, {"b": 1}, "b"),  # no size is size 0
        ({"copy": 1}, {"truncated": 1}, {}, "b"),
        ({"truncated": 1}, {}, {}, "b"),
        ({"copy": 1, "truncated": 1}, {}, {"a": 2, "b": 1}, "a"),  # the fuller one first
        ({"copy": pd.NA}, {}, {}, "a"),  # not said is not a copy
        ({"truncated": pd.NA}, {}, {}, "a"),
        ({}, {}, {}, "a"),
    ],
)
def test_of_duplicates_the_fuller_is_kept(first, second, sizes, kept):
    result = cleaned(SAME | first, FULL | second, sizes=sizes)
    assert list(result.records["record_id"]) == [kept]
    left = "b" if kept == "a" else "a"
    [row] = result.left_out.to_dict("records")
    assert (row["record_id"], row["rule"], row["kept"]) == (left, "duplicate", kept)
    expected = f"{sizes.get(left, 0)} values against {sizes.get(kept, 0)}"
    assert row["reason"].endswith(expected)


@pytest.mark.parametrize(
    "differs",
    [
        {"year": 2021},
        {"period": "H1"},
        {"scope": "unknown"},
        {"origin": "extracted"},  # the panel joins the two
        {"issuer": "瑶海区教育局"},
        {"issuer": "鼓楼区人民政府", "prefecture": "福州市"},
    ],
)
def test_records_that_differ_in_the_key_are_no_duplicates(differs):
    result = cleaned(SAME, FULL | differs)
    assert list(result.records["record_id"]) == ["a", "b"]
    assert list(result.left_out.columns) == ["record_id", "rule", "reason", "kept"]
    assert len(result.left_out) == 0


@pytest.mark.parametrize("unknown", [{"issuer": ""}, {"year": pd.NA}])
def test_what_is_not_known_is_no_duplicate(unknown):
    assert len(cleaned(SAME | unknown, FULL | unknown).left_out) == 0


def test_of_three_alike_the_two_name_the_one_kept():
    result = cleaned(SAME, FULL, SAME | {"record_id": "c"}, sizes={"c": 1})
    assert dict(zip(result.left_out["record_id"], result.left_out["kept"], strict=True)) == {
        "a": "c",
        "b": "c",
    }


def test_topics_get_themes_and_those_of_records_left_out_go():
    given = [("b", "征地拆迁", ""), ("b", "候鸟救护", ""), ("a", "征地拆迁", "")]
    given += [("b", "财政信息", "land_use"), ("b", "候鸟", "land_use")]
    result = clean(records(SAME, FULL), topics(*given), {"b": 1})
    assert list(zip(result.topics["topic"], result.topics["theme"], strict=True)) == [
        ("候鸟", "land_use"),
        ("候鸟救护", "uncoded"),
        ("征地拆迁", "land_expropriation"),
        ("财政信息", "land_use"),
    ]
    assert set(result.topics["record_id"]) == {"b"}
    assert [row[3:] for row in logged(result, "theme_filled")] == [
        ("land_expropriation", "征地拆迁"),
        ("uncoded", "候鸟救护"),
    ]
    assert [row[3:] for row in logged(result, "theme_uncoded")] == [("uncoded", "候鸟救护")]
    assert [row[4] for row in logged(result, "theme_differs")] == [
        "财政信息: the list says finance_prices"
    ]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (records({}).drop(columns="scope"), "records: column scope is missing"),
        (records({}).drop(columns="copy"), "records: column copy is missing"),
        (records({}, {"record_id": "r0"}), "records: record_id 'r0' is given twice"),
        (
            records({"issuer": None}),
            "records: column issuer holds a missing value; nothing is ''",
        ),
    ],
)
def test_records_that_cannot_be_cleaned_stop_with_a_message(table, message):
    with pytest.raises(ValueError) as error:
        clean(table, topics())
    assert str(error.value) == message


def test_a_topic_of_no_record_stops_with_a_message():
    with pytest.raises(ValueError, match=r"^topics: record_id 'r9' is no record$"):
        clean(records({}), topics(("r9", "征地", "")))


def test_what_is_given_is_not_changed_and_other_columns_stay():
    table = records(SAME | {"url": "u", "form": "2021"})
    before = table.copy(deep=True)
    result = clean(table, topics())
    pd.testing.assert_frame_equal(table, before)
    assert list(result.records.columns) == [*table.columns, *ADDED]
    assert tuple(result.records.loc[0, ["url", "form", "year"]]) == ("u", "2021", 2022)


def test_nothing_to_clean_gives_empty_tables_of_the_same_columns():
    result = clean(records({}).iloc[:0], topics())
    assert len(result.records) == len(result.log) == len(result.left_out) == 0
    assert list(result.log.columns) == ["rule", "record_id", "field", "before", "after", "note"]
    assert set(summary(result.log, result.left_out)["kind"]) == {"nothing"}


def test_summary_counts_every_row_of_the_log_and_names_every_rule():
    result = cleaned(SAME, FULL, {"issuer": "垫江县司法局", "period": "H1", "scope": ""})
    table = summary(result.log, result.left_out)
    names = [rule.__name__ for rule in (*RULES, duplicate, *TOPIC_RULES)]
    assert list(dict.fromkeys(table["rule"])) == names
    assert table["rows"].sum() == len(result.log) + len(result.left_out)
    kinds = dict(zip(zip(table["rule"], table["field"], strict=True), table["kind"], strict=True))
    assert kinds["duplicate", "record_id"] == "left out"
    assert kinds["issuer_head", "issuer"] == "changed"
    assert kinds["scope_unknown", "scope"] == "filled"
    assert kinds["period_apart", "period"] == "remark"
    assert kinds["correction", ""] == "nothing"
    assert all(table["why"].str.len() > 20)


def read(name: str) -> pd.DataFrame:
    table = pd.read_csv(CORPUS / name, dtype="str", keep_default_na=False)
    return table.rename(columns={"report_id": "record_id"})


@pytest.fixture(scope="module")
def corpus():
    numbers = dict.fromkeys(("year", "copy", "truncated"), "Int64")
    reports = read("reports.csv").astype(numbers).assign(origin="collected")
    sizes = Counter([*read("prose.csv")["record_id"], *read("cells.csv")["record_id"]])
    listed = read("topics.csv").assign(theme="")
    return reports, listed, clean(reports, listed, sizes)


@needs_corpus
def test_every_record_of_the_corpus_is_kept_or_named(corpus):
    reports, listed, result = corpus
    named = [*result.records["record_id"], *result.left_out["record_id"]]
    assert sorted(named) == sorted(reports["record_id"])
    assert len(named) >= 590
    assert len(result.topics) == len(listed)


@needs_corpus
def test_no_value_of_the_corpus_changes_but_by_a_logged_rule(corpus):
    reports, _, result = corpus
    before = reports.set_index("record_id").astype(object)
    after = result.records.set_index("record_id").loc[before.index, before.columns].astype(object)
    differ = (before.ne(after) & ~(before.isna() & after.isna())).stack()
    changed = {
        (record_id, field, before.at[record_id, field], after.at[record_id, field])
        for record_id, field in differ[differ].index
    }
    log = result.log[result.log["before"] != result.log["after"]]
    log = log[log["field"].isin(before.columns)]
    columns = ["record_id", "field", "before", "after"]
    assert changed == set(log[columns].itertuples(index=False, name=None))
    assert len(changed) == 16


@needs_corpus
def test_every_correction_is_used(corpus):
    used = {(row[1], row[2]) for row in logged(corpus[2], "correction")}
    assert used == {("body", "zone"), ("prefecture", "")}
    kept = set(corpus[2].records["issuer"])
    assert {issuer for issuer, _, _ in corrections()} <= kept


@needs_corpus
def test_kinds_of_organ_of_the_corpus(corpus):
    table = corpus[2].records
    assert (table["organ"] != "").all()
    government = table["body"] == "government"
    assert ((table["organ"] == "government") == government).all()
    assert (table.loc[table["organ"] == "zone", "body"] == "zone").all()
    counts = table["organ"].value_counts()
    assert counts["land_housing"] == 115
    assert counts["other"] == 3
    for kind, ending in (("education", "教育"), ("health", "卫生健康"), ("police", "公安局")):
        names = table.loc[table["organ"] == kind, "issuer"]
        assert len(names) >= 9
        assert names.str.contains(ending).all()


@needs_corpus
def test_every_topic_of_the_corpus_has_a_theme(corpus):
    assert set(corpus[2].topics["theme"]) & {"", "uncoded"} == set()


@needs_corpus
def test_the_order_of_the_records_does_not_matter(corpus):
    reports, listed, result = corpus
    again = clean(reports.iloc[::-1], listed)
    pd.testing.assert_frame_equal(again.records, result.records)
    pd.testing.assert_frame_equal(again.log, result.log)
