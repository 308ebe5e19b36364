"""Verdicts, and what identities leave for cells that are not known."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import REQUESTS, make_requests

from govstats.forms import Address, find_table
from govstats.sums import Bounds, bound, weigh
from govstats.tables import as_text

REVIEW = [
    Address("remedies", "review", c) for c in ("upheld", "corrected", "other", "pending", "total")
]
RESULTS = find_table("remedies", "any").identities[0]
STOCK = find_table("disclosure", "2019").identities[0]


def _values(*numbers):
    return {a: n for a, n in zip(REVIEW, numbers, strict=True) if n is not None}


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((1, 2, 3, 4, 10), (10, 10, "holds")),
        ((1, 2, 3, 4, 11), (11, 10, "violated")),
        ((1, None, 3, 4, 10), (10, 8, "undetermined")),
        ((1, None, 3, 4, 7), (7, 8, "violated")),
        ((1, 2, 3, 4, None), (None, 10, "undetermined")),
        ((None, None, None, None, 3), (3, None, "undetermined")),
    ],
)
def test_verdict(numbers, expected):
    assert weigh(RESULTS, _values(*numbers)) == expected


def test_what_sums_leave_is_printed_whole_where_it_is_whole():
    values = _values(Decimal("2.5"), None, 0, 0, Decimal("6.5"))
    found = bound([RESULTS], values, [REVIEW[1]])
    assert [as_text(end) for end in found[REVIEW[1]]] == ["4", "4"]
    values = _values(Decimal("2.5"), None, 0, 0, 6)
    assert [as_text(end) for end in bound([RESULTS], values, [REVIEW[1]])[REVIEW[1]]] == ["3.5"] * 2


def test_an_inequality_holds_or_not():
    disclosed, stock = (Address("disclosure", "rules", c) for c in ("disclosed", "stock"))
    assert weigh(STOCK, {disclosed: 3, stock: 3}).verdict == "holds"
    assert weigh(STOCK, {disclosed: 4, stock: 3}).verdict == "violated"
    assert weigh(STOCK, {disclosed: 4}).verdict == "undetermined"


def test_one_missing_cell_is_implied_and_two_are_bounded():
    assert bound([RESULTS], _values(1, None, 3, 4, 10), [REVIEW[1]]) == {REVIEW[1]: Bounds(2, 2)}
    found = bound([RESULTS], _values(1, None, None, 4, 10), REVIEW[1:3])
    assert found == {REVIEW[1]: Bounds(0, 5), REVIEW[2]: Bounds(0, 5)}


def test_nothing_is_implied_by_sums_that_contradict_each_other():
    values = _values(9, None, 3, 4, 10)
    assert bound([RESULTS], values, [REVIEW[1]]) == {REVIEW[1]: Bounds(0, None)}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.data())
def test_bounds_hold_the_truth_whatever_is_missing(seed, data):
    table = REQUESTS["2021"]
    figures = make_requests(table, seed, largest=20)
    gone = data.draw(st.sets(st.sampled_from(table.addresses), min_size=1, max_size=40))
    known = {a: v for a, v in figures.items() if a not in gone}
    found = bound(table.identities, known, gone)
    assert set(found) == gone
    for address, (low, high) in found.items():
        assert low <= figures[address] and (high is None or figures[address] <= high)
