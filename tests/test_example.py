"""The made-up reports that are shipped: what they print is read, and what they misprint is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import collect

from benchmarks import example
from govstats import corpus

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def reports():
    found = collect(corpus.find_sources([ROOT / example.FOLDER]))
    assert found.failures == []
    return {report.extraction.year: report for report in found.reports}


def test_there_are_three_years_in_three_formats(reports):
    assert {year: report.format for year, report in reports.items()} == {
        2021: "html",
        2022: "docx",
        2023: "pdf",
    }
    assert {report.issuer.issuer for report in reports.values()} == {example.ISSUER}


@pytest.mark.parametrize("year", example.LAYOUT)
def test_every_cell_is_read_as_it_is_printed(reports, year):
    expected = dict(example.figures(year))
    if year == example.MISPRINTED[0]:
        expected[example.MISPRINTED[1]] = example.MISPRINTED[2]
    if year == example.BLANK[0]:
        expected[example.BLANK[1]] = None
    cells = {cell.address: cell.value for cell in reports[year].extraction.cells}
    assert cells == expected


def test_only_the_misprint_breaks_sums(reports):
    violated = {year: [c.address for c in report.violated()] for year, report in reports.items()}
    row, column = ("requests.granted.*", "requests.*.total")
    assert {year: sorted(found) for year, found in violated.items()} == {
        2021: [],
        2022: [column, row],
        2023: [],
    }


def test_the_files_are_those_of_the_maker(tmp_path):
    example.main(tmp_path)
    shipped = ROOT / example.FOLDER
    names = sorted(path.name for path in shipped.iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    page = "2021.html"
    assert (tmp_path / page).read_bytes() == (shipped / page).read_bytes()
