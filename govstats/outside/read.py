"""Outside tables -> frames, checked by contracts (govstats/vocabulary/outside.toml) before use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from govstats import vocabulary
from govstats.collected.rows import Problem, read_lines

if TYPE_CHECKING:
    import pandera.pandas

SHOWN = 20
COUNTS = ("not_held", "complaints")
COUNTRIES = ("uk.csv", "scotland.csv", "new_zealand.csv")
_COLUMNS = (
    *("country", "body", "now", "year", "bodies", "requests"),
    *("not_held", "not_held_of", "not_held_bodies"),
    *("complaints", "complaints_of", "complaints_bodies"),
    *("left_out", "file", "line"),
)
_MEANS = tuple(f"{part}_{count}" for count in COUNTS for part in ("mean", "low", "high"))
_PATTERNS = {
    "text": (r"(?s).*\S.*", "is empty: fill it in"),
    "whole": (r"[0-9]{1,9}", "is no whole number: write plain digits"),
    "number": (r"[0-9]{1,12}(\.[0-9]{1,6})?", "is no number: write plain digits"),
    "year": (r"20[0-9]{2}", "is no year: write its four digits"),
}
_UNKNOWN = "; leave it empty where it is not known"
_TYPES = {"text": "str", "whole": "Int64", "number": "float64", "year": "Int64"}


class OutsideError(ValueError):
    """An outside table is broken; the message names file, line, column and what to do."""


class Published(NamedTuple):
    """Statistics of courts, ministries and papers; both frames have a column `line`."""

    figures: pd.DataFrame
    court_studies: pd.DataFrame


def read_outside(folder: Path) -> pd.DataFrame:
    """Requests, replies "not held" and complaints of other countries, a row a body and year.

    Reads uk.csv, scotland.csv and new_zealand.csv. `body` is "" where a row sums `bodies` bodies;
    `now` is the name that the body took later. Shares have denominators of their own: `not_held_of`
    and `complaints_of` are the requests of the bodies that state the count, `not_held_bodies` and
    `complaints_bodies` their number; Int64, NA for unknown.
    `left_out` names rows that a sum leaves out. For sums only, what a body does on average with its
    95 % limits is given (see `by_year`): mean_, low_ and high_ of not_held and complaints. `file`
    and `line` say where a row stands. Raises OutsideError.
    """
    return pd.concat([_country(folder / name) for name in COUNTRIES], ignore_index=True)


def read_sources(folder: Path) -> pd.DataFrame:
    """Who published each table of `read_outside`, what its columns count, and the licence."""
    return _read(folder / "sources.csv")


def read_published(folder: Path) -> Published:
    """Read published_figures.csv and court_studies.csv; raises OutsideError."""
    return Published(_read(folder / "published_figures.csv"), _read(folder / "court_studies.csv"))


def laws(language: str = "en") -> pd.DataFrame:
    """What "not held" means in each law, a row a country: law, meaning, other_body, case.

    `other_body`: whether "this is not our business" is part of it. In English, or Chinese (zh).
    """
    head = "zh_" if language == "zh" else ""
    rows = [
        {
            "country": law[f"{head}country"],
            "law": law[f"{head}law"],
            "meaning": law[language],
            "other_body": law[f"{head}other_body"],
            "case": law[f"{head}case"],
        }
        for law in vocabulary.words("outside.toml")["laws"]
    ]
    return pd.DataFrame(rows)


def _country(path: Path) -> pd.DataFrame:
    rows = _read(path)
    country = _described(path.name)["country"]
    names = vocabulary.words("outside.toml")["renamed"].get(country, {})
    rows = rows.assign(country=country, file=path.name)
    if "body" in rows:
        rows = rows.assign(now=rows["body"].replace(names), bodies=1)
        for count in set(COUNTS) & set(rows.columns):
            rows[f"{count}_of"] = rows["requests"].where(rows[count].notna())
            rows[f"{count}_bodies"] = rows[count].notna().astype("Int64")
    types = _types()
    empty = {name: "" for name, kind in types.items() if kind == "str" and name not in rows}
    return rows.assign(**empty).reindex(columns=[*_COLUMNS, *_MEANS]).astype(types)


def _types() -> dict[str, str]:
    texts = dict.fromkeys(("country", "body", "now", "left_out", "file"), "str")
    return dict.fromkeys(_COLUMNS, "Int64") | texts | dict.fromkeys(_MEANS, "float64")


def _described(name: str) -> dict[str, Any]:
    found: dict[str, Any] = vocabulary.words("outside.toml")["tables"][name]
    return found


def _read(path: Path) -> pd.DataFrame:
    """The table as its contract types it, with a column `line`; text "" for nothing."""
    from pandera.errors import SchemaErrors

    described = _described(path.name)
    try:
        text = _text(path, described["columns"])
        _texts(described["columns"]).validate(text, lazy=True)
        typed = _typed(text, described["columns"])
        _rows(described).validate(typed, lazy=True)
    except SchemaErrors as error:
        raise OutsideError(_said(path.name, _faults(path.name, error.failure_cases))) from None
    return typed.reset_index(names="line")


def _text(path: Path, columns: dict[str, Any]) -> pd.DataFrame:
    """All values as text, on the number of the line where each row starts."""
    if not path.is_file():
        raise OutsideError(f"{path.name}: is not there: put it into the folder given")
    lines = list(read_lines(path.read_bytes(), path.name))
    good = [line for line in lines if not isinstance(line, Problem)]
    head = good[0][1] if good else []
    problems = [line for line in lines if isinstance(line, Problem)]
    problems += list(_shape(path.name, head, good[1:], columns))
    if problems:
        raise OutsideError(_said(path.name, problems))
    values = [row for _, row in good[1:]]
    numbers = pd.Index([line for line, _ in good[1:]], dtype="int64")
    return pd.DataFrame(values, index=numbers, columns=head, dtype="str")[list(columns)]


def _shape(
    file: str, head: list[str], body: list[tuple[int, list[str]]], columns: dict[str, Any]
) -> Iterator[Problem]:
    for name in columns:
        if head.count(name) != 1:
            yield Problem(file, 1, 0, name, "must stand in the head once: add or remove it")
    for line, values in body:
        if len(values) != len(head):
            said = f"{len(values)} fields, and the head has {len(head)}: put text in quotes"
            yield Problem(file, line, 0, str(min(len(values), len(head))), said)


def _texts(columns: dict[str, Any]) -> pandera.pandas.DataFrameSchema:
    import pandera.pandas as pa

    parts = {}
    for name, column in columns.items():
        pattern, advice = _PATTERNS[column["type"]]
        empty = bool(column.get("empty"))
        check = pa.Check(
            lambda values, p=f"(?:{pattern})?" if empty else pattern: values.str.fullmatch(p),
            error=advice + (_UNKNOWN if empty else ""),
        )
        parts[name] = pa.Column("str", check)
    return pa.DataFrameSchema(parts)


def _typed(text: pd.DataFrame, columns: dict[str, Any]) -> pd.DataFrame:
    made = {}
    for name, column in columns.items():
        values, kind = text[name], _TYPES[column["type"]]
        made[name] = values if kind == "str" else pd.to_numeric(values.replace("", pd.NA))
        made[name] = made[name].astype(kind)
    return pd.DataFrame(made, index=text.index)


def _rows(described: dict[str, Any]) -> pandera.pandas.DataFrameSchema:
    """What must hold within a row, and that no two rows are one."""
    import pandera.pandas as pa

    key = described["key"]
    checks = [
        pa.Check(
            lambda rows: ~rows.duplicated(key),
            error=f"{key[-1]}|has the {', '.join(key)} of an earlier row: keep one",
        )
    ]
    for part, whole in described["within"]:
        checks.append(
            pa.Check(
                lambda rows, p=part, w=whole: (rows[p] <= rows[w]).fillna(True),
                error=f"{part}|is above {whole}: correct it, or leave the row out and say so",
            )
        )
    return pa.DataFrameSchema(checks=checks)


def _faults(file: str, cases: pd.DataFrame) -> list[Problem]:
    """A fault a cell: pandera lists a frame's failing row once for every column."""
    found = set()
    for case in cases.to_dict("records"):
        column, _, said = str(case["check"]).rpartition("|")
        value = "" if column else f"{case['failure_case']!r} "
        where = column or str(case["column"])
        found.add(Problem(file, int(case["index"]), 0, where, value + said))
    return sorted(found)


def _said(file: str, problems: list[Problem]) -> str:
    more = [f"{file}: ... and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
    return "\n".join([*map(str, problems[:SHOWN]), *more])
