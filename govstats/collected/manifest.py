"""raw/manifest.csv: what is known of the report files, read as strictly as collected tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from govstats.collected.rows import Problem, read_lines

COLUMNS = ("source", "issuer", "year", "scope", "url", "retrieved")
YEARS = (2008, 2035)
SCOPES = ("own", "system", "unknown")
_YEAR = re.compile(r"[0-9]{4}")
_FILE = "manifest.csv"


def read_manifest(path: Path, sources: set[str]) -> tuple[dict[str, dict[str, str]], list[Problem]]:
    """Report file -> what the manifest says of it, and every problem; ({}, []) without a manifest.

    A column may be missing, but for `source`; another is a problem, since what it says would be
    lost. White space around a value is left out.
    """
    if not path.exists():
        return {}, []
    lines = list(read_lines(path.read_bytes(), _FILE))
    if problems := [line for line in lines if isinstance(line, Problem)]:
        return {}, problems
    rows = [line for line in lines if not isinstance(line, Problem)]
    _, head = rows[0] if rows else (1, [])
    head = [name.strip() for name in head]
    if problems := list(_head_problems(head)):
        return {}, problems
    found: dict[str, dict[str, str]] = {}
    for line, values in rows[1:]:
        if len(values) != len(head):
            text = f"the line has {len(values)} fields and the head {len(head)}: mend the commas"
            problems.append(Problem(_FILE, line, 0, head[0], text))
            continue
        row = dict.fromkeys(COLUMNS, "")
        row |= {name: value.strip() for name, value in zip(head, values, strict=True)}
        problems += [
            Problem(_FILE, line, head.index(column), column, text)
            for column, text in _wrong(row, sources, found)
        ]
        found.setdefault(row["source"], row)
    return found, problems


def _head_problems(head: list[str]) -> Iterator[Problem]:
    if "source" not in head:
        yield Problem(_FILE, 1, len(head), "source", "is missing: it names the report files")
    for at, name in enumerate(head):
        if name not in COLUMNS:
            text = f"is not known here: use {', '.join(COLUMNS)}"
            yield Problem(_FILE, 1, at, name or str(at + 1), text)
        elif name in head[:at]:
            yield Problem(_FILE, 1, at, name, "stands twice in the head: keep one")


def _wrong(
    row: dict[str, str], sources: set[str], found: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Column and text of what is wrong in a row."""
    source, year, scope = row["source"], row["year"], row["scope"]
    if source not in sources:
        yield "source", f"there is no report file {source!r}"
    elif source in found:
        yield "source", f"{source!r} stands in an earlier line too: keep one"
    if year and not (_YEAR.fullmatch(year) and YEARS[0] <= int(year) <= YEARS[1]):
        yield "year", f"{year!r} is no year from {YEARS[0]} to {YEARS[1]}"
    if scope and scope not in SCOPES:
        yield "scope", f"{scope!r} is none of {', '.join(SCOPES)}"
