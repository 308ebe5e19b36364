"""One front door: a Document -> the cells of its tables, its title and its year."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from govstats.document import Document, ReportError
from govstats.extract.disclosure import UNLISTED, align_disclosure
from govstats.extract.readings import Placement
from govstats.extract.regions import find_regions
from govstats.extract.remedies import align_remedies
from govstats.extract.requests import align_requests
from govstats.extract.statistics import find_statistics
from govstats.extract.titles import find_title, find_year
from govstats.extract.tokens import Kind, Token, tokenise
from govstats.forms import Address, Table, candidates
from govstats.labels import find_all, normalise
from govstats.numbers import Value, doubtful_values
from govstats.sums import Bounds, bound

Align = Callable[[Sequence[Token], Table], Placement]
_ALIGNERS: dict[str, Align] = {
    "disclosure": align_disclosure,
    "requests": align_requests,
    "remedies": align_remedies,
}
_SECTION = re.compile(r"^\s*[一二三四五六七八九]、\S{2,30}$", re.M)
# Section headings that a report without tables must have at least, to be taken for one.
_FEWEST_SECTIONS = 2

# Columns whose numbers have the unit that the head or the row states.
_WITH_UNIT = frozenset({"amount", "number", "cumulative"})

STATED, BLANK, IMPLIED, BOUNDED = "stated", "blank", "implied", "bounded"
ABSENT, UNREAD = "absent", "unread"


class Cell(NamedTuple):
    """One cell of a form: value and how it is known, printed text, and where it stood.

    `value` is set for stated and implied cells only. `low` and `high` are what the sums leave for a
    cell without a stated value. `label` is the printed row label of an unlisted row. `correction`
    is the reason of a correction by hand, "" without one, and `corrected` its value: None where the
    right number is not known.
    """

    address: Address
    value: Value | None
    unit: str
    printed: str
    status: str
    low: Value | None
    high: Value | None
    form: str
    locator: str
    label: str = ""
    corrected: Value | None = None
    correction: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What the tables of a report give: title, year, form of each table, cells in form order.

    `spans` are the parts of the document's running text that belong to tables; `remarks` name the
    tables in which numbers stand that were given to no cell, and how many.
    """

    title: str
    year: int | None
    forms: dict[str, str]
    cells: tuple[Cell, ...]
    spans: tuple[tuple[int, int], ...] = ()
    remarks: tuple[str, ...] = ()


def extract(document: Document) -> Extraction:
    """Read the tables of a report. Raises ReportError (stage extract) when it is no report."""
    tokens = tokenise(document)
    placements: list[Placement] = []
    statistics = find_statistics(tokens)
    if statistics is not None:
        placements.append(statistics.placement)
    regions = find_regions(statistics.others if statistics else tokens)
    for name, align in _ALIGNERS.items():
        if name in regions:
            tokens = regions[name].tokens
            placement = _best_form(align, tokens, _likely_forms(tokens, candidates(name)))
            if placement.tokens or placement.rows:
                placements.append(placement)
    texts = [line.text for line in document.lines()]
    title = find_title(texts)
    if not placements and not _is_report(title, texts):
        raise ReportError(
            "extract",
            "is no report: no table of the form and no titled report with sections was found; "
            "check that the page of the report itself was saved",
        )
    spans = [span for region in regions.values() for span in region.spans]
    spans += statistics.spans if statistics else []
    year = find_year(title, document.text())
    return Extraction(
        title,
        year,
        {placed.table.name: placed.table.form for placed in placements},
        tuple(cell for placed in placements for cell in _assemble(placed)),
        tuple(sorted(spans)),
        tuple(_unplaced(placed) for placed in placements if placed.unplaced),
    )


def _is_report(title: str, texts: Sequence[str]) -> bool:
    headings = [text for text in texts if _SECTION.match(text)]
    return (
        bool(title)
        and len(headings) >= _FEWEST_SECTIONS
        and any("公开" in normalise(text) for text in headings)
    )


