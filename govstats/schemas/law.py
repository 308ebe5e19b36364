"""Forms and law as Markdown: rows, columns, articles, sums, changes and the bridge, from the forms.

Sources: govstats/forms/*.toml; bridge.csv, breaks.csv and law.toml of govstats/vocabulary.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from govstats import vocabulary
from govstats.forms import STATISTICS, TABLES, WILDCARD, Label, Table, candidates, forms

_HEAD = """# Forms and law

What each row and column of the statutory tables means, which article of the law it rests on, and
which forms have it. Made by `govstats codebook forms` from `govstats/forms/*.toml` and
`govstats/vocabulary`; a test compares this page with them. It is no legal advice: articles are
those that the form files name, and what is not named there is not stated here.

A cell is named `table.row.column`, the same in every form. A row that a form lacks is absent there,
not 0. Where a form prints another label, the label has the form's year behind it.

本页由表格数据文件生成：各表每行每列的含义、所据条款、所属表格、表内等式、各版表格的变化，
以及2019年前表格与后来代码的对应。条款以表格数据文件所载为准，不构成法律意见。
"""
_BRIDGE = """## The bridge: reports for the years before 2019

The forms of 2014 and before count other things. This is how their rows, and what sentences of those
years state (`prose`), become the measures of the panel; cumulative numbers are left alone. `equal`:
the row is the measure; of several rows the first one known counts. `sum`: the measure is the sum of
all rows marked so, and is not known while one of them is not. `part of`: the row is less than the
measure, which is not taken from it. `none`: nothing is comparable.

| cell | 名称 | measure | later cell | relation | note |
|---|---|---|---|---|---|"""

Raw = Mapping[str, Any]
Entry = tuple[Label, str, str]  # a row or column with number and articles as its block gives them


@cache
def _raw() -> dict[str, dict[str, Any]]:
    """Every form as its file has it, by year, oldest first."""
    paths = sorted(files("govstats").joinpath("forms").iterdir(), key=lambda path: path.name)
    texts = [path.read_text(encoding="utf-8") for path in paths if path.name.endswith(".toml")]
    return {data["form"]: data for data in map(tomllib.loads, texts)}


def law() -> str:
    """The page docs/forms.md, in Markdown; English with every label in Chinese too."""
    chapters = [_chapter(name) for name in (*TABLES, *STATISTICS) if candidates(name)]
    return "\n".join([_HEAD, _notices(), *chapters, _changes(), _bridge(), _breaks()])


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _notices() -> str:
    lines = ["## The forms", "", "| form | notice | reports for | tables | wording |"]
    lines.append("|---|---|---|---|---|")
    for year, data in _raw().items():
        tables = ", ".join(f"`{name}`" for name in (*TABLES, *STATISTICS) if name in data)
        confirmed = ", ".join(f"`{code}`" for code in data.get("confirmed", ()))
        wording = data.get("wording", "as printed") + (f"; seen: {confirmed}" if confirmed else "")
        lines.append(_line(year, data["notice"], data.get("reports_for", ""), tables, wording))
    return "\n".join([*lines, ""])


def _versions(name: str) -> dict[str, Table]:
    """The table of that name in every form that has it, by the form's year."""
    return {year: tables[name] for year, tables in forms().items() if name in tables}


def _chapter(name: str) -> str:
    versions = _versions(name)
    latest = versions[max(versions)]
    notes = vocabulary.words("law.toml")["notes"]
    rows = ["### Rows", "", "| row | no. | 名称 | English | law | forms | also printed | note |"]
    rows.append("|---|---|---|---|---|---|---|---|")
    rows += _entries(name, {year: list(_rows(table)) for year, table in versions.items()}, notes)
    columns = ["", "### Columns", "", "| column | group | 名称 | English | rows | forms | note |"]
    columns.append("|---|---|---|---|---|---|---|")
    columns += _column_lines(name, versions, notes)
    heading = f"## {name}: {latest.en} / {latest.zh}\n"
    return "\n".join([heading, *rows, *columns, "", "### Sums", "", *_sums(name), ""])


def _rows(table: Table) -> Iterator[Entry]:
    groups = [(group.path, group.zh) for group in table.groups if group.path]
    for block in table.blocks:
        for row in block.rows:
            above = [zh for path, zh in groups if row.path.startswith(path) and row.path != path]
            place = row.path or block.path
            yield row, f"{place} {above[-1]}" if above else place, row.legal or block.legal


def _by_form(values: Mapping[str, str]) -> str:
    """One text where all forms agree; else each with the years of its forms."""
    years: dict[str, list[str]] = {}
    for year, value in values.items():
        years.setdefault(value, []).append(year)
    if len(years) == 1:
        return next(iter(years))
    return "; ".join(f"{value} ({', '.join(found)})" for value, found in years.items() if value)


def _note(notes: Raw, key: str) -> str:
    note = notes.get(key)
    return f"{note['en']} / {note['zh']}" if note else ""


def _entries(name: str, lists: Mapping[str, list[Entry]], notes: Raw) -> Iterator[str]:
    """One line a row, in the order of the latest form; rows that it no longer has come last."""
    codes = dict.fromkeys(
        entry[0].code for year in sorted(lists, reverse=True) for entry in lists[year]
    )
    for code in codes:
        found = {
            year: entry
            for year, entries in lists.items()
            for entry in entries
            if entry[0].code == code
        }
        unit = {label.unit for label, *_ in found.values() if label.unit}
        units = f" ({', '.join(sorted(unit))})" if unit else ""
        yield _line(
            f"`{code}`",
            _by_form({year: place for year, (_, place, _) in found.items()}),
            _by_form({year: label.zh for year, (label, *_) in found.items()}) + units,
            _by_form({year: label.en for year, (label, *_) in found.items()}),
            _by_form({year: legal for year, (*_, legal) in found.items()}),
            ", ".join(found),
            _aliases(label for label, *_ in found.values()),
            _note(notes, f"{name}.{code}"),
        )


