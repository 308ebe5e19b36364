"""Corrections beside the cells of reports and of collected records, and the checks with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from govstats.checks import Check
from govstats.collected.rows import Problem
from govstats.corrections.given import Correction
from govstats.extract import BOUNDED, IMPLIED, STATED, UNREAD, Cell, Extraction
from govstats.forms import Address, find_table
from govstats.numbers import Value, doubtful_values, exact, parse_number
from govstats.report import Report, all_checks
from govstats.sums import BY_SUMS, bound

_KEY = ["record_id", "table", "row", "column"]


def set_in_report(report: Report, given: Sequence[Correction]) -> tuple[Report, list[Problem]]:
    """The report with corrections beside its cells, and those that contradict what it prints.

    Values, and checks of them, stay as they are. A cell that the sums imply or bound is bounded
    anew with the corrected values; where that changes its value, the new one stands beside it.
    """
    cells = {cell.address: cell for cell in report.extraction.cells if not cell.label}
    problems = [each.problem(*wrong) for each in given for wrong in _wrong(each, report, cells)]
    if problems:
        return report, problems
    beside = {each.address: (each.corrected, each.reason) for each in given}
    beside |= _follow(report.extraction, beside)
    extraction = replace(report.extraction, cells=_with(report.extraction.cells, beside))
    corrected = all_checks(_as_corrected(extraction), report.figures, report.issuer.scope)
    checks = tuple(
        replace(stated, corrected=found.verdict) if _differ(stated, found) else stated
        for stated, found in zip(report.checks, corrected, strict=True)
    )
    return replace(report, extraction=extraction, checks=checks), []


def _wrong(
    each: Correction, report: Report, cells: Mapping[Address, Cell]
) -> Iterator[tuple[str, str]]:
    """Column and text of what is wrong with a correction of a cell of this report."""
    forms = report.extraction.forms
    if each.address.table not in forms:
        text = f"{report.source} has no table {each.address.table!r}"
        yield "table", f"{text}: mend the address, or drop the correction"
    elif each.address not in cells:
        form = forms[each.address.table]
        text = f"{each.address} is not in the form of {form}, which {report.source} has"
        yield "row", f"{text}: see govstats/forms for its cells"
    else:
        cell = cells[each.address]
        stated = cell.value if cell.status == STATED else None
        name = f"{report.source}, {cell.locator}" if cell.locator else report.source
        yield from _contradicted(each, cell.printed, stated, name)


def _contradicted(
    each: Correction, printed: str, value: Value | None, name: str
) -> Iterator[tuple[str, str]]:
    """What the correction says is printed is, and what it says is right is another number."""
    number = parse_number(each.printed)
    same = each.printed == printed.strip()
    if not same and (number is None or value is None or number.value != value):
        text = f"{_shown(each.printed)} is not what {each.address} prints now, {_shown(printed)}"
        yield "printed", f"{text} ({name}): mend or drop the correction"
    elif each.corrected is not None and each.corrected == value:
        text = f"{each.corrected} is what {each.address} prints: drop the correction"
        yield "corrected", text
    elif each.corrected is None and value is None:
        text = f"is empty, and {each.address} has no number to be taken back"
        yield "corrected", f"{text}: fill it in or drop the correction"


def _shown(printed: str) -> str:
    return repr(printed.strip()) if printed.strip() else "nothing"


def _with(
    cells: Iterable[Cell], beside: Mapping[Address, tuple[Value | None, str]]
) -> tuple[Cell, ...]:
    return tuple(
        cell._replace(corrected=beside[cell.address][0], correction=beside[cell.address][1])
        if cell.address in beside and not cell.label
        else cell
        for cell in cells
    )


def _follow(
    extraction: Extraction, beside: Mapping[Address, tuple[Value | None, str]]
) -> dict[Address, tuple[Value | None, str]]:
    """Cells that rest on sums, and for which the corrected values leave another value or none."""
    corrected = _as_corrected(replace(extraction, cells=_with(extraction.cells, beside)))
    found: dict[Address, tuple[Value | None, str]] = {}
    for name in {address.table for address in beside}:
        table = find_table(name, extraction.forms[name])
        own = {c.address: c for c in corrected.cells if c.address.table == name and not c.label}
        values = {a: c.value for a, c in own.items() if c.status == STATED and c.value is not None}
        unknown = [address for address in table.addresses if address not in values]
        bounds = bound(table.identities, values, unknown, table.negative)
        for address in unknown:
            limits = bounds.get(address)
            cell = own[address]
            left = limits.low if limits and limits.low == limits.high else None
            left = None if _speaks_against(left, cell, corrected) else left
            if cell.status in (IMPLIED, BOUNDED) and address not in beside and left != cell.value:
                found[address] = (left, BY_SUMS)
    return found


def _speaks_against(value: Value | None, cell: Cell, extraction: Extraction) -> bool:
    """Whether what is printed says otherwise: numbers read with doubt, or under unknown labels."""
    unlisted = {
        other.value
        for other in extraction.cells
        if other.label
        and other.value is not None
        and (other.address.table, other.address.column) == (cell.address.table, cell.address.column)
    }
    return any(read and value not in read for read in (doubtful_values(cell.printed), unlisted))


def _as_corrected(extraction: Extraction) -> Extraction:
    """The extraction as it would be, had the corrected numbers been printed."""
    cells = (
        cell._replace(value=cell.corrected, status=UNREAD if cell.corrected is None else STATED)
        if cell.correction and cell.correction != BY_SUMS
        else cell
        for cell in extraction.cells
    )
    return replace(extraction, cells=tuple(cells))


def _differ(stated: Check, corrected: Check) -> bool:
    sides = ("left", "right", "verdict")
    return any(getattr(stated, name) != getattr(corrected, name) for name in sides)


def set_in_record(
    cells: pd.DataFrame, given: Sequence[Correction], targets: Mapping[str, str]
) -> tuple[pd.DataFrame, list[Problem]]:
    """Collected cells with the corrections beside them, in columns of their own.

    What a collected table calls implied was copied as such, and is not reckoned anew.
    """
    table = cells.assign(corrected=float("nan"), correction="")
    places = {tuple(key): at for at, key in zip(table.index, table[_KEY].to_numpy(), strict=True)}
    problems: list[Problem] = []
    for each in given:
        record_id = targets[each.place]
        at = places.get((record_id, *each.address))
        if at is None:
            text = f"{each.address} is no collected cell of {record_id}: add it to cells.csv"
            problems.append(each.problem("row", text))
            continue
        value = exact(table.at[at, "value"])
        printed = "" if value is None else str(value)
        wrong = list(_contradicted(each, printed, value, record_id))
        problems += [each.problem(*text) for text in wrong]
        table.at[at, "corrected"] = float("nan") if each.corrected is None else each.corrected
        table.at[at, "correction"] = each.reason
    return table, problems
