"""What was read, against what the document prints and against what was true before the damage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from govstats.checks import check
from govstats.extract import BLANK, IMPLIED, STATED, Cell, Extraction
from govstats.forms import Address, find_table
from govstats.numbers import Value
from govstats.sums import VIOLATED

# A number is printed and read (or a blank read as one); printed and not read; not printed and
# rightly left open.
RIGHT, UNREAD, OPEN = "right", "unread", "open"
# The sums gave what was true, an interval that holds it, one that does not.
SUMMED, BOUNDED, MISSED = "implied", "bounded", "missed"
# Read otherwise than printed: a violated check names the cell, or none does.
NAMED, SILENT = "named", "silent"
# Nothing readable is printed: a value that was true all the same (the neighbour's equal number, a
# look-alike made good), one that was not.
RESTORED, INVENTED = "restored", "invented"
VERDICTS = (
    *(RIGHT, UNREAD, OPEN, SUMMED, BOUNDED, RESTORED),
    *(NAMED, SILENT, INVENTED, MISSED),
)
FAULTS = frozenset({SILENT, INVENTED, MISSED})


@dataclass(frozen=True, slots=True)
class Judgement:
    """One cell: the verdict, and for a printed number that was not the true one what came of it.

    `alteration` is "" for unaltered numbers, else named (by a violated check), unread or unseen;
    `checkable` says that every cell of one of its sums is printed as a number.
    """

    address: Address
    verdict: str
    printed: Value | None
    truth: Value | None
    value: Value | None
    locator: str = ""
    alteration: str = ""
    checkable: bool = False


@dataclass(frozen=True)
class Known:
    """What a document was made of: forms by table, true figures, and what it prints.

    Where a cell too many or too few has moved others under the heads of their neighbours, `moved`
    says what stands under a head now: reading that is right too.
    """

    forms: Mapping[str, str]
    truth: Mapping[Address, Value]
    printed: Mapping[Address, Value | None]
    moved: Mapping[Address, Value | None] = field(default_factory=dict)


def judge(extraction: Extraction | None, known: Known) -> list[Judgement]:
    """A judgement on every cell of the document's tables, and on cells invented beyond them.

    Without an extraction (the document was refused) every printed number is unread.
    """
    cells = {c.address: c for c in extraction.cells if not c.label} if extraction else {}
    named = doubted(extraction) if extraction else frozenset()
    sums = complete_sums(known)
    found = [
        _judge_cell(address, cells.get(address), known, named, sums) for address in known.truth
    ]
    beyond = [cell for address, cell in cells.items() if address not in known.truth]
    return found + [
        Judgement(cell.address, INVENTED, None, None, cell.value, cell.locator)
        for cell in beyond
        if cell.status == STATED or cell.value
    ]


def doubted(extraction: Extraction) -> frozenset[Address]:
    """Cells of the identities that the report's own checks find violated."""
    violated = {(c.name, c.address) for c in check(extraction) if c.verdict == VIOLATED}
    return frozenset(
        address
        for name, form in extraction.forms.items()
        for identity in find_table(name, form).identities
        if (identity.name, identity.address) in violated
        for _, address in identity.terms()
    )


def complete_sums(known: Known) -> frozenset[Address]:
    """Cells of equations whose every cell is printed as a number."""
    return frozenset(
        address
        for name, form in known.forms.items()
        for identity in find_table(name, form).identities
        if identity.relation == "="
        and all(known.printed.get(a) is not None for _, a in identity.terms())
        for _, address in identity.terms()
    )


def _judge_cell(
    address: Address,
    cell: Cell | None,
    known: Known,
    named: Iterable[Address],
    sums: Iterable[Address],
) -> Judgement:
    printed, truth = known.printed.get(address), known.truth[address]
    under_head = known.moved.get(address)
    if cell and cell.status == STATED and under_head is not None and cell.value == under_head:
        verdict = RIGHT
    elif printed is None:
        verdict = _without_print(cell, truth)
    else:
        verdict = _against_print(cell, printed, truth, address in named)
    if verdict == MISSED and address in known.moved:
        verdict = OPEN if printed is None else UNREAD
    alteration = ""
    if printed is not None and printed != truth:
        read = cell is not None and cell.status == STATED
        alteration = "unread" if not read else "named" if address in named else "unseen"
    value, locator = (cell.value, cell.locator) if cell else (None, "")
    checkable = bool(alteration) and address in sums
    return Judgement(address, verdict, printed, truth, value, locator, alteration, checkable)


def _against_print(cell: Cell | None, printed: Value, truth: Value, named: bool) -> str:
    """Verdict on a cell that the document prints as a number."""
    if cell is None:
        return UNREAD
    if cell.status == STATED:
        return RIGHT if cell.value == printed else NAMED if named else SILENT
    if cell.status == IMPLIED:
        return SUMMED if cell.value in (printed, truth) else SILENT
    return _interval(cell, truth, UNREAD)


def _without_print(cell: Cell | None, truth: Value) -> str:
    """Verdict on a cell that is gone, blank or unreadable in the document."""
    if cell is None:
        return OPEN
    if cell.status == STATED:
        return RESTORED if cell.value == truth else INVENTED
    if cell.status == IMPLIED:
        return SUMMED if cell.value == truth else INVENTED
    verdict = _interval(cell, truth, OPEN)
    return RIGHT if cell.status == BLANK and verdict != MISSED else verdict


def _interval(cell: Cell, truth: Value, otherwise: str) -> str:
    if cell.low is None or cell.high is None:
        return otherwise
    return BOUNDED if cell.low <= truth <= cell.high else MISSED
