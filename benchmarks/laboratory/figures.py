"""Known figures for the statutory tables, of the size and sparseness of real reports.

Every set agrees with the identities and inequalities of its form.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random

from govstats.forms import STATISTICS, Address, Block, Table, find_table
from govstats.numbers import Value

Figures = dict[Address, Value]
LARGEST = 15_000
FLOWS = ("new", "carried_in", "total", "carried_out")
# A body with no request at all is a common report.
_EMPTY = 0.15
_PARTS = ("upheld", "corrected", "other", "pending")


def make_figures(rng: Random, forms: Mapping[str, str]) -> Figures:
    """Figures for the tables named in `forms` (table -> form), 0 to 15,000 requests, in form order.

    Raises KeyError for a form that a table does not have.
    """
    from .statistics import statistics_figures  # noqa: PLC0415 - needs what uses this module

    makers = {"disclosure": _disclosure, "requests": _requests, "remedies": _remedies}
    makers |= dict.fromkeys(STATISTICS, statistics_figures)
    figures: Figures = {}
    for name, form in forms.items():
        table = find_table(name, form)
        found = makers[name](rng, table)
        figures |= {address: found[address] for address in table.addresses}
    return figures


def draw_size(rng: Random, largest: int = LARGEST) -> int:
    """A count between 0 and `largest`: small ones are common, large ones occur."""
    if rng.random() < _EMPTY:
        return 0
    return round(10 ** rng.uniform(0, math.log10(largest)))


def _shares(rng: Random, count: int, zero: float) -> list[float]:
    """Shares that add up to 1, about `zero` of them 0."""
    weights = [0.0 if rng.random() < zero else rng.expovariate(1) for _ in range(count)]
    if not any(weights):
        weights[rng.randrange(count)] = 1.0
    whole = sum(weights)
    return [weight / whole for weight in weights]


def _divide(rng: Random, size: int, shares: Sequence[float]) -> list[int]:
    """Whole parts of `size` in about these shares; what rounding leaves goes to the largest."""
    parts = [int(size * share) for share in shares]
    parts[max(range(len(parts)), key=lambda i: shares[i])] += size - sum(parts)
    return parts


def _requests(rng: Random, table: Table) -> Figures:
    rows = [row.code for row in table.blocks[0].rows]
    outcomes = [row for row in rows if row not in FLOWS]
    applicants = [c.code for c in table.blocks[0].columns if c.code != "total"]
    persons = rng.choice((1.0, 0.9, 0.6))
    rest = [(1 - persons) * share for share in _shares(rng, len(applicants) - 1, 0.6)]
    found: dict[tuple[str, str], int] = {}
    sizes = _divide(rng, draw_size(rng), [persons, *rest])
    for column, size in zip(applicants, sizes, strict=True):
        parts = _divide(rng, size, _shares(rng, len(outcomes), rng.choice((0.3, 0.7))))
        found |= {(row, column): part for row, part in zip(outcomes, parts, strict=True)}
        carried_in, carried_out = rng.randint(0, size // 8), rng.randint(0, size // 6)
        flows = (size + carried_out - carried_in, carried_in, size, carried_out)
        found |= {(row, column): flow for row, flow in zip(FLOWS, flows, strict=True)}
    for row in rows:
        found[row, "total"] = sum(found[row, column] for column in applicants)
    return {Address("requests", row, column): value for (row, column), value in found.items()}


def _remedies(rng: Random, table: Table) -> Figures:
    figures: Figures = {}
    for row in table.blocks[0].rows:
        parts = _divide(rng, draw_size(rng, 60), _shares(rng, len(_PARTS), 0.4))
        for column, value in zip((*_PARTS, "total"), (*parts, sum(parts)), strict=True):
            figures[Address("remedies", row.code, column)] = value
    return figures


def _disclosure(rng: Random, table: Table) -> Figures:
    figures: Figures = {}
    for block in table.blocks:
        for row in block.rows:
            found = _disclosure_row(rng, block)
            figures |= {Address("disclosure", row.code, c): value for c, value in found.items()}
    return figures


def _disclosure_row(rng: Random, block: Block) -> dict[str, Value]:
    found: dict[str, Value] = {
        column.code: draw_size(rng) if rng.random() < 0.6 else 0 for column in block.columns
    }
    if "disclosed" in found:
        found["stock"] = found["disclosed"] + rng.choice((0, draw_size(rng)))
    if "change" in found:
        before = int(found["previous_items"])
        found["change"] = rng.choice((0, 0, rng.randint(-min(before, 60), 60)))
    if "amount" in found and rng.random() < 0.5:
        places = rng.choice((2, 3, 6))
        found["amount"] = Decimal(rng.randint(1, 10**8)) / 10**places
    return found
