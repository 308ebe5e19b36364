"""The figures of the prose held against the tables, and against each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

from govstats import vocabulary
from govstats.prose.figures import Figure

Number = int | Decimal
Cells = Mapping[tuple[str, str, str], Number | None]
Verdict = Literal["holds", "violated", "undetermined"]

_PART = "part of "
_DISPOSED = "requests.total.total"
_NEW = "requests.new.total"
_LEFT_OVER = "requests.carried_out.total"
_NEAR = Decimal("0.1")  # an approximate figure within a tenth agrees; further off it says nothing


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison: left is the prose's figure, right what the tables say, None if not known.

    difference is left - right. An approximate figure is never violated.
    """

    check: str
    address: str
    left: Number
    right: Number | None
    difference: Number | None
    verdict: Verdict


def compare(
    figures: Iterable[Figure], cells: Cells, scope: str = "unknown"
) -> Iterator[Comparison]:
    """Yield a row for each figure that the tables, or another figure, can be held against.

    Args:
        figures: those of `read_prose`.
        cells: (table, row, column) to value; None for a cell not read, no key for an absent row.
        scope: whose figures the tables are. One said of the body itself is not held against a
            table of the whole district, nor the other way round: undetermined.
    """
    distinct = {(figure.measure, figure.value, figure.scope): figure for figure in figures}
    for figure in distinct.values():
        known: Cells = cells if _comparable(figure.scope, scope) else {}
        if figure.measure == "received_growth":
            yield _growth(figure, list(distinct.values()))
        elif figure.measure == "answered_share":
            if figure.value == 100:
                yield _nothing_left(known)
        elif figure.measure.endswith("_share"):
            yield from _share(figure, known)
        elif expression := expression_of(figure.measure):
            yield _count(figure, expression, known)


@cache
def expression_of(measure: str) -> str:
    """Return the cells of a measure, "" where it has none or only words for them."""
    given = vocabulary.rules()["agreement"].get(measure)
    cell = given or vocabulary.measures().get(measure, {}).get("cell", "")
    codes = cell.removeprefix(_PART).replace("|", "+").split("+")
    return cell if all(code.strip().count(".") == 2 for code in codes) else ""


def _comparable(left: str, right: str) -> bool:
    return left == right or "unknown" in (left, right)


def _count(figure: Figure, expression: str, cells: Cells) -> Comparison:
    address, right = value_of(expression.removeprefix(_PART), cells)
    verdict = _verdict(figure.value, right, figure.approximate)
    if expression.startswith(_PART) and right is not None and figure.value <= right:
        verdict = "holds"
    return _row(figure.measure, address, figure.value, right, verdict)


def value_of(expression: str, cells: Cells) -> tuple[str, Number | None]:
    """Return the alternative that the table has the rows of, and its sum, None if not all read."""
    alternatives = [option.strip() for option in expression.split("|")]
    for option in alternatives:
        addresses = [_address(code) for code in option.split("+")]
        if all(address in cells for address in addresses):
            values = [cells[address] for address in addresses]
            known = [value for value in values if value is not None]
            return option, sum(known) if len(known) == len(values) else None
    return alternatives[0], None


def _address(code: str) -> tuple[str, str, str]:
    table, row, column = code.strip().split(".")
    return table, row, column


def _verdict(left: Number, right: Number | None, approximate: bool) -> Verdict:
    if right is None:
        return "undetermined"
    if left == right:
        return "holds"
    if approximate:
        near = abs(Decimal(left) - right) <= abs(Decimal(left)) * _NEAR
        return "holds" if near else "undetermined"
    return "violated"


def _nothing_left(cells: Cells) -> Comparison:
    """All answered: nothing can be left over to the next year."""
    _, right = value_of(_LEFT_OVER, cells)
    return _row("answered_share", _LEFT_OVER, 0, right, _verdict(0, right, approximate=False))


def _share(figure: Figure, cells: Cells) -> Iterator[Comparison]:
    """A printed share against the table's: of the requests disposed of, or of those received."""
    expression = expression_of(figure.measure.removesuffix("_share"))
    if not expression:
        return
    address, part = value_of(expression, cells)
    nearest: tuple[str, Decimal] | None = None
    for whole in (_DISPOSED, _NEW):
        total = value_of(whole, cells)[1]
        if part is None or not total:
            continue
        share = Decimal(100) * part / total
        if nearest is None or abs(figure.value - share) < abs(figure.value - nearest[1]):
            nearest = whole, share
    base, right = nearest or (_DISPOSED, None)
    yield _rounded(figure, f"{address} / {base}", right)


def _growth(figure: Figure, others: Sequence[Figure]) -> Comparison:
    """A growth to so many requests must come from a whole number of them."""
    same = {o.value for o in others if o.measure == "received" and o.scope == figure.scope}
    right: Decimal | None = None
    if len(same) == 1 and figure.value > -100:
        now = same.pop()
        whole = max(1, int(now / (1 + Decimal(figure.value) / 100)))
        growths = [Decimal(100) * (now - before) / before for before in (whole, whole + 1)]
        _, right = min((abs(growth - figure.value), growth) for growth in growths)
    return _rounded(figure, "prose.received", right)


def _rounded(figure: Figure, address: str, right: Decimal | None) -> Comparison:
    """Compare a percentage, rounded or cut off after as many digits as are printed."""
    if right is None:
        return _row(figure.measure, address, figure.value, None, "undetermined")
    exponent = int(Decimal(figure.value).as_tuple().exponent)
    last_digit = Decimal(1).scaleb(min(0, exponent))
    near = abs(figure.value - right) < last_digit
    other: Verdict = "undetermined" if figure.approximate else "violated"
    shown = right.quantize(Decimal("0.01"))
    return _row(figure.measure, address, figure.value, shown, "holds" if near else other)


def _row(
    measure: str, address: str, left: Number, right: Number | None, verdict: Verdict
) -> Comparison:
    difference = None if right is None else left - right
    return Comparison(f"prose.{measure}", address, left, right, difference, verdict)
