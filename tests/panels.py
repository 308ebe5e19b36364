"""Made-up panels for tests: rows of the shared columns, defaults for what a test does not say."""

import pandas as pd

DEFAULTS = {
    "issuer": "甲市人民政府",
    "province": "安徽省",
    "prefecture": "合肥市",
    "county": "",
    "gb2260": "340100",
    "level": "prefecture",
    "body": "government",
    "year": 2022,
    "period": "year",
    "scope": "own",
}
CITY = {}
COUNTY = {"issuer": "丙区人民政府", "county": "瑶海区", "gb2260": "340102", "level": "county"}
BUREAU = {"issuer": "乙局", "body": "department"}
COUNTY_BUREAU = {**COUNTY, "issuer": "丙区乙局", "body": "department"}
TOWN = {**COUNTY, "issuer": "丁镇人民政府", "level": "township"}
TAX = {"issuer": "国家税务总局甲市税务局", "body": "department"}


def panel(*rows: dict) -> pd.DataFrame:
    """A panel of these rows; measures get their companion columns."""
    table = pd.DataFrame([{**DEFAULTS, **row} for row in rows] or None)
    if table.empty:
        return pd.DataFrame(columns=list(DEFAULTS)).astype({"year": "Int64"})
    for name in [n for n in table.columns if n not in DEFAULTS and not n.endswith("_from")]:
        table[name] = table[name].astype("float64")
        if f"{name}_from" not in table.columns:
            table[f"{name}_from"] = table[name].notna().map({True: "table", False: ""})
    return table.astype({"year": "Int64"})
