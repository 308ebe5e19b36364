"""Sums refuse rows that count the same requests; series say where they break."""

import re

import pandas as pd
import pytest
from panels import BUREAU, CITY, COUNTY, COUNTY_BUREAU, TAX, TOWN, panel

from govstats.guards import OverlapError, series, total

SYSTEM = {"scope": "system"}
UNKNOWN = {"scope": "unknown"}
ZONE = {"issuer": "甲高新区管理委员会", "body": "zone", "level": "county"}

MINISTRY = {"issuer": "教育部", "body": "department", "level": "central", "gb2260": ""}


def summed(*rows: dict, by=None) -> pd.DataFrame:
    return total(panel(*({"received": 1, **row} for row in rows)), "received", by)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([CITY | SYSTEM, BUREAU], "甲市人民政府 2022 (system) contains 乙局 2022 (own)"),
        ([CITY | SYSTEM, COUNTY], "甲市人民政府 2022 (system) contains 丙区人民政府 2022 (own)"),
        (
            [COUNTY | SYSTEM, CITY | SYSTEM],
            "甲市人民政府 2022 (system) contains 丙区人民政府 2022 (system)",
        ),
        ([CITY | SYSTEM, TOWN], "甲市人民政府 2022 (system) contains 丁镇人民政府 2022 (own)"),
        ([CITY, CITY | SYSTEM], "甲市人民政府 2022 (system) contains 甲市人民政府 2022 (own)"),
        ([CITY | UNKNOWN, BUREAU], "甲市人民政府 2022 (unknown) may contain 乙局 2022 (own)"),
        ([CITY, CITY | UNKNOWN], "甲市人民政府 2022 (unknown) may contain 甲市人民政府 2022 (own)"),
        (
            [CITY, CITY | {"period": "H1"}],
            "甲市人民政府 2022 (own) contains 甲市人民政府 2022 (own, H1)",
        ),
        (
            [CITY, CITY | {"issuer": "甲市人民政府办公室"}],
            "甲市人民政府 2022 (own) is of the same government as 甲市人民政府办公室 2022 (own)",
        ),
        ([BUREAU, BUREAU | {"period": "H1"}], "乙局 2022 (own) contains 乙局 2022 (own, H1)"),
        ([MINISTRY, MINISTRY | SYSTEM], "教育部 2022 (system) contains 教育部 2022 (own)"),
        (
            [ZONE | SYSTEM, ZONE | {"issuer": "甲高新区建设局", "body": "department"}],
            "甲高新区管理委员会 2022 (system) contains 甲高新区建设局 2022 (own)",
        ),
        (
            [CITY | SYSTEM | {"year": pd.NA}, BUREAU | {"year": pd.NA}],
            "甲市人民政府 of unknown year (system) contains 乙局 of unknown year (own)",
        ),
    ],
)
def test_overlaps_are_refused_by_name(rows: list[dict], message: str) -> None:
    whole = f"received: {message}: choose one scope, and with system one level"
    for order in (rows, rows[::-1]):
        with pytest.raises(OverlapError, match=f"^{re.escape(whole)}$"):
            summed(*order)


def test_the_message_counts_the_other_overlaps() -> None:
    with pytest.raises(OverlapError, match=r"contains 丙区人民政府 2022 \(system\) \(and 2 more\)"):
        summed(CITY | SYSTEM, COUNTY | SYSTEM, COUNTY_BUREAU)


@pytest.mark.parametrize(
    "rows",
    [
        [CITY, BUREAU, COUNTY, TOWN],
        [CITY | SYSTEM, BUREAU | {"year": 2021}],
        [CITY | SYSTEM, TAX],  # answers to the centre
        [CITY | SYSTEM, COUNTY | {"gb2260": "340202"}],
        [COUNTY | SYSTEM, CITY],
        [TOWN | SYSTEM, COUNTY],
        [TOWN, TOWN | {"issuer": "戊镇人民政府"}],
        [BUREAU | UNKNOWN, COUNTY_BUREAU],
        [ZONE | SYSTEM, BUREAU],
        [CITY | SYSTEM, BUREAU | {"received": None}],  # a row that states nothing adds nothing
    ],
)
def test_what_does_not_overlap_is_summed(rows: list[dict]) -> None:
    stated = sum(row.get("received", 1) is not None for row in rows)
    table = summed(*rows)
    assert table.to_dict("records") == [
        {"received": stated, "reports": stated, "missing": len(rows) - stated}
    ]


