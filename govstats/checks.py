"""Accounting checks of a report's tables: every identity with both sides and a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from govstats.extract import STATED, Extraction
from govstats.forms import Address, Table, find_table
from govstats.numbers import Value
from govstats.sums import weigh


@dataclass(frozen=True, slots=True)
class Check:
    """One identity held against a report.

    `left` and `right` sum the stated cells of each side (None without any), `difference` is left
    minus right. `verdict` is holds, violated, or undetermined: cells are missing that could still
    make it hold.
    In `address` the "*" is what the identity sums over or compares. `corrected` is the verdict with
    corrections by hand, "" where they change neither side.
    """

    name: str
    address: str
    left: Value | None
    right: Value | None
    difference: Value | None
    verdict: str
    corrected: str = ""


def check(extraction: Extraction) -> list[Check]:
    """All checks of the tables a report has, in the order of the form. No value is changed."""
    values: dict[Address, Value] = {
        cell.address: cell.value
        for cell in extraction.cells
        if cell.status == STATED and cell.value is not None and not cell.label
    }
    tables = (find_table(name, form) for name, form in extraction.forms.items())
    return list(_weigh_all(tables, values))


def _weigh_all(tables: Iterable[Table], values: dict[Address, Value]) -> Iterator[Check]:
    for table in tables:
        for identity in table.identities:
            left, right, verdict = weigh(identity, values, table.negative)
            difference = None if left is None or right is None else left - right
            yield Check(identity.name, identity.address, left, right, difference, verdict)
