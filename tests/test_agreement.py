"""Prose held against tables: what holds, what is violated, what cannot be said."""

import csv
import os
from decimal import Decimal
from pathlib import Path

import pytest

from govstats import vocabulary
from govstats.prose import Figure, compare, read_prose
from govstats.prose.agreement import expression_of

ORIGINALS = Path(os.environ.get("GOVSTATS_ORIGINALS", "originals-not-given"))


def _figure(measure, value, scope="unknown", approximate=False) -> Figure:
    unit = vocabulary.measures()[measure]["unit"]
    return Figure(measure, value, unit, approximate, scope, "", 0, 1)


def _cells(**values) -> dict[tuple[str, str, str], int | None]:
    return {tuple(code.split("__")): value for code, value in values.items()}


def _only(figures, cells, scope="unknown"):
    (row,) = compare(figures, cells, scope)
    return row


@pytest.mark.parametrize(
    ("value", "cell", "verdict", "difference"),
    [(5, 5, "holds", 0), (5, 4, "violated", 1), (5, None, "undetermined", None)],
)
def test_a_count_against_its_cell(value, cell, verdict, difference):
    row = _only([_figure("received", value)], _cells(requests__new__total=cell))
    assert (row.check, row.address) == ("prose.received", "requests.new.total")
    assert (row.left, row.right, row.difference) == (value, cell, difference)
    assert row.verdict == verdict


def test_an_absent_row_is_undetermined():
    assert _only([_figure("received", 5)], {}).verdict == "undetermined"


@pytest.mark.parametrize(
    ("said_of", "table_of", "verdict"),
    [
        ("own", "system", "undetermined"),
        ("system", "own", "undetermined"),
        ("own", "own", "violated"),
        ("unknown", "system", "violated"),
        ("own", "unknown", "violated"),
    ],
)
def test_only_the_same_scope_is_comparable(said_of, table_of, verdict):
    cells = _cells(requests__new__total=9)
    assert _only([_figure("received", 5, said_of)], cells, table_of).verdict == verdict


def test_one_number_for_two_rows():
    cells = _cells(requests__granted__total=3, requests__partial__total=1)
    assert _only([_figure("granted_or_partial", 4)], cells).verdict == "holds"
    assert _only([_figure("granted_or_partial", 3)], cells).verdict == "violated"
    cells["requests", "partial", "total"] = None
    assert _only([_figure("granted_or_partial", 4)], cells).verdict == "undetermined"


def test_a_part_may_be_smaller_but_not_greater():
    cells = _cells(requests__not_held__total=7)
    assert _only([_figure("nonexistent", 5)], cells).verdict == "holds"
    assert _only([_figure("nonexistent", 8)], cells).verdict == "violated"


def test_the_form_of_the_table_decides_between_alternatives():
    cells = _cells(disclosure__normative__made=15)
    row = _only([_figure("normative_documents_issued", 57)], cells)
    assert (row.address, row.right, row.verdict) == ("disclosure.normative.made", 15, "violated")


def test_an_approximate_figure_is_never_violated():
    cells = _cells(requests__new__total=296)
    assert _only([_figure("received", 300, approximate=True)], cells).verdict == "holds"
    assert _only([_figure("received", 500, approximate=True)], cells).verdict == "undetermined"


def test_all_answered_leaves_nothing_to_carry_out():
    row = _only([_figure("answered_share", 100)], _cells(requests__carried_out__total=3))
    assert (row.left, row.right, row.difference, row.verdict) == (0, 3, -3, "violated")
    assert list(compare([_figure("answered_share", 98)], {})) == []


@pytest.mark.parametrize(
    ("now", "growth", "verdict"),
    [
        (4, 400, "violated"),
        (4, 300, "holds"),
        (70, Decimal("-12.5"), "holds"),
        (55, Decimal("19.6"), "holds"),
        (55, Decimal("19.5"), "holds"),  # cut off, not rounded
        (55, Decimal("18.6"), "violated"),
        (0, -100, "undetermined"),
    ],
)
def test_growth_needs_a_whole_base(now, growth, verdict):
    rows = list(compare([_figure("received", now), _figure("received_growth", growth)], {}))
    assert rows[1].verdict == verdict


@pytest.mark.parametrize(("share", "verdict"), [(25, "holds"), ("33.3", "holds"), (50, "violated")])
def test_a_share_is_of_those_disposed_of_or_of_those_received(share, verdict):
    cells = _cells(requests__granted__total=1, requests__total__total=4, requests__new__total=3)
    assert _only([_figure("granted_share", Decimal(share))], cells).verdict == verdict


def test_every_measure_with_cells_has_an_expression_or_a_reason():
    words = {name for name, row in vocabulary.measures().items() if row["cell"]}
    assert {name for name in words if not expression_of(name)} == set()


@pytest.mark.skipif(not ORIGINALS.is_dir(), reason="set GOVSTATS_ORIGINALS to the originals")
def test_originals_contradict_their_tables_where_known_and_nowhere_else():
    violated = set()
    with (ORIGINALS / "truth" / "reports.csv").open(encoding="utf-8-sig") as stream:
        reports = list(csv.DictReader(stream))
    for row in reports:
        text = (ORIGINALS / f"{row['report']}.txt").read_text(encoding="utf-8")
        for found in compare(read_prose(text), _table(row["report"]), row["scope"]):
            if found.verdict == "violated":
                violated.add((row["report"], found.check, found.left, found.right))
    assert violated == {
        ("yaohai-2019", "prose.normative_documents_issued", 57, 15),
        ("dianjiang-justice-2020", "prose.procurement_notices", 2, 3),
        ("yubei-2021", "prose.answered_share", 0, 3),
        ("yubei-2021", "prose.answered", 314, 311),
        ("shilong-office-2021", "prose.received_growth", 400, 300),
    }


def _table(report: str) -> dict[tuple[str, str, str], Decimal | None]:
    with (ORIGINALS / "truth" / f"{report}.csv").open(encoding="utf-8-sig") as stream:
        return {
            (row["table"], row["row"], row["column"]): Decimal(row["value"])
            for row in csv.DictReader(stream)
        }
