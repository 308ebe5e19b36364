"""What the reports of one issuer, or of a place and its bodies, say against each other."""

import pandas as pd
import pytest
from panels import BUREAU, CITY, COUNTY, COUNTY_BUREAU, TAX, TOWN, panel

from govstats.across import COLUMNS, across, counts


def rows_of(table: pd.DataFrame, check: str) -> list[tuple]:
    found = table[table["check"] == check]
    return [
        tuple(None if pd.isna(value) else value for value in row)
        for row in found[["year", "left", "right", "difference", "verdict"]].itertuples(index=False)
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"carried_out": 3}, {"carried_in": 3}, [(2022, 3, 3, 0, "holds")]),
        ({"carried_out": 0}, {"carried_in": 0}, [(2022, 0, 0, 0, "holds")]),
        ({"carried_out": 3}, {"carried_in": 5}, [(2022, 3, 5, -2, "violated")]),
        ({"carried_out": 3}, {"received": 1}, [(2022, 3, None, None, "undetermined")]),
        ({"received": 3}, {"carried_in": 5}, [(2022, None, 5, None, "undetermined")]),
        ({"received": 3}, {"received": 5}, []),
    ],
)
def test_carried(before: dict, after: dict, expected: list) -> None:
    table = across(panel({"year": 2021, **before}, {"year": 2022, **after}))
    assert rows_of(table, "carried") == expected


@pytest.mark.parametrize(
    "change",
    [
        {"year": 2023},  # a year is missing between
        {"scope": "system"},
        {"issuer": "乙市人民政府"},
        {"period": "H1"},
        {"gb2260": "340200", "prefecture": "芜湖市"},  # the same name in another place
        {"year": pd.NA},
    ],
)
def test_only_the_same_series_is_compared(change: dict) -> None:
    table = across(panel({"year": 2021, "carried_out": 3}, {"carried_in": 5, **change}))
    assert rows_of(table, "carried") == []


def test_a_town_without_a_place_may_be_another_town() -> None:
    nowhere = {"province": "", "prefecture": "", "gb2260": ""}
    town = {**nowhere, "issuer": "城关镇人民政府", "level": "township"}
    ministry = {**nowhere, "issuer": "教育部", "level": "central", "body": "department"}
    for issuer, expected in ((town, []), (ministry, [(2022, 3, 5, -2, "violated")])):
        table = across(
            panel({**issuer, "year": 2021, "carried_out": 3}, {**issuer, "carried_in": 5})
        )
        assert rows_of(table, "carried") == expected


def test_of_unknown_scope_a_difference_is_undetermined() -> None:
    table = across(
        panel(
            {"scope": "unknown", "year": 2021, "carried_out": 3},
            {"scope": "unknown", "year": 2022, "carried_in": 5, "carried_out": 4},
            {"scope": "unknown", "year": 2023, "carried_in": 4},
        )
    )
    assert rows_of(table, "carried") == [
        (2022, 3, 5, -2, "undetermined"),
        (2023, 4, 4, 0, "holds"),
    ]


@pytest.mark.parametrize(
    ("issued", "repealed", "expected"),
    [
        (5, 2, (2022, 13, 13, 0, "holds")),
        (5, 3, (2022, 13, 12, 1, "violated")),
        (5, None, (2022, 13, None, None, "undetermined")),
    ],
)
def test_in_force(issued: int, repealed: int | None, expected: tuple) -> None:
    name = "normative_documents_{}".format
    before = {"year": 2021, name("in_force"): 10}
    after = {name("in_force"): 13, name("issued"): issued, name("repealed"): repealed}
    assert rows_of(across(panel(before, after)), "in_force") == [expected]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (5, 56, True),
        (56, 5, True),
        (5, 55, False),  # by no more than 50
        (10, 100, False),  # tenfold, not more
        (10, 101, True),
        (0, 51, True),
        (0, 50, False),
        (-1, 500, False),  # a change that can be negative has no tenfold
    ],
)
def test_jumps(before: int, after: int, found: bool) -> None:
    table = across(panel({"year": 2021, "received": before}, {"received": after}))
    expected = [(2022, before, after, before - after, "undetermined")]
    assert rows_of(table, "jump.received") == (expected if found else [])


def test_shares_do_not_jump() -> None:
    rows = panel(
        {"year": 2021, "received": 1, "granted_share": 1, "fees_yuan": 1},
        {"received": 2, "granted_share": 99, "fees_yuan": 990},
    )
    rows["refused_share"] = [0.0, 99.0]
    assert counts(rows) == ["received"]
    assert across(rows).empty


