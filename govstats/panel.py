"""Cleaned records, their cells and figures -> one row per issuer, place, year, period and scope.

A measure is taken from the tables first and from sentences second; its companion column NAME_from
says which: table, prose, implied (the sums leave one value), derived (computed from other measures)
or "" (not known). A correction by hand is taken in the place of the value that it stands beside;
`(corrected)` ends the source of what is another value, or from elsewhere, because of it. What is
not known stays missing, never 0. Needs the extra `panel`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from govstats import vocabulary
from govstats.bridge import bridged
from govstats.forms import candidates
from govstats.metrics import add_metrics, metrics
from govstats.numbers import Value, exact
from govstats.prose.agreement import expression_of, value_of
from govstats.replies import (
    GROUPS,
    IMPLIED,
    PROSE,
    TABLE,
    Known,
    Measures,
    below_parts,
    bounds_of_not_held,
    contradictions,
    derive,
)
from govstats.schemas.fields import CORRECTED
from govstats.sums import BY_SUMS

PLACE = ("issuer", "province", "prefecture", "county", "gb2260", "level", "body", "organ")
KEYS = (*PLACE, "year", "period", "scope")
ABOUT = ("records", "form", "truncated", "copy", "patch", "corrected")
DERIVED = ("exposure", "not_held_low", "not_held_high", "breakdown", "contradicts")
_BY_HAND, _TAKEN_BACK = "corrected", "unread"
UNUSED = ("record_id", "measure", "value", "rule", "reason")
# Metrics are ratios: what lies behind this digit is noise of the machine.
DIGITS = 6

Address = tuple[str, str, str]
Cells = dict[Address, tuple[Value | None, str]]


@dataclass
class Row:
    """A panel row in the making: its records, cells as (value, status), and measures known.

    `cells` has corrections in it and `read` has not; `corrected` are the addresses corrected by
    hand, and `passed_over` those of a record whose cell another record's goes before.
    """

    keys: dict[str, Any]
    records: list[dict[str, Any]] = field(default_factory=list)
    cells: Cells = field(default_factory=dict)
    read: Cells = field(default_factory=dict)
    corrected: list[str] = field(default_factory=list)
    passed_over: list[tuple[str, ...]] = field(default_factory=list)
    stated: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tables: Measures = field(default_factory=dict)
    known: Measures = field(default_factory=dict)
    breakdown: str = ""


@dataclass(frozen=True)
class Panel:
    """The panel, and the figures that did not enter it (UNUSED columns), each with the reason.

    `passed_over`: corrected cells (record_id, *address) that did not either -> the row's records.
    """

    rows: pd.DataFrame
    unused: pd.DataFrame
    passed_over: dict[tuple[str, ...], str] = field(default_factory=dict)


def measure_names() -> tuple[str, ...]:
    """Measures that the panel has columns for, in the order of measures.csv."""
    return tuple(vocabulary.measures())


def build_panel(records: pd.DataFrame, figures: pd.DataFrame, cells: pd.DataFrame) -> Panel:
    """Join records of one issuer, place, year, period and scope into a row each.

    `records`, `figures` and `cells` are as cleaning leaves them; extracted records go before
    collected ones. `cells` may have the columns `corrected` and `correction`. A figure that a
    sentence gives for another scope than its report's stands in a row of that scope.
    """
    rows: dict[tuple[Any, ...], Row] = {}
    ordered = records.sort_values(["origin", "record_id"], ascending=[False, True], kind="stable")
    lookup = {record["record_id"]: record for record in ordered.to_dict("records")}
    for record in lookup.values():
        _row(rows, record, record["scope"])
    for cell in cells.to_dict("records"):
        record = lookup[cell["record_id"]]
        _take_cell(_row(rows, record, record["scope"]), cell)
    order = {record_id: place for place, record_id in enumerate(lookup)}
    for figure in sorted(figures.to_dict("records"), key=lambda f: order[f["record_id"]]):
        record = lookup[figure["record_id"]]
        scope = record["scope"] if figure["scope"] == "unknown" else figure["scope"]
        row = _row(rows, record, scope)
        row.stated.setdefault(figure["measure"], []).append(figure)
    unused = [entry for row in rows.values() for entry in _settle(row)]
    passed = {cell: _records(row) for row in rows.values() for cell in row.passed_over}
    return Panel(_frame(rows.values()), pd.DataFrame(unused, columns=list(UNUSED)), passed)


def _take_cell(row: Row, cell: Mapping[str, Any]) -> None:
    """Take a cell that no record before has; a corrected one with what stands beside it."""
    address, reason = (cell["table"], cell["row"], cell["column"]), cell.get("correction", "")
    by_hand = reason not in ("", BY_SUMS)
    if address in row.cells:
        row.passed_over += [(cell["record_id"], *address)] if by_hand else []
        return
    row.cells[address] = row.read[address] = (exact(cell["value"]), cell["status"])
    if reason:
        value = exact(cell["corrected"])
        status = _TAKEN_BACK if value is None else IMPLIED if reason == BY_SUMS else _BY_HAND
        row.cells[address] = (value, status)
    if by_hand:
        row.corrected.append(".".join(address))


def _row(rows: dict[tuple[Any, ...], Row], record: Mapping[str, Any], scope: str) -> Row:
    keys = {**{name: record[name] for name in KEYS}, "scope": scope}
    # Level, body and organ follow from the issuer; they tell no two issuers apart.
    key = tuple(keys[name] for name in (*PLACE[:5], "year", "period", "scope"))
    row = rows.setdefault(key, Row(keys))
    if all(known["record_id"] != record["record_id"] for known in row.records):
        row.records.append(dict(record))
    return row


def _settle(row: Row) -> Iterator[dict[str, Any]]:
    """Fill the row's measures: tables, then sentences, then what follows; yield what is unused."""
    before: Measures = {}
    if row.corrected:
        as_read = replace(row, cells=row.read, corrected=[], tables={}, known={})
        list(_settle(as_read))
        before = as_read.known
    complete = _complete_rows(row.cells)
    row.tables = dict(_from_tables(row.cells))
    row.known = dict(row.tables)
    for measure, figures in row.stated.items():
        yield from _from_prose(row, measure, figures)
    first_form = int(candidates("requests")[0].form)
    row.breakdown = derive(row.known, complete, earlier=int(row.keys["year"]) < first_form)
    if row.corrected:
        _name_corrected(row.known, before)


