"""Numbered cases: the same seed and number give the same document, whatever ran before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from govstats.forms import TABLES, Address, candidates
from govstats.numbers import Value

from . import damages, drifts
from .figures import Figures, make_figures
from .layouts import EARLIER, GRIDS, LAYOUTS
from .reports import Block, compose
from .sheets import Sheet, draw_style, make_sheets
from .squares import moved

# One case in so many is undamaged; of all cases about half have drifted labels or numerals.
_UNDAMAGED = 4
_DRIFTED = 0.5


@dataclass(frozen=True)
class Plan:
    """What is done in one case."""

    number: int
    layout: str
    damage: str
    drift: str


@dataclass(frozen=True)
class Case:
    """One document with what it prints and what was true before the damage.

    `damages` says by table what was done (a damage does not apply to every table); an address that
    `printed` lacks is not in the document, None is printed without a readable number. `moved` has
    the addresses in whose square of a grid another cell stands, with its number.
    """

    plan: Plan
    forms: Mapping[str, str]
    damages: Mapping[str, str]
    data: bytes
    truth: Figures
    printed: Mapping[Address, Value | None]
    moved: Mapping[Address, Value | None]


def plan_case(number: int, rng: Random, layouts: Sequence[str]) -> Plan:
    """Layouts in turn, damages in turn within a layout, drifts by chance."""
    layout, turn = layouts[number % len(layouts)], number // len(layouts)
    harms = [name for name in damages.DAMAGES if name != damages.NONE]
    damage = damages.NONE
    if turn % _UNDAMAGED:
        damage = harms[(turn - turn // _UNDAMAGED - 1) % len(harms)]
    drift = rng.choice(drifts.DRIFTS[1:]) if rng.random() < _DRIFTED else drifts.NONE
    return Plan(number, layout, damage, drift)


def make_case(number: int, seed: int, layouts: Sequence[str] = tuple(LAYOUTS)) -> Case:
    """The case of this number among those of a seed. Raises KeyError for an unknown layout."""
    rng = Random(f"{seed}/{number}")
    return write_case(plan_case(number, rng, layouts), rng)


def write_case(plan: Plan, rng: Random) -> Case:
    """Figures, sheets, damage, drift, layout: one document."""
    names = [EARLIER[plan.layout]] if plan.layout in EARLIER else TABLES
    forms = {name: rng.choice(candidates(name)).form for name in names}
    truth = make_figures(rng, forms)
    style = draw_style(rng)
    if plan.damage == damages.COLUMNS_WITH_HEADS:
        legible = style.two_line_head and plan.layout in GRIDS
        style = replace(style, swap=rng.random(), two_line_head=legible)
    tables: dict[str, list[Block]] = {}
    done: dict[str, str] = {}
    printed: dict[Address, Value | None] = {}
    shifted: dict[Address, Value | None] = {}
    for name, sheet in make_sheets(truth, forms, style).items():
        done[name], blocks = damages.apply(plan.damage, sheet, rng)
        tables[name] = [
            drifts.drift(plan.drift, b, rng) if isinstance(b, Sheet) else b for b in blocks
        ]
        for block in blocks:
            if isinstance(block, Sheet):
                printed |= block.printed()
                if plan.layout in GRIDS and done[name] in damages.SHIFTING:
                    shifted |= moved(sheet, block)
    year = rng.choice((2020, 2022, 2023, 2024)) - (8 if plan.layout in EARLIER else 0)
    data = LAYOUTS[plan.layout](compose(tables, year, rng), rng)
    return Case(plan, forms, done, data, truth, printed, shifted)
