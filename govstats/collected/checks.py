"""What must hold between the rows of collected tables, and what their values may be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from govstats import forms, vocabulary
from govstats.collected.rows import Problem, Row

# In these tables every cell counts requests or cases; the disclosure table holds amounts too.
WHOLE_TABLES = frozenset({"requests", "remedies"})
_VALUED = frozenset({"stated", "implied"})


def duplicate_ids(reports: Iterable[Row]) -> Iterator[Problem]:
    """A report_id names one report, also across files."""
    seen: dict[str, Row] = {}
    for row in reports:
        if "report_id" in row.broken:
            continue
        first = seen.setdefault(row.values["report_id"], row)
        if first is not row:
            where = f"stands in {first.file}, line {first.line} too"
            text = f"{row.values['report_id']!r} {where}: give every report an id of its own"
            yield row.problem("report_id", text)


def unknown_ids(rows: Iterable[Row], known: Mapping[str, Any]) -> Iterator[Problem]:
    """What stands in prose, cells or topics belongs to a report."""
    for row in rows:
        found = row.values["report_id"]
        if found and found not in known:
            text = f"{found!r} is in no reports.csv: add the report or correct the id"
            yield row.problem("report_id", text)


def wrong_figures(rows: Iterable[Row]) -> Iterator[Problem]:
    """Measures are those of measures.csv, in their unit; counts are whole and not negative."""
    measures = vocabulary.measures()
    for row in rows:
        name, value, unit = (row.values[key] for key in ("measure", "value", "unit"))
        if name and name not in measures:
            yield row.problem("measure", _unknown(name, measures))
        elif name and "unit" not in row.broken and unit != measures[name]["unit"]:
            text = f"{unit!r} is not the unit of {name}: give it in {measures[name]['unit']}"
            yield row.problem("unit", text)
        elif name and value is not None and (wrong := _wrong_value(name, value)):
            yield row.problem("value", wrong)


def _unknown(name: str, measures: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, sorted(measures), 1)
    hint = f"did you mean {near[0]}?" if near else "use one of its names"
    return f"{name!r} is no measure of govstats/vocabulary/measures.csv: {hint}"


def _wrong_value(name: str, value: float) -> str:
    unit = vocabulary.measures()[name]["unit"]
    if name.endswith("_growth"):
        # What falls to nothing falls by 100 %; what grows has no bound.
        return f"{value:g} is below -100: correct the growth" if value < -100 else ""
    if value < 0:
        return f"{value:g} is negative: correct it, or leave the row out"
    if unit == "percent" and value > 100:
        return f"{value:g} is over 100: a share is at most 100 %, correct it"
    if unit == "count" and value != int(value):
        return f"{value:g} is no whole number: correct the count"
    return ""


@cache
def addresses() -> Mapping[forms.Address, bool]:
    """Every cell of every form -> whether it may be negative."""
    names = (*forms.TABLES, *forms.STATISTICS)
    tables = [table for name in names for table in forms.candidates(name)]
    return {
        address: address.column in table.negative for table in tables for address in table.addresses
    }


def wrong_cells(rows: Iterable[Row]) -> Iterator[Problem]:
    """Cells have an address in govstats/forms, a value that fits it and a status that fits both."""
    known = addresses()
    for row in rows:
        address = forms.Address(*(row.values[key] for key in ("table", "row", "column")))
        if address not in known:
            if all(address):
                column, text = strange(address)
                yield row.problem(column, text)
            continue
        value = row.values["value"]
        if value is not None and value < 0 and not known[address]:
            text = f"{value:g} is negative: correct it, or leave it empty if printed blank"
            yield row.problem("value", text)
        elif value is not None and value != int(value) and address.table in WHOLE_TABLES:
            yield row.problem("value", f"{value:g} is no whole number: correct the count")
        if not row.broken:
            yield from _wrong_status(row)


def strange(address: forms.Address) -> tuple[str, str]:
    """The first part of an address that no form has, and what to do."""
    advice = "see govstats/forms for the cells of every table"
    for depth, column in enumerate(("table", "row", "column"), 1):
        if not any(known[:depth] == address[:depth] for known in addresses()):
            return column, f"{'.'.join(address[:depth])} is in no form: {advice}"
    return "column", f"{address} is in no form: {advice}"


def _wrong_status(row: Row) -> Iterator[Problem]:
    status, value = row.values["status"], row.values["value"]
    low, high = row.values["low"], row.values["high"]
    if status in _VALUED and value is None:
        yield row.problem("value", f"is empty in a {status} cell: fill it in or mend the status")
    if status and status not in _VALUED and value is not None:
        text = f"{value:g} stands in a cell that is {status}: leave it empty or mend the status"
        yield row.problem("value", text)
    if low is not None and high is not None and low > high:
        yield row.problem("low", f"{low:g} is above high, {high:g}: correct the bounds")


def conflicts(rows: Iterable[Row], key: Sequence[str]) -> Iterator[Problem]:
    """One thing has one value: rows with the same key and another value are told.

    An approximate figure beside an exact one is no conflict; both may be printed.
    """
    first: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        named = tuple(row.values[column] for column in key)
        before = first.setdefault(named, row)
        here, there = row.values["value"], before.values["value"]
        if not row.broken | before.broken and here != there:
            values = f"is {_shown(here)} here and {_shown(there)} in {before.file}"
            what = ".".join(part for part in named[1:] if part)
            text = f"{what} of {named[0]} {values}, line {before.line}: keep one"
            yield row.problem("value", text)


def _shown(value: float | None) -> str:
    return "blank" if value is None else f"{value:.12g}"
