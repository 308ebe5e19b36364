"""The five published originals, cell by cell; read only where GOVSTATS_ORIGINALS names them."""

from __future__ import annotations

import csv
import os
from decimal import Decimal
from pathlib import Path

import pytest
from reading import collect

from govstats.checks import check
from govstats.corpus import Source, write
from govstats.extract import BOUNDED, IMPLIED, STATED, extract
from govstats.forms import Address
from govstats.readers import load, read
from govstats.report import read_report

RAW = Path(__file__).parents[1] / "data" / "raw"
TRANSCRIPTS, COLLECTED = RAW / "reports", RAW / "collected" / "originals"
ORIGINALS = Path(os.environ.get("GOVSTATS_ORIGINALS", "originals-not-given"))
NAMES = (
    "dianjiang-justice-2020",
    "fengdu-2018",
    "shilong-office-2021",
    "yaohai-2019",
    "yubei-2021",
)
GONE = ("granted", "partial", "refused_state_secret")

needs_originals = pytest.mark.skipif(
    not ORIGINALS.is_dir(), reason="set GOVSTATS_ORIGINALS to the folder of the originals"
)


def _extract(folder: Path, name: str):
    return extract(read(load(folder / f"{name}.txt")))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _truth(name: str) -> list[dict[str, str]]:
    return _rows(ORIGINALS / "truth" / name)


@needs_originals
@pytest.mark.parametrize("name", NAMES)
def test_stated_cells_are_exactly_the_printed_ones(name):
    truth = {
        Address(row["table"], row["row"], row["column"]): Decimal(row["value"])
        for row in _truth(f"{name}.csv")
    }
    cells = _extract(ORIGINALS, name).cells
    assert {c.address: c.value for c in cells if c.status == STATED} == truth


@needs_originals
def test_years_and_forms_are_those_of_the_truth():
    for row in _truth("reports.csv"):
        found = _extract(ORIGINALS, row["report"])
        assert str(found.year) == row["year"]
        assert found.forms.get("disclosure", "") == row["form_disclosure"]
        assert found.forms.get("requests", "") == row["form_requests"]


@needs_originals
def test_a_report_without_tables_is_read_and_has_none():
    found = _extract(ORIGINALS, "fengdu-2018")
    assert (found.forms, found.cells) == ({}, ())
    assert found.title == "重庆市丰都县2018年政府信息公开工作年度报告"


@needs_originals
@pytest.mark.parametrize("name", sorted(path.stem for path in TRANSCRIPTS.iterdir()))
def test_transcripts_give_the_same_cells_as_the_originals(name):
    def known(folder):
        found = _extract(folder, name)
        places = [
            (c.address, c.value, c.unit, c.printed, c.status, c.low, c.high) for c in found.cells
        ]
        return found.title, found.year, found.forms, places

    assert known(TRANSCRIPTS) == known(ORIGINALS)


def test_rows_cut_by_a_page_are_bounded_by_the_sums():
    cells = {c.address: c for c in _extract(TRANSCRIPTS, "shilong-office-2021").cells}
    for row in GONE:
        for column in ("natural_person", "total"):
            cell = cells[Address("requests", row, column)]
            assert (cell.status, cell.value, cell.low, cell.high) == (BOUNDED, None, 0, 1)
        for column in ("business", "research", "public_interest", "legal_service"):
            cell = cells[Address("requests", row, column)]
            assert (cell.status, cell.value) == (IMPLIED, 0)
        assert "row label at line" in cell.locator


def test_the_report_that_contradicts_itself_is_named_and_unchanged():
    found = _extract(TRANSCRIPTS, "yaohai-2019")
    violated = [c for c in check(found) if c.verdict == "violated"]
    assert [(c.name, c.address, c.left, c.right, c.difference) for c in violated] == [
        ("outcomes", "requests.*.natural_person", 124, 127, -3),
        ("outcomes", "requests.*.total", 124, 127, -3),
    ]
    values = {c.address: c.value for c in found.cells}
    assert values[Address("requests", "total", "total")] == 124


def test_units_and_signs_are_those_printed():
    dianjiang = {c.address: c for c in _extract(TRANSCRIPTS, "dianjiang-justice-2020").cells}
    amount = dianjiang[Address("disclosure", "procurement", "amount")]
    assert (amount.value, amount.unit, amount.printed) == (Decimal("44.48"), "万元", "44.48万元")
    change = dianjiang[Address("disclosure", "licensing", "change")]
    assert (change.value, change.printed) == (2, "+2")
    yaohai = {c.address: c for c in _extract(TRANSCRIPTS, "yaohai-2019").cells}
    amount = yaohai[Address("disclosure", "procurement", "amount")]
    assert (amount.value, amount.unit) == (Decimal("29628302.01"), "")
    yubei = {c.address: c for c in _extract(TRANSCRIPTS, "yubei-2021").cells}
    amount = yubei[Address("disclosure", "fees", "amount")]
    assert (amount.value, amount.unit) == (Decimal("9802.36"), "万元")


def test_every_number_is_found_at_its_place():
    for path in TRANSCRIPTS.iterdir():
        lines = path.read_text(encoding="utf-8").split("\n")
        for cell in extract(read(load(path))).cells:
            if cell.status == STATED:
                line, column = (int(part.split()[1]) for part in cell.locator.split(", "))
                assert lines[line - 1][column - 1 :].startswith(cell.printed)


@needs_originals
def test_sentences_that_contradict_tables_are_named():
    violated = {
        (name, found.name, found.address, found.left, found.right)
        for name in NAMES
        for found in read_report(name, load(ORIGINALS / f"{name}.txt")).violated()
        if found.name.startswith("prose.")
    }
    assert violated == {
        ("yaohai-2019", "prose.normative_documents_issued", "disclosure.normative.made", 57, 15),
        (
            "dianjiang-justice-2020",
            "prose.procurement_notices",
            "disclosure.procurement.projects",
            2,
            3,
        ),
        ("yubei-2021", "prose.answered", "requests.total.total", 314, 311),
        ("yubei-2021", "prose.answered_share", "requests.carried_out.total", 0, 3),
        ("shilong-office-2021", "prose.received_growth", "prose.received", 400, 300),
    }


@needs_originals
def test_collected_tables_are_what_the_originals_give(tmp_path):
    sources = [Source(ORIGINALS / f"{name}.txt", f"{name}.txt") for name in NAMES]
    write(collect(sources), tmp_path)
    extracted = {row["report_id"]: row["source"] for row in _rows(tmp_path / "reports.csv")}
    names = {report_id: source.removesuffix(".txt") for report_id, source in extracted.items()}
    for table in ("reports", "prose", "topics"):
        found = _rows(tmp_path / f"{table}.csv")
        collected = _rows(COLLECTED / f"{table}.csv")
        both = [column for column in collected[0] if column in found[0] and column != "report_id"]
        assert len(both) >= 4
        assert [(row["report_id"], *(row[c] for c in both)) for row in collected] == [
            (names[row["report_id"]], *(row[c] for c in both)) for row in found
        ]