def _likely_forms(region: Sequence[Token], tables: Sequence[Table]) -> list[Table]:
    """The versions of a form of whose labels most are printed."""
    labels = [token.text for token in region if token.kind is Kind.LABEL]
    named = [
        (
            sum(1 for _ in find_all(labels, table.column_codes)),
            len({code for _, code in find_all(labels, table.row_codes)}),
        )
        for table in tables
    ]
    most = max(named)
    return [table for table, found in zip(tables, named, strict=True) if found == most]


def _best_form(align: Align, tokens: Sequence[Token], tables: Sequence[Table]) -> Placement:
    """The version of the form whose cells fit best; the newer one where all do alike."""
    placements: list[Placement] = []
    cells = sum(token.is_value for token in tokens)
    for table in tables:
        placements.append(align(tokens, table))
        # All that is printed fills all that the form has: no other version can fit better.
        if _fitness(placements[-1]) == (cells, 0, 0) and cells == len(table.addresses):
            break
    return max(reversed(placements), key=_fitness)


def _fitness(placed: Placement) -> tuple[int, ...]:
    return len(placed.tokens), -placed.unplaced, -placed.wanting()


def _unplaced(placement: Placement) -> str:
    return f"table {placement.table.name}: numbers that fit no cell: {placement.unplaced}"


def _assemble(placement: Placement) -> Iterable[Cell]:
    table = placement.table
    values = placement.values()
    open_cells = [address for address in table.addresses if address not in values]
    bounds = bound(table.identities, values, open_cells, table.negative)
    for address in table.addresses:
        token = placement.tokens.get(address)
        if address in placement.conflicts:
            token = None
        yield _cell(address, token, bounds.get(address), placement)
    for label, column, token in placement.unlisted:
        yield _stated(Address(table.name, UNLISTED, column), token, placement, label)


def _stated(address: Address, token: Token, placement: Placement, label: str = "") -> Cell:
    number, form = token.number, placement.table.form
    if number is None:
        status = BLANK if token.kind is Kind.BLANK else UNREAD
        return Cell(address, None, "", token.text, status, None, None, form, token.locator, label)
    unit = number.unit or (
        placement.units.get(address.row, "") if address.column in _WITH_UNIT else ""
    )
    return Cell(
        address, number.value, unit, token.text, STATED, None, None, form, token.locator, label
    )


def _cell(
    address: Address, token: Token | None, bounds: Bounds | None, placement: Placement
) -> Cell:
    """A cell of the form with its status; the sums speak only where nothing was read."""
    if token is not None and token.number is not None:
        return _stated(address, token, placement)
    low, high = bounds if bounds is not None and bounds.high is not None else (None, None)
    value: Value | None = None
    if token is not None and token.kind is Kind.BLANK:
        status = BLANK
    elif token is None and placement.lacks(address):
        status = ABSENT
    elif high is None:
        status = UNREAD
    elif low == high:
        status, value = IMPLIED, low
    else:
        status = BOUNDED
    if status == IMPLIED and _stands_unplaced(address, value, placement):
        status, value, low, high = UNREAD, None, None, None
    read = doubtful_values(token.text) if token is not None else None
    if status == IMPLIED and read:
        # What was read with doubt counts where the sums leave just that value, and speaks against
        # them where they leave another.
        confirmed = value in read
        status, value = (STATED, value) if confirmed else (UNREAD, None)
        low = high = None
    printed, locator = (
        (token.text, token.locator) if token is not None else ("", _row_place(address, placement))
    )
    return Cell(address, value, "", printed, status, low, high, placement.table.form, locator)


def _stands_unplaced(address: Address, value: Value | None, placement: Placement) -> bool:
    """Whether rows with unknown labels hold numbers for this column, and none is what sums imply.

    Then the cell's number may stand there and contradict the sums.
    """
    held = [token.number for _, column, token in placement.unlisted if column == address.column]
    numbers = {number.value for number in held if number is not None}
    return bool(numbers) and value not in numbers


def _row_place(address: Address, placement: Placement) -> str:
    """Where the label of a cell's row stands, for cells whose number is gone."""
    label = placement.rows.get(address.row)
    return f"row label at {label.locator}" if label else ""


__all__ = ["Cell", "Extraction", "extract"]
