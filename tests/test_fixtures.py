"""File pairs: every report in tests/data/valid gives exactly the cells beside it."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from govstats.extract import ABSENT, extract
from govstats.readers import load, read

VALID = Path(__file__).parent / "data" / "valid"
REPORTS = sorted(path for path in VALID.iterdir() if not path.name.endswith(".cells.csv"))


def _cells(path: Path) -> Counter:
    found = extract(read(load(path))).cells
    rows = (
        (*cell.address, cell.value, cell.status, cell.low, cell.high)
        for cell in found
        if cell.status != ABSENT
    )
    return Counter(tuple("" if item is None else str(item) for item in row) for row in rows)


def _expected(path: Path) -> Counter:
    with (VALID / f"{path.stem}.cells.csv").open(encoding="utf-8", newline="") as stream:
        return Counter(tuple(row) for row in list(csv.reader(stream))[1:])


def test_there_are_pairs():
    assert len(REPORTS) >= 15
    assert all((VALID / f"{path.stem}.cells.csv").exists() for path in REPORTS)


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_cells_are_those_of_the_pair(path):
    found, expected = _cells(path), _expected(path)
    assert expected
    assert found - expected == Counter(), "cells that the report does not print"
    assert expected - found == Counter(), "cells that were not found"


@pytest.mark.parametrize(
    ("name", "remarks"),
    [
        ("html-spans-2021.html", ()),
        ("tabs-sixteen-cells.txt", ("table remedies: numbers that fit no cell: 1",)),
        ("html-label-lost-below-blank-row.html", ("table requests: numbers that fit no cell: 7",)),
    ],
)
def test_numbers_that_fit_no_cell_are_told(name, remarks):
    assert extract(read(load(VALID / name))).remarks == remarks


def test_a_row_that_the_form_does_not_have_is_told():
    text = (VALID / "html-spans-2021.html").read_text(encoding="utf-8")
    row = "<tr><td>6.不属于本机关职责</td>" + "<td>3</td>" * 7 + "</tr>"
    at = text.index("<tr><td>2.重复申请")
    found = extract(read((text[:at] + row + text[at:]).encode()))
    before = extract(read(text.encode()))
    assert [cell.value for cell in found.cells] == [cell.value for cell in before.cells]
    assert found.remarks == ("table requests: numbers that fit no cell: 7",)
