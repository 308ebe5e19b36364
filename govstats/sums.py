"""Arithmetic of the identities: which hold, and what they leave open for cells not read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from govstats.forms import Address, Identity
from govstats.numbers import Value


class Bounds(NamedTuple):
    """Smallest and largest possible value of a cell; None is unbounded."""

    low: Value | None
    high: Value | None


class Balance(NamedTuple):
    """An identity held against values: sums of the stated cells on both sides, and the verdict."""

    left: Value | None
    right: Value | None
    verdict: str


# Real tables settle in three rounds; contradictions without an upper end would creep on for ever.
MOST_ROUNDS = 100
# The reason beside a cell that was not corrected itself, but that a corrected one leaves otherwise.
BY_SUMS = "sums"
HOLDS, VIOLATED, UNDETERMINED = "holds", "violated", "undetermined"


def weigh(
    identity: Identity, values: Mapping[Address, Value], negative: Collection[str] = ()
) -> Balance:
    """Sum both sides over the stated values and judge.

    With cells missing, the verdict is `violated` when no missing value of the right sign could make
    it hold, else `undetermined`. A side without any stated cell is None.
    """
    try:
        left = sum([sign * values[address] for sign, address in identity.left])
        right = sum([sign * values[address] for sign, address in identity.right])
    except KeyError:
        return _weigh_open(identity, values, negative)
    holds = left == right or (identity.relation == "<=" and left < right)
    return Balance(left, right, HOLDS if holds else VIOLATED)


def _weigh_open(
    identity: Identity, values: Mapping[Address, Value], negative: Collection[str]
) -> Balance:
    """The balance of an identity of which cells are missing."""
    left, right = _stated_sum(identity.left, values), _stated_sum(identity.right, values)
    difference = (left or 0) - (right or 0)
    missing = [(sign, a) for sign, a in identity.terms() if a not in values]
    # What is missing can only add to its side, but where it may be negative anything is possible.
    free = any(address.column in negative for _, address in missing)
    can_fall = free or any(sign < 0 for sign, _ in missing)
    can_rise = free or any(sign > 0 for sign, _ in missing)
    if identity.relation == "<=":
        verdict = VIOLATED if difference > 0 and not can_fall else UNDETERMINED
        return Balance(left, right, HOLDS if difference <= 0 and not can_rise else verdict)
    possible = (difference <= 0 or can_fall) and (difference >= 0 or can_rise)
    return Balance(left, right, UNDETERMINED if possible else VIOLATED)


def _stated_sum(
    side: Collection[tuple[int, Address]], values: Mapping[Address, Value]
) -> Value | None:
    stated = [sign * values[address] for sign, address in side if address in values]
    return sum(stated) if stated or not side else None


def _default(address: Address, negative: Collection[str]) -> Bounds:
    return Bounds(None if address.column in negative else 0, None)


def _term(sign: int, bounds: Bounds) -> Bounds:
    if sign > 0:
        return bounds
    low, high = bounds
    return Bounds(None if high is None else -high, None if low is None else -low)


class _Range:
    """Range of left minus right of an identity, as far as its cells are bounded."""

    def __init__(self) -> None:
        self.low: Value = 0
        self.high: Value = 0
        self.no_low = self.no_high = 0  # terms without a lower and an upper end

    def add(self, term: Bounds, times: int = 1) -> None:
        """Add a term, or with -1 take it out."""
        if term.low is None:
            self.no_low += times
        else:
            self.low += times * term.low
        if term.high is None:
            self.no_high += times
        else:
            self.high += times * term.high

    def without(self, term: Bounds) -> Bounds:
        """The range of all terms but this one."""
        low = None if self.no_low > (term.low is None) else self.low - (term.low or 0)
        high = None if self.no_high > (term.high is None) else self.high - (term.high or 0)
        return Bounds(low, high)


def bound(
    identities: Collection[Identity],
    values: Mapping[Address, Value],
    unknown: Collection[Address],
    negative: Collection[str] = (),
) -> dict[Address, Bounds]:
    """Bounds that the identities leave for the unknown cells, by tightening until nothing moves.

    An identity that shares a stated cell with a violated one is not relied on: one of its own
    numbers may be the wrong one. Where the remaining identities contradict each other, nothing is
    bounded.
    """
    wanted = set(unknown)
    if not wanted:
        return {}
    doubtful = {
        address
        for identity in identities
        if weigh(identity, values, negative).verdict == VIOLATED
        for _, address in identity.terms()
    }
    usable = [
        identity
        for identity in identities
        if any(a in wanted for _, a in identity.terms())
        and not any(a in doubtful for _, a in identity.terms())
    ]
    known = {address: Bounds(value, value) for address, value in values.items()}
    known.update({address: _default(address, negative) for address in wanted})
    for _ in range(MOST_ROUNDS):
        moved = [_tighten(identity, known, wanted, negative) for identity in usable]
        if any(_is_empty(known[address]) for address in wanted):
            return {}
        if not any(moved):
            return {a: Bounds(_exact(known[a].low), _exact(known[a].high)) for a in wanted}
    return {}


def _exact(value: Value | None) -> Value | None:
    """Whole numbers as such: a decimal that came and went leaves zeros behind the point."""
    return int(value) if value is not None and value == int(value) else value


def _is_empty(bounds: Bounds) -> bool:
    return bounds.low is not None and bounds.high is not None and bounds.low > bounds.high


def _tighten(
    identity: Identity,
    known: dict[Address, Bounds],
    wanted: set[Address],
    negative: Collection[str],
) -> bool:
    """Narrow each unknown cell by what the others of its identity leave; True when one moved."""
    moved = False
    every = _Range()
    for sign, address in identity.terms():
        every.add(_term(sign, known.get(address) or _default(address, negative)))
    for sign, address in identity.terms():
        if address not in wanted:
            continue
        own = _term(sign, known[address])
        others = every.without(own)
        # sign * x + others = 0, or <= 0: then sign * x is at most -others.
        most = None if others.low is None else -others.low
        least = None if others.high is None or identity.relation == "<=" else -others.high
        new = _meet(known[address], _term(sign, Bounds(least, most)))
        if new != known[address]:
            every.add(own, -1)
            every.add(_term(sign, new))
            known[address] = new
            moved = True
    return moved


def _meet(first: Bounds, second: Bounds) -> Bounds:
    lows = [b.low for b in (first, second) if b.low is not None]
    highs = [b.high for b in (first, second) if b.high is not None]
    return Bounds(max(lows) if lows else None, min(highs) if highs else None)