def _name_corrected(known: Measures, before: Measures) -> None:
    """Say so in the source of what a correction made another value, or took from elsewhere."""
    for measure, found in known.items():
        if found.source != PROSE and found != before.get(measure):
            known[measure] = found._replace(source=found.source + CORRECTED)


def _complete_rows(cells: Cells) -> bool:
    """Whether every outcome row of a form is known in the total column.

    Where the rows read already add up to the total, those without a number are implied 0.
    """
    for table in reversed(candidates("requests")):
        rows = [a for a in table.addresses if a.column == "total"]
        outcomes = [a for a in rows if a.row not in ("new", "carried_in", "total", "carried_out")]
        if all(cells.get(a, (None, ""))[0] is not None for a in outcomes):
            return True
    total = cells.get(("requests", "total", "total"), (None, ""))[0]
    read = [a for a, (v, _) in cells.items() if v is not None and _is_outcome(a)]
    if not read or total is None or sum(cells[a][0] or 0 for a in read) != total:
        return False
    for address in {a for table in candidates("requests") for a in table.addresses}:
        if _is_outcome(address) and address not in read:
            cells[address] = (0, IMPLIED)
    return True


def _is_outcome(address: Address) -> bool:
    table, row, column = address
    others = ("new", "carried_in", "total", "carried_out")
    return table == "requests" and column == "total" and row not in others


