"""The frame: all provinces, prefectures and counties, and how many of them are held.

What counts is in vocabulary/frame.toml. A city without counties counts once, as a prefecture;
counties and districts that stand directly under a province count as counties with no prefecture.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pandas as pd

from govstats import vocabulary

LEVELS = ("province", "prefecture", "county")
ANY_YEAR = "any"


def frame() -> pd.DataFrame:
    """Return a row for every place with a government: gb2260, name, level, province, prefecture.

    All columns are text. `province` and `prefecture` are names, those of the place itself included;
    "" where there is none. Ordered by code. Source: vocabulary/places.csv (GB/T 2260).
    """
    table = _places()
    rules = _rules()
    kept = (
        ~table["code"].isin([*_twice(table), *rules["no_government"]])
        & ~table["name"].isin(rules["grouping"])
        & ~((table["level"] == "county") & table["code"].str.contains(rules["zone"]))
    )
    names = table.loc[~table["name"].isin(rules["grouping"])].set_index("code")["name"].to_dict()
    found = table.loc[kept].rename(columns={"code": "gb2260"})
    own = found["gb2260"].where(found["level"] == "prefecture", found["parent"])
    found["province"] = (found["gb2260"].str[:2] + "0000").map(names)
    found["prefecture"] = own.map(names).where(found["level"] != "province", "").fillna("")
    # A county under a grouping row has the province as its next place above.
    found.loc[found["prefecture"] == found["province"], "prefecture"] = ""
    columns = ["gb2260", "name", "level", "province", "prefecture"]
    return found[columns].sort_values("gb2260", ignore_index=True)


def coverage(panel: pd.DataFrame) -> pd.DataFrame:
    """Return how many places of the frame the panel holds, by province, level and year.

    `panel` needs gb2260, level, body and year. Columns: province, level, frame (places), year
    (text; "any" for all years together, with rows whose year is unknown), held (places with a
    report of their own government, of any scope or period), held_any_body (places with a report of
    any body that lies in them, such as a department or a town; a county is not counted for its
    prefecture). A row for every province and level that has places, and every year of the panel,
    also where nothing is held.
    """
    places = frame()
    held = _held(panel, places)
    years = [ANY_YEAR, *sorted(set(held["year"]) - {ANY_YEAR})]
    groups = places.groupby(["province", "level"]).size().rename("frame").reset_index()
    grid = groups.merge(pd.DataFrame({"year": years}), how="cross")
    keys = ["province", "level", "year"]
    for column, rows in (("held", held[held["government"]]), ("held_any_body", held)):
        counts = rows.groupby(keys)["gb2260"].nunique().rename(column).reset_index()
        grid = grid.merge(counts, on=keys, how="left")
        grid[column] = grid[column].fillna(0).astype("int64")
    return _ordered(grid, places)


def lineage() -> dict[str, tuple[str, ...]]:
    """Return for every code of places.csv that code and the codes of the places that contain it."""
    table = _places()
    parents = dict(zip(table["code"], table["parent"], strict=True))
    names = dict(zip(table["code"], table["name"], strict=True))
    skipped = set(_rules()["grouping"])
    found = {}
    for code in names:
        above = parents[code] if parents[code] != code else ""
        chain = [code, above, parents.get(above, "")] if above else [code]
        found[code] = tuple(each for each in chain if each and names[each] not in skipped)
    for code, place in _twice(table).items():
        found[code] = found[place]
    return found


def _held(panel: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Rows of the panel that lie in a place of the frame, once by year and once for any year."""
    codes = panel["gb2260"].replace(_twice(_places()))
    rows = pd.DataFrame({"gb2260": codes, "reported": panel["level"], "body": panel["body"]})
    rows["year"] = panel["year"].astype("Int64").astype("string").fillna("").astype(str)
    rows = rows.merge(places, on="gb2260")
    # A town's report carries the code of its county, so the level has to agree too.
    rows["government"] = (rows["body"] == "government") & (rows["reported"] == rows["level"])
    dated = rows[rows["year"] != ""]
    return pd.concat([dated, rows.assign(year=ANY_YEAR)], ignore_index=True)


def _ordered(grid: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Provinces by code, then from province to county, then "any" before the years."""
    provinces = list(places.loc[places["level"] == "province", "name"])
    ranks = pd.DataFrame(
        {
            "province": grid["province"].map({name: i for i, name in enumerate(provinces)}),
            "level": grid["level"].map({name: i for i, name in enumerate(LEVELS)}),
            "year": grid["year"].where(grid["year"] != ANY_YEAR, ""),
        }
    )
    order = ranks.sort_values(["province", "level", "year"], kind="stable").index
    columns = ["province", "level", "frame", "year", "held", "held_any_body"]
    return grid.loc[order, columns].reset_index(drop=True)


def _twice(table: pd.DataFrame) -> dict[str, str]:
    """Second codes of cities without counties, each with the first: 嘉峪关市."""
    above = table["parent"].map(dict(zip(table["code"], table["name"], strict=True)))
    same = table[(table["level"] == "county") & (table["name"] == above)]
    return {c: p for c, p in zip(same["code"], same["parent"], strict=True) if c != p}


@cache
def _places() -> pd.DataFrame:
    """The list of places, a city that stands twice under one code kept as prefecture only."""
    table = pd.DataFrame(vocabulary.table("places.csv"), dtype="str")
    repeated = table["code"].duplicated(keep=False) & (table["level"] == "county")
    return table[~repeated].reset_index(drop=True)


@cache
def _rules() -> dict[str, Any]:
    rules = vocabulary.words("frame.toml")
    re.compile(rules["zone"])
    return rules
