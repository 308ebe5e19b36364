"""From the tables and sentences of the years before 2019 to the later measures: bridge.csv as code.

`equal`: the row is the measure; of several rows the first one known counts. `sum`: the measure is
the sum of all rows of the table that are marked so, and not known while one of them is not.
`part of`: the row is less than the measure, which is not taken from it; what it limits is said by
`replies.bounds_of_not_held`. `none`: nothing is comparable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from govstats import vocabulary
from govstats.numbers import Value

EQUAL, SUM = "equal", "sum"
_NUMBER = "number"

Cells = Mapping[tuple[str, str, str], Value | None]


class Bridged(NamedTuple):
    """A measure's value and the addresses that it was taken from."""

    measure: str
    value: Value
    addresses: tuple[tuple[str, str, str], ...]


@cache
def _rows() -> tuple[dict[str, str], ...]:
    return tuple(vocabulary.table("bridge.csv"))


@cache
def parts(table: str, measure: str) -> tuple[str, ...]:
    """Rows of a table that sum to a measure; for `prose`, measures that sum to it.

    >>> parts("statistics", "not_held")
    ('not_this_agency', 'nonexistent')
    """
    return tuple(
        row["row"]
        for row in _rows()
        if (row["table"], row["measure"], row["relation"]) == (table, measure, SUM)
    )


@cache
def measures() -> frozenset[str]:
    """The measures of replies and the like that forms or reports before 2019 had a row for."""
    return frozenset(row["measure"] for row in _rows() if row["relation"] in (EQUAL, SUM))


def bridged(cells: Cells) -> Iterator[Bridged]:
    """The measures that the year's numbers of statistics forms give, each once.

    `cells` holds values by (table, row, column); cumulative numbers are left alone.

    >>> cells = {("statistics", "nonexistent", "number"): 3}
    >>> [found.measure for found in bridged(cells)]
    ['nonexistent']
    >>> cells["statistics", "not_this_agency", "number"] = 2
    >>> [(each.measure, each.value) for each in bridged(cells)]
    [('not_held', 5), ('not_this_body', 2), ('nonexistent', 3)]
    """
    done: set[str] = set()
    for row in _rows():
        measure, table, relation = row["measure"], row["table"], row["relation"]
        if not measure or measure in done or relation not in (EQUAL, SUM):
            continue
        names = (row["row"],) if relation == EQUAL else parts(table, measure)
        addresses = tuple((table, name, _NUMBER) for name in names)
        values = [cells.get(address) for address in addresses]
        known = [value for value in values if value is not None]
        if len(known) == len(values):
            done.add(measure)
            yield Bridged(measure, sum(known), addresses)