def _from_tables(cells: Cells) -> Iterator[tuple[str, Known]]:
    """Measures that the tables state; those of the forms of 2019 and 2021 come last and count."""
    values = {address: value for address, (value, _) in cells.items()}
    implied = {address for address, (_, status) in cells.items() if status == IMPLIED}
    for found in bridged(values):
        source = IMPLIED if implied.intersection(found.addresses) else TABLE
        yield found.measure, Known(float(found.value), source)
    for measure in measure_names():
        expression = expression_of(measure)
        if not expression or expression.startswith("part of"):
            continue
        used, value = value_of(expression, values)
        if value is not None:
            parts = {tuple(code.strip().split(".")) for code in used.split("+")}
            yield measure, Known(float(value), IMPLIED if parts & implied else TABLE)


def _from_prose(row: Row, measure: str, figures: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Take a measure's figure, the exact one before the approximate; yield those not taken."""
    if measure in row.known:
        yield from (_table_first(f, row.known[measure].value) for f in figures)
        return
    exact = [figure for figure in figures if not figure["approximate"]] or figures
    if len({figure["value"] for figure in exact}) > 1:
        yield from (_unused(f, "two_values", "two different values are stated") for f in figures)
        return
    taken = exact[0]
    if measure in GROUPS and below_parts(row.tables, measure, float(taken["value"])):
        yield from (_unused(f, "table_first", "the table's rows are more") for f in figures)
        return
    row.known[measure] = Known(float(taken["value"]), PROSE, bool(taken["approximate"]))
    for figure in figures:
        if figure["value"] != taken["value"]:
            yield _unused(figure, "exact_first", "an exact figure stands beside it")
        elif figure is not taken:
            yield _unused(figure, "repeated", "the same value is stated again")


def _table_first(figure: Mapping[str, Any], value: float) -> dict[str, Any]:
    same = figure["value"] == value
    reason = "the table states the measure" if same else f"the table states {value:.12g} instead"
    return _unused(figure, "table_first", reason)


def _unused(figure: Mapping[str, Any], rule: str, reason: str) -> dict[str, Any]:
    stated = (figure["record_id"], figure["measure"], figure["value"])
    return dict(zip(UNUSED, (*stated, rule, reason), strict=True))


def _frame(rows: Iterable[Row]) -> pd.DataFrame:
    """The panel as a DataFrame, in the order of its keys."""
    frame = pd.DataFrame([_columns(row) for row in rows], columns=_names())
    texts = dict.fromkeys([*KEYS, *ABOUT, *DERIVED[3:]], "str") | {"year": "Int64"}
    companions = {f"{name}_from": "str" for name in measure_names()}
    numbers = dict.fromkeys([*measure_names(), *DERIVED[:3]], "float64")
    frame = frame.astype(texts | companions | numbers)
    whole = [name for name in measure_names() if (frame[name].dropna() % 1 == 0).all()]
    frame = frame.astype(dict.fromkeys([*whole, *DERIVED[:3]], "Int64"))
    frame = add_metrics(frame)
    names = [metric.name for metric in metrics()]
    frame[names] = frame[names].round(DIGITS)
    order = ["province", "prefecture", "county", "issuer", "year", "period", "scope"]
    return frame.sort_values(order, kind="stable").reset_index(drop=True)


def _names() -> list[str]:
    measures = [name for measure in measure_names() for name in (measure, f"{measure}_from")]
    return [*KEYS, *ABOUT, *measures, *DERIVED]


def _columns(row: Row) -> dict[str, Any]:
    known = row.known
    low, high = bounds_of_not_held(known)
    corrected = ";".join(sorted(row.corrected))
    found = {**row.keys, **_about(row.records), "records": _records(row), "corrected": corrected}
    for measure in measure_names():
        found[measure] = known[measure].value if measure in known else None
        found[f"{measure}_from"] = known[measure].source if measure in known else ""
    exposure = known["exposure"].value if "exposure" in known else None
    computed = (exposure, low, high, row.breakdown, ";".join(contradictions(known)))
    return {**found, **dict(zip(DERIVED, computed, strict=True))}


def _about(records: list[dict[str, Any]]) -> dict[str, Any]:
    """What is known of the records behind a row; a value they differ in is joined by ";"."""
    return {
        name: ";".join(sorted({str(record[name]) for record in records}))
        for name in ("form", "truncated", "copy", "patch")
    }


def _records(row: Row) -> str:
    return ";".join(record["record_id"] for record in row.records)