def test_groups_that_keep_scopes_apart() -> None:
    table = summed(CITY | SYSTEM | {"received": 90}, BUREAU, COUNTY | {"received": 4}, by="scope")
    assert list(table.columns) == ["scope", "received", "reports", "missing"]
    assert table["scope"].tolist() == ["own", "system"]
    assert table["received"].tolist() == [5, 90]
    with pytest.raises(OverlapError):
        summed(CITY | SYSTEM, BUREAU, COUNTY, by=["province", "prefecture"])


def test_missing_is_not_zero() -> None:
    table = summed({"received": None}, BUREAU | {"received": 0}, by="issuer").set_index("issuer")
    assert pd.isna(table.loc["甲市人民政府", "received"])
    assert table.loc["乙局", "received"] == 0
    assert table["missing"].to_dict() == {"乙局": 0, "甲市人民政府": 1}
    assert pd.isna(summed({"received": None})["received"][0])
    empty = total(panel().assign(received=pd.Series(dtype="float64")), "received")
    assert pd.isna(empty["received"][0])
    assert empty["reports"][0] == 0


@pytest.mark.parametrize("measure", ["granted_share", "not_held_rate"])
def test_shares_are_not_added(measure: str) -> None:
    rows = panel({}, BUREAU)
    rows[measure] = [0.5, 0.5]
    with pytest.raises(ValueError, match=f"{measure} is no count: its values cannot be added up"):
        total(rows, measure)
    assert total(rows, measure, "issuer")[measure].tolist() == [0.5, 0.5]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match="the panel has no column colour, received"):
        total(panel({}), "received", "colour")


def test_a_series_says_where_it_breaks() -> None:
    table = series(panel(*({"year": y, "received": y} for y in range(2025, 2017, -1))), "received")
    assert list(table.columns) == ["year", "received", "reports", "missing", "break"]
    assert table["year"].tolist() == list(range(2018, 2026))
    assert table[table["break"] != ""]["year"].tolist() == [2019, 2021, 2024]
    reasons = table.set_index("year")["break"]
    assert reasons[2019].startswith("2019: new Regulations")
    assert "repealed and in force" in reasons[2021]
    assert "Reconsideration Law" in reasons[2024]


@pytest.mark.parametrize(
    ("years", "breaks"),
    [
        ([2018, 2020], ["", "2019"]),  # the year of the break itself is not held
        ([2018, 2022], ["", "2019 2021"]),
        ([2019, 2020], ["", ""]),
        ([2024], [""]),
        ([2022, 2023], ["", ""]),
    ],
)
def test_breaks_between_the_years_held(years: list[int], breaks: list[str]) -> None:
    table = series(panel(*({"year": year, "received": 1} for year in years)), "received")
    found = [" ".join(re.findall(r"(20\d\d):", text)) for text in table["break"]]
    assert found == breaks


def test_series_of_several_issuers_break_each_for_itself() -> None:
    rows = panel(
        {"year": 2020, "received": 1},
        {"year": 2021, "received": 2},
        BUREAU | {"year": 2021, "received": 3},
        BUREAU | {"year": pd.NA, "received": 9},
    )
    table = series(rows, "received", "issuer")
    assert table[["issuer", "year"]].to_numpy().tolist() == [
        ["乙局", 2021],
        ["甲市人民政府", 2020],
        ["甲市人民政府", 2021],
    ]
    assert [text[:4] for text in table["break"]] == ["", "", "2021"]


def test_series_refuse_overlaps_of_a_year_only() -> None:
    rows = [CITY | SYSTEM | {"year": 2021, "received": 1}, BUREAU | {"received": 1}]
    assert series(panel(*rows), "received")["received"].tolist() == [1, 1]
    with pytest.raises(OverlapError):
        series(panel(*rows, BUREAU | {"year": 2021, "received": 1}), "received")


def test_an_empty_series() -> None:
    table = series(panel().assign(received=pd.Series(dtype="float64")), "received")
    assert list(table.columns) == ["year", "received", "reports", "missing", "break"]
    assert table.empty