def _aliases(labels: Iterable[Label]) -> str:
    found = list(labels)
    printed = {label.zh for label in found}
    aliases = dict.fromkeys(alias for label in found for alias in label.aliases)
    return ", ".join(alias for alias in aliases if alias not in printed)


def _column_lines(name: str, versions: Mapping[str, Table], notes: Raw) -> Iterator[str]:
    places: dict[str, dict[str, tuple[Label, list[str]]]] = {}
    for year in sorted(versions, reverse=True):
        for block in versions[year].blocks:
            for column in block.columns:
                _, rows = places.setdefault(column.code, {}).setdefault(year, (column, []))
                rows += [f"`{row.code}`" for row in block.rows]
    for code, found in places.items():
        years = sorted(found)
        every = {year: len(found[year][1]) == len(versions[year].block_of) for year in years}
        yield _line(
            f"`{code}`",
            _by_form({year: found[year][0].group for year in years}),
            _by_form({year: found[year][0].zh for year in years}),
            _by_form({year: found[year][0].en for year in years}),
            _by_form({y: "all" if every[y] else ", ".join(found[y][1]) for y in years}),
            ", ".join(years),
            _note(notes, f"{name}.{WILDCARD}.{code}"),
        )


def _raw_sums(name: str, data: Raw) -> Iterator[tuple[str, str, str]]:
    """Name, formula and source of every identity of a table in one form."""
    for key, relation in (("identities", "="), ("inequalities", "≤")):
        for item in data.get(key, ()):
            patterns = [*item["left"], *item["right"]]
            if patterns[0][1:].split(".")[0] == name:
                sides = (_side(item["left"]), _side(item["right"]))
                star = "column" if patterns[0].endswith(WILDCARD) else "row"
                formula = f"{sides[0]} {relation} {sides[1]}, in every {star} that has them"
                yield item["name"], formula, item["source"]


def _side(patterns: list[str]) -> str:
    """One side of an identity in codes, without the table and the wildcard."""
    parts = []
    for pattern in patterns:
        code = ".".join(part for part in pattern[1:].split(".")[1:] if part != WILDCARD)
        parts.append(f"{'-' if pattern[0] == '-' else '+'} `{code}`")
    return " ".join(parts).removeprefix("+ ") or "0"


def _sums(name: str) -> Iterator[str]:
    found: dict[tuple[str, str, str], list[str]] = {}
    for year, data in _raw().items():
        if name in data:
            for each in _raw_sums(name, data):
                found.setdefault(each, []).append(year)
    words = vocabulary.words("law.toml")["sums"]
    for (title, formula, source), years in found.items():
        said = _note(words, f"{name}.{title}")
        said = f"{said}. " if said else ""
        yield f"- **{title}** ({', '.join(years)}): {formula}. {said}Source: {source}."
    if not found:
        yield "None within one report."


def _changes() -> str:
    lines = ["## What changed between forms", ""]
    for name in (*TABLES, *STATISTICS):
        for (before, old), (after, new) in pairwise(_versions(name).items()):
            lines += [f"### {name}: {before} to {after}", "", *_differences(old, new), ""]
    return "\n".join(lines)


def _differences(old: Table, new: Table) -> list[str]:
    rows = [{row.code: row for row, *_ in _rows(table)} for table in (old, new)]
    gone = [f"`{code}` {row.zh}" for code, row in rows[0].items() if code not in rows[1]]
    come = [f"`{code}` {row.zh}" for code, row in rows[1].items() if code not in rows[0]]
    lines = [f"- Rows no longer there: {', '.join(gone)}."] if gone else []
    lines += [f"- New rows: {', '.join(come)}."] if come else []
    for code in (code for code in rows[0] if code in rows[1]):
        before, after = rows[0][code].zh, rows[1][code].zh
        lines += [f"- `{code}` is printed {before}, then {after}."] if before != after else []
        heads = [_heads(table, code) for table in (old, new)]
        lines += (
            [f"- `{code}` has the columns {heads[0]}; then {heads[1]}."]
            if (heads[0] != heads[1])
            else []
        )
    return lines or ["- Nothing."]


def _heads(table: Table, row: str) -> str:
    return ", ".join(f"`{column.code}` {column.zh}" for column in table.block_of[row].columns)


def _bridge() -> str:
    lines = [_BRIDGE]
    for row in vocabulary.table("bridge.csv"):
        later = f"`{row['code']}`" if row["code"] else ""
        measure = f"`{row['measure']}`" if row["measure"] else ""
        cell = f"`{row['table']}.{row['row']}`"
        label = _printed(row["table"], row["row"])
        lines.append(_line(cell, label, measure, later, row["relation"], row["note"]))
    return "\n".join([*lines, ""])


def _printed(table: str, row: str) -> str:
    versions = _versions(table)
    labels = [r.zh for version in versions.values() for r, *_ in _rows(version) if r.code == row]
    return labels[-1] if labels else ""


def _breaks() -> str:
    lines = ["## Breaks: years across which series compare unlike things", ""]
    lines += ["| year | why |", "|---|---|"]
    lines += [_line(row["year"], row["why"]) for row in vocabulary.table("breaks.csv")]
    return "\n".join([*lines, ""])