FOUR = {"received": 7, "answered": 7, "reviews": 1, "suits": 2}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, [(2022, 4, 4, 0, "undetermined")]),
        ({"not_held": 0}, {"not_held": 0}, [(2022, 5, 5, 0, "undetermined")]),
        ({"not_held": 3}, {}, [(2022, 4, 4, 0, "undetermined")]),  # stated in one year only
        ({"not_held": 0}, {"not_held": 1}, []),
        ({"suits": 0}, {"suits": 0}, []),  # three that are not zero are too few
        ({}, {"suits": None}, []),
        ({}, {"suits_from": "derived"}, []),  # reckoned from the others
    ],
)
def test_copied(before: dict, after: dict, expected: list) -> None:
    base = {"suits_from": "table"}
    table = across(panel({**FOUR, **base, "year": 2021, **before}, {**FOUR, **base, **after}))
    assert rows_of(table, "copied") == expected


def test_parent_against_the_bodies_held() -> None:
    table = across(
        panel(
            {**CITY, "scope": "system", "received": 100, "reviews": 1},
            {**CITY, "received": 10},
            {**BUREAU, "received": 20, "reviews": 2},
            {**COUNTY, "received": 30},
            {**TOWN, "received": 5},
            {**TOWN, "issuer": "戊镇人民政府", "received": 6},
            {**COUNTY_BUREAU, "year": 2021, "received": 500},
        )
    )
    assert rows_of(table, "parent.received") == [(2022, 71, 100, -29, "holds")]
    assert rows_of(table, "parent.reviews") == [(2022, 2, 1, 1, "violated")]
    assert set(table["issuer"]) == {"甲市人民政府"}


@pytest.mark.parametrize(
    "child",
    [
        TAX,  # answers to the centre
        {**COUNTY, "scope": "system"},
        {**COUNTY, "scope": "unknown"},
        {**COUNTY, "period": "H1"},
        {**COUNTY, "gb2260": "340202"},  # in another city
        {**COUNTY, "gb2260": ""},
        {"gb2260": "340000", "level": "province", "body": "department"},
    ],
)
def test_who_is_no_child(child: dict) -> None:
    table = across(panel({"scope": "system", "received": 5}, {**child, "received": 9}))
    assert rows_of(table, "parent.received") == []


def test_a_government_and_its_office_count_once() -> None:
    table = across(
        panel(
            {**COUNTY, "scope": "system", "received": 9},
            {**COUNTY, "received": 8},
            {**COUNTY, "issuer": "丙区人民政府办公室", "received": 9},
        )
    )
    assert rows_of(table, "parent.received") == [(2022, 9, 9, 0, "holds")]


def test_a_town_is_no_parent_of_its_county() -> None:
    table = across(panel({**TOWN, "scope": "system", "received": 1}, {**COUNTY, "received": 9}))
    assert table.empty


def test_bodies_of_no_place_alone() -> None:
    nowhere = {**BUREAU, "province": "", "prefecture": "", "gb2260": ""}
    table = across(panel({"scope": "system", "received": 1}, {**nowhere, "received": 9}))
    assert table.empty


def test_a_parent_that_does_not_state_the_measure() -> None:
    table = across(
        panel({"scope": "system", "received": None}, {**BUREAU, "received": 3}, {**TAX, "suits": 1})
    )
    assert rows_of(table, "parent.received") == [(2022, 3, None, None, "undetermined")]
    assert rows_of(table, "parent.suits") == []


def test_the_table_is_the_same_in_any_order() -> None:
    rows = panel(
        *(
            {**kind, "year": year, "scope": scope, "received": year % 7, "carried_in": year % 3}
            for kind in (CITY, COUNTY, BUREAU, TOWN)
            for year in range(2018, 2024)
            for scope in ("own", "system")
        )
    )
    table = across(rows)
    assert tuple(table.columns) == COLUMNS
    assert len(table) > 20
    pd.testing.assert_frame_equal(table, across(rows.iloc[::-1]))
    pd.testing.assert_frame_equal(table, across(rows.sample(frac=1, random_state=3)))


@pytest.mark.parametrize("rows", [panel(), panel({"year": 2021}), panel({"received": 1})])
def test_nothing_to_compare(rows: pd.DataFrame) -> None:
    table = across(rows)
    assert tuple(table.columns) == COLUMNS
    assert table.empty
    full = across(panel({"year": 2021, "carried_out": 3}, {"carried_in": 5}))
    numbers = ["year", "left", "right", "difference"]
    assert table[numbers].dtypes.to_dict() == full[numbers].dtypes.to_dict()


def test_a_missing_key_column_is_named() -> None:
    with pytest.raises(ValueError, match="the panel has no column period, scope"):
        across(panel({}).drop(columns=["scope", "period"]))


def test_integers_that_may_be_missing_are_read_too() -> None:
    rows = panel({"year": 2021, "carried_out": 3}, {"carried_in": 5})
    rows = rows.astype({"carried_out": "Int64", "carried_in": "Int64"})
    assert rows_of(across(rows), "carried") == [(2022, 3, 5, -2, "violated")]
