"""Readings: the ways a run of printed cells can fill the cells of a form, and which one stands.

Labels decide first, order second; the identities choose between what is left. Where readings that
are equally good disagree about a cell, the cell stays empty: it is unread, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from govstats.extract.tokens import Kind, Token
from govstats.forms import Address, Identity, Table
from govstats.numbers import Value
from govstats.sums import VIOLATED, weigh

Reading = Mapping[Address, Token]


@dataclass
class Placement:
    """Tokens put at addresses, rows whose label the document has, numbers that found no place.

    `rows` holds where each row's label stands ("" when only its numbers were recognised);
    `unlisted` holds (printed label, column, token) of rows the form does not know; `units` the unit
    that the head states for a row's amounts.
    """

    table: Table
    tokens: dict[Address, Token] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    conflicts: set[Address] = field(default_factory=set)
    unlisted: list[tuple[str, str, Token]] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)
    unplaced: int = 0

    def note_row(self, code: str, label: Token) -> None:
        """Remember where a row's label stands; the last one printed counts."""
        self.rows[code] = label.locator

    def put(self, reading: Reading) -> None:
        """Add a reading; an address printed twice with two values belongs to neither."""
        for address, token in reading.items():
            earlier = self.tokens.get(address)
            if earlier is not None and _shown(earlier) != _shown(token):
                self.conflicts.add(address)
            self.tokens.setdefault(address, token)
            self.rows.setdefault(address.row, "")

    def values(self) -> dict[Address, Value]:
        """Numbers placed without conflict."""
        return {a: v for a, v in numbers_of(self.tokens).items() if a not in self.conflicts}

    def violations(self) -> int:
        """How many identities the placed numbers break."""
        values = self.values()
        return sum(
            weigh(identity, values, self.table.negative).verdict == VIOLATED
            for identity in self.table.identities
        )


def _shown(token: Token) -> Value | str:
    return token.number.value if token.number else ""


def numbers_of(reading: Reading) -> dict[Address, Value]:
    """The numbers of a reading, without blanks."""
    return {address: token.number.value for address, token in reading.items() if token.number}


def windows(values: Sequence[Token], addresses: Sequence[Address]) -> list[Reading]:
    """Every way to fill the addresses in order from a run of cells.

    Too many cells: each stretch that leaves out no number it need not. Too few: each way to leave
    addresses empty, unless nothing but blanks is there.
    """
    width = len(addresses)
    filled = [i for i, token in enumerate(values) if token.kind is not Kind.BLANK]
    if len(values) < width:
        if not filled:
            return []
        return [
            {addresses[place]: token for place, token in zip(places, values, strict=True)}
            for places in combinations(range(width), len(values))
        ]
    spans = [
        (sum(start <= i < start + width for i in filled), start)
        for start in range(len(values) - width + 1)
    ]
    most = max(count for count, _ in spans)
    starts = [start for count, start in spans if count == most]
    if not filled:
        starts = starts[:1]
    return [dict(zip(addresses, values[start : start + width], strict=True)) for start in starts]


def support(reading: Reading, identities: Iterable[Identity], table: Table) -> tuple[int, int]:
    """How sums speak for a reading: identities broken, minus those that hold with blanks as 0."""
    values = numbers_of(reading)
    as_zero = {**dict.fromkeys(reading, 0), **values}
    broken = holding = 0
    for identity in identities:
        broken += weigh(identity, values, table.negative).verdict == VIOLATED
        difference = sum(sign * as_zero.get(address, 0) for sign, address in identity.terms())
        holding += difference <= 0 if identity.relation == "<=" else difference == 0
    return broken + _negatives(values, table), -holding


def _negatives(values: Mapping[Address, Value], table: Table) -> int:
    return sum(
        value < 0 and address.column not in table.negative for address, value in values.items()
    )


def agreed(readings: Sequence[Reading], table: Table, identities: Sequence[Identity]) -> Reading:
    """What the best supported readings all say; a single reading stands whatever its sums.

    A report's own sums may be wrong, so sums only choose, they never reject the only reading.
    """
    if len(readings) <= 1:
        return readings[0] if readings else {}
    scores = [support(reading, identities, table) for reading in readings]
    best = min(scores)
    kept = [reading for reading, score in zip(readings, scores, strict=True) if score == best]
    return {
        address: token
        for address, token in kept[0].items()
        if all(address in other and _shown(other[address]) == _shown(token) for other in kept[1:])
    }


def row_identities(table: Table, rows: Iterable[str]) -> list[Identity]:
    """Identities that lie wholly within the given rows."""
    inside = set(rows)
    return [i for i in table.identities if all(address.row in inside for _, address in i.terms())]
