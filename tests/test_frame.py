"""The frame counts every place with a government once; coverage counts places, not reports."""

import pandas as pd
import pytest

from govstats.frame import LEVELS, coverage, frame, lineage
from govstats.issuers.gazetteer import GROUPING

PLACES = frame().set_index("gb2260")
PANEL_COLUMNS = ["gb2260", "level", "body", "year"]


def panel(*rows: tuple) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=PANEL_COLUMNS)
    return table.astype({"gb2260": str, "level": str, "body": str, "year": "Int64"})


def counted(table: pd.DataFrame, province: str, level: str, year: str) -> tuple[int, int, int]:
    rows = table[
        (table["province"] == province) & (table["level"] == level) & (table["year"] == year)
    ]
    assert len(rows) == 1
    return tuple(int(rows.iloc[0][name]) for name in ("frame", "held", "held_any_body"))


def test_numbers_of_places() -> None:
    assert PLACES["level"].value_counts().to_dict() == {
        "county": 2842,
        "prefecture": 333,
        "province": 31,
    }


def test_numbers_of_counties_by_kind() -> None:
    names = PLACES[PLACES["level"] == "county"]["name"]
    kinds = names.str.extract("(自治县|自治旗|神农架林区|特区|县|区|市|旗)$")[0]
    assert kinds.value_counts().to_dict() == {
        "县": 1299,
        "区": 975,  # 神农架林区 and 六枝特区 apart; without the two districts of Sansha
        "市": 397,
        "自治县": 117,
        "旗": 49,
        "自治旗": 3,
        "神农架林区": 1,
        "特区": 1,
    }


def test_a_place_stands_once_and_under_one_that_is_in_the_frame() -> None:
    assert not PLACES.index.has_duplicates
    assert not frame().isna().any().any()
    assert list(PLACES.index) == sorted(PLACES.index)
    assert set(PLACES["province"]) == set(PLACES[PLACES["level"] == "province"]["name"])
    prefectures = set(PLACES[PLACES["level"] == "prefecture"]["name"])
    assert set(PLACES["prefecture"]) - {""} == prefectures
    assert not set(PLACES["name"]) & GROUPING


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("110000", ("北京市", "province", "北京市", "")),
        ("110101", ("东城区", "county", "北京市", "")),
        ("500231", ("垫江县", "county", "重庆市", "")),  # under the grouping row 县
        ("429006", ("天门市", "county", "湖北省", "")),
        ("340100", ("合肥市", "prefecture", "安徽省", "合肥市")),
        ("340102", ("瑶海区", "county", "安徽省", "合肥市")),
        ("441900", ("东莞市", "prefecture", "广东省", "东莞市")),
        ("620200", ("嘉峪关市", "prefecture", "甘肃省", "嘉峪关市")),
        ("310115", ("浦东新区", "county", "上海市", "")),
    ],
)
def test_places(code: str, expected: tuple[str, ...]) -> None:
    assert tuple(PLACES.loc[code]) == expected


@pytest.mark.parametrize(
    "code", ["110100", "469000", "620201", "320576", "460323", "232761", "632857"]
)
def test_what_is_no_place(code: str) -> None:
    assert code not in PLACES.index


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("340102", ("340102", "340100", "340000")),
        ("110101", ("110101", "110000")),
        ("469002", ("469002", "460000")),
        ("441900", ("441900", "440000")),
        ("620201", ("620200", "620000")),
        ("320576", ("320576", "320500", "320000")),  # a zone lies in its city all the same
        ("110000", ("110000",)),
    ],
)
def test_lineage(code: str, expected: tuple[str, ...]) -> None:
    assert lineage()[code] == expected


def test_coverage_counts_places_not_reports() -> None:
    table = coverage(
        panel(
            ("340102", "county", "government", 2021),
            ("340102", "county", "government", 2021),  # another scope
            ("340102", "county", "government", 2022),
            ("340103", "county", "department", 2021),
            ("340104", "township", "government", 2021),  # a town is not its county
            ("340100", "county", "zone", 2021),  # nor a zone the government of its city
        )
    )
    assert counted(table, "安徽省", "county", "any") == (104, 1, 3)
    assert counted(table, "安徽省", "county", "2021") == (104, 1, 3)
    assert counted(table, "安徽省", "county", "2022") == (104, 1, 1)
    assert counted(table, "安徽省", "prefecture", "2021") == (16, 0, 1)
    assert counted(table, "安徽省", "province", "any") == (1, 0, 0)
    assert counted(table, "北京市", "county", "2021") == (16, 0, 0)


def test_coverage_of_edge_cases() -> None:
    table = coverage(
        panel(
            ("620201", "prefecture", "government", 2021),  # the second code of a city
            ("340102", "county", "government", pd.NA),
            ("320576", "county", "zone", 2021),
            ("", "central", "department", 2030),
            ("999999", "county", "government", 2021),
        )
    )
    assert counted(table, "甘肃省", "prefecture", "2021") == (14, 1, 1)
    assert counted(table, "安徽省", "county", "any")[1:] == (1, 1)
    assert counted(table, "安徽省", "county", "2021")[1:] == (0, 0)
    assert table[table["year"] == "any"][["held", "held_any_body"]].sum().tolist() == [2, 2]


def test_coverage_adds_up_and_is_complete() -> None:
    table = coverage(panel(*((code, "county", "government", 2020) for code in PLACES.index[:60])))
    for _, rows in table.groupby("year"):
        assert rows["frame"].sum() == len(PLACES)
    counties = (PLACES.iloc[:60]["level"] == "county").sum()
    assert table[table["year"] == "2020"]["held"].sum() == counties
    assert (table["held"] <= table["held_any_body"]).all()
    assert (table["held_any_body"] <= table["frame"]).all()
    assert list(table["level"].unique()) == ["province", "county", "prefecture"]
    first = table.groupby("province", sort=False)["level"].unique()
    assert all(list(each) == sorted(each, key=LEVELS.index) for each in first)
    assert list(table.head(2)["year"]) == ["any", "2020"]


def test_coverage_of_nothing() -> None:
    table = coverage(panel())
    assert set(table["year"]) == {"any"}
    assert table["frame"].sum() == len(PLACES)
    assert table[["held", "held_any_body"]].to_numpy().sum() == 0


def test_order_of_the_panel_does_not_matter() -> None:
    rows = panel(*((code, "county", "government", 2020) for code in PLACES.index[::7]))
    pd.testing.assert_frame_equal(coverage(rows), coverage(rows.iloc[::-1]))
