"""Readings: the ways a run of printed cells can fill the cells of a form, and which one stands.

Labels decide first, order second; the identities choose between what is left. Where readings that
are equally good disagree about a cell, the cell stays empty: it is unread, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, combinations
from math import comb

from govstats.extract.tokens import BLANK, Token
from govstats.forms import Address, Identity, Table
from govstats.numbers import Value
from govstats.sums import VIOLATED, weigh

Reading = Mapping[Address, Token]

# More ways than this to read one run: what stands there is no table row.
MOST_READINGS = 600


@dataclass
class Placement:
    """Tokens put at addresses, rows whose label the document has, numbers that found no place.

    `rows` holds each row's label (None when only its numbers were recognised);
    `unlisted` holds (printed label, column, token) of rows the form does not know; `units` the unit
    that the head states for a row's amounts; `unprinted` has columns that the table does not have.
    """

    table: Table
    tokens: dict[Address, Token] = field(default_factory=dict)
    rows: dict[str, Token | None] = field(default_factory=dict)
    conflicts: set[Address] = field(default_factory=set)
    unlisted: list[tuple[str, str, Token]] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)
    unprinted: set[str] = field(default_factory=set)
    unplaced: int = 0

    def note_row(self, code: str, label: Token) -> None:
        """Remember a row's label; the last one printed counts."""
        self.rows[code] = label

    def put(self, reading: Reading) -> None:
        """Add a reading; an address printed twice with two values belongs to neither."""
        for address, token in reading.items():
            earlier = self.tokens.setdefault(address, token)
            if earlier is not token and _shown(earlier) != _shown(token):
                self.conflicts.add(address)
            self.rows.setdefault(address.row)

    def lacks(self, address: Address) -> bool:
        """True when the document has no such row: no label, and no row of numbers without place.

        The same of a column, where the heads tell that there is none.
        """
        columns = self.table.block_of[address.row].columns
        has_row = address.row in self.rows or 2 * self.unplaced > len(columns)
        return not has_row or address.column in self.unprinted

    def wanting(self) -> int:
        """How many rows between the first and the last that were found were not."""
        known = [code in self.rows for code in self.table.block_of]
        inside = "".join("x" if found else " " for found in known).strip()
        return inside.count(" ")

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

    Too many cells: each stretch that leaves out no number, or as few as can be where there are too
    many numbers. Too few: each way to leave addresses empty, unless nothing but blanks is there.
    """
    width = len(addresses)
    filled = [i for i, token in enumerate(values) if token.kind is not BLANK]
    if len(values) < width:
        if not filled or comb(width, len(values)) > MOST_READINGS:
            return []
        return [
            {addresses[place]: token for place, token in zip(places, values, strict=True)}
            for places in combinations(range(width), len(values))
        ]
    before = list(accumulate((t.kind is not BLANK for t in values), initial=0))
    counts = [before[i + width] - before[i] for i in range(len(values) - width + 1)]
    most = min(len(filled), width) if len(filled) <= width else max(counts)
    starts = [start for start, count in enumerate(counts) if count == most]
    if not filled:
        starts = starts[:1]
    elif len(starts) > MOST_READINGS:
        starts = []
    return [dict(zip(addresses, values[start : start + width], strict=True)) for start in starts]


def support(reading: Reading, identities: Iterable[Identity], table: Table) -> tuple[int, int]:
    """How sums speak for a reading: identities broken, minus equations that hold, blanks as 0.

    That an inequality holds says little: it is no reason to prefer a reading.
    """
    values = numbers_of(reading)
    broken = holding = 0
    for identity in identities:
        left, right, verdict = weigh(identity, values, table.negative)
        broken += verdict == VIOLATED
        holding += identity.relation == "=" and (left or 0) == (right or 0)
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
    return _common(kept)


def _common(readings: Sequence[Reading]) -> Reading:
    """The cells about which all readings agree."""
    first, *others = readings or [{}]
    return {
        address: token
        for address, token in first.items()
        if all(address in other and _shown(other[address]) == _shown(token) for other in others)
    }


def fit(
    values: Sequence[Token],
    addresses: Sequence[Address],
    table: Table,
    rows: Iterable[str],
    regular: bool = False,
) -> Reading:
    """The best reading of a run of cells for these addresses; empty when none can be relied on.

    `regular` says that the table prints all cells of every row. A row with just as many cells as
    the form has columns is not moved sideways, unless a blank at its end may be a spare cell that a
    lost number makes up for.
    """
    certain = all(t.columns for t in values) or (regular and not _ends_doubtful(values))
    if len(values) == len(addresses) and certain:
        return dict(zip(addresses, values, strict=True))
    return _likeliest(values, addresses, table, row_identities(table, rows))


def _likeliest(
    values: Sequence[Token],
    addresses: Sequence[Address],
    table: Table,
    identities: Sequence[Identity],
) -> Reading:
    """The best reading of a run of cells that need not be those of the row, one for one.

    The cells in order come first. Where the sums do not bear that out, a blank may stand inside
    that is no cell, or a number may be lost that a blank at the end makes up for. A number is left
    out where the sums say which.
    """
    plain = windows(values, addresses)
    equations = any(identity.relation == "=" for identity in identities)
    filled = sum(token.kind is not BLANK for token in values)
    if filled > len(addresses):
        ways = [*plain, *_without_one(values, addresses)] if equations else []
        sure = [reading for reading in ways if _all_hold(reading, identities, table)]
        return agreed(sure, table, identities)
    if plain and not equations:
        return agreed(plain, table, identities)
    if filled == len(addresses):
        cells = (token for token in values if token.kind is not BLANK)
        return dict(zip(addresses, cells, strict=True))
    if len(values) == len(addresses) - 1:
        return _with_gap([*plain, *_slid(values, addresses)], table, identities)
    if len(values) < len(addresses):
        # Many cells gone are blanks for zeros that left no trace, not lost numbers.
        return agreed(_unbroken(plain, table, identities), table, identities)
    ends = _ends_doubtful(values)
    if not ends and any(_all_hold(reading, identities, table) for reading in plain):
        return agreed(plain, table, identities)
    slid = _slid(values, addresses)
    ways = [*plain, *_without_blanks(values, addresses), *slid]
    sure = [] if ends else [reading for reading in ways if _all_hold(reading, identities, table)]
    if ends or (slid and not sure):
        return _with_gap(ways, table, identities)
    return agreed(sure or ways, table, identities)


def _with_gap(readings: Sequence[Reading], table: Table, identities: Sequence[Identity]) -> Reading:
    """What all readings say that no sum contradicts: any of the cells may be the one that is lost.

    A lost cell need not be a zero, so that the sums of a reading hold is no reason to prefer it.
    """
    return _common(_unbroken(readings, table, identities))


def _unbroken(
    readings: Sequence[Reading], table: Table, identities: Sequence[Identity]
) -> list[Reading]:
    return [reading for reading in readings if support(reading, identities, table)[0] == 0]


def _ends_doubtful(values: Sequence[Token]) -> bool:
    """True where blanks stand at the ends only of cells that print their zeros.

    They may be spare cells of the layout, and as many numbers may be lost.
    """
    inner = trim_blanks(values)
    zero = any(token.number and token.number.value == 0 for token in inner)
    return zero and len(inner) < len(values) and all(t.kind is not BLANK for t in inner)


def _all_hold(reading: Reading, identities: Sequence[Identity], table: Table) -> bool:
    equations = sum(identity.relation == "=" for identity in identities)
    return support(reading, identities, table) == (0, -equations)


def _without_one(values: Sequence[Token], addresses: Sequence[Address]) -> list[Reading]:
    """Each way to leave out the one number that is too many, such as that of a page."""
    cells = [token for token in values if token.kind is not BLANK]
    if len(cells) != len(addresses) + 1:
        return []
    runs = ([*cells[:i], *cells[i + 1 :]] for i in range(len(cells)))
    return [dict(zip(addresses, run, strict=True)) for run in runs]


def _without_blanks(values: Sequence[Token], addresses: Sequence[Address]) -> list[Reading]:
    """Readings without the blanks at both ends, or without those too many wherever they stand."""
    surplus = len(values) - len(addresses)
    blanks = [i for i, token in enumerate(values) if token.kind is BLANK]
    if surplus < 0 or len(blanks) == len(values):
        return []
    inner = trim_blanks(values)
    found = windows(inner, addresses) if len(inner) < len(addresses) else []
    if surplus and comb(len(blanks), surplus) <= MOST_READINGS:
        for out in combinations(blanks, surplus):
            kept = (token for i, token in enumerate(values) if i not in out)
            found.append(dict(zip(addresses, kept, strict=True)))
    return found


def _slid(values: Sequence[Token], addresses: Sequence[Address]) -> list[Reading]:
    """Each place for the stretch that is filled, where a row begins or ends with a blank.

    Separators at the ends of a line may be left out or printed twice, whatever stands between.
    """
    inner = trim_blanks(values)
    if not inner or len(inner) == len(values):
        return []
    starts = range(len(addresses) - len(inner) + 1)
    return [dict(zip(addresses[start:], inner, strict=False)) for start in starts]


def trim_blanks(values: Sequence[Token]) -> Sequence[Token]:
    """The cells from the first to the last that is filled."""
    filled = [i for i, token in enumerate(values) if token.kind is not BLANK]
    return values[filled[0] : filled[-1] + 1] if filled else []


def row_identities(table: Table, rows: Iterable[str]) -> Sequence[Identity]:
    """Identities that lie wholly within the given rows."""
    return table.identities_within(frozenset(rows))
