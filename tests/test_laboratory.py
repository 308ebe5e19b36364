"""The layout laboratory prints what it knows, damages what it says, and its judge sees all."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from benchmarks import accuracy
from benchmarks.laboratory import damages, drifts
from benchmarks.laboratory.cases import Case, Plan, write_case
from benchmarks.laboratory.figures import LARGEST, make_figures
from benchmarks.laboratory.layouts import LAYOUTS
from benchmarks.laboratory.reports import PageEnd, compose
from benchmarks.laboratory.sheets import Sheet, Style, draw_style, make_sheets
from govstats.document import ReportError
from govstats.forms import Address, candidates, find_table
from govstats.readers import read
from govstats.sums import HOLDS, weigh

FORMS = {"disclosure": "2021", "requests": "2021", "remedies": "any"}


# Figures.


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_figures_agree_with_every_sum(form) -> None:
    forms = {"disclosure": form, "requests": form, "remedies": "any"}
    for seed in range(60):
        figures = make_figures(Random(seed), forms)
        assert list(figures) == [a for n, f in forms.items() for a in find_table(n, f).addresses]
        for name, version in forms.items():
            table = find_table(name, version)
            for identity in table.identities:
                assert weigh(identity, figures, table.negative).verdict == HOLDS


def test_figures_have_the_sizes_of_real_reports() -> None:
    total = Address("requests", "total", "total")
    sizes = [make_figures(Random(seed), FORMS)[total] for seed in range(400)]
    assert min(sizes) == 0 and 5_000 < max(sizes) <= LARGEST
    assert 20 < sizes.count(0) < 120
    many = [make_figures(Random(seed), FORMS) for seed in range(40)]
    zeros = sum(value == 0 for figures in many for value in figures.values())
    assert 0.4 < zeros / sum(map(len, many)) < 0.95


# Writers, read by something far simpler than the readers.


def undamaged(layout: str, seed: int = 0) -> Case:
    return write_case(Plan(seed, layout, damages.NONE, drifts.NONE), Random(seed))


def plain(layout: str, seed: int) -> tuple[dict, bytes]:
    """Figures, and a document with no number in a cell but these."""
    rng = Random(seed)
    figures = make_figures(rng, FORMS)
    style = replace(draw_style(rng), extra=False)
    tables = {name: [sheet] for name, sheet in make_sheets(figures, FORMS, style).items()}
    return figures, LAYOUTS[layout](compose(tables, 2022, rng), rng)


def numbers(texts) -> list[str]:
    return [text for text in texts if re.fullmatch(r"[+-]?\d+(\.\d+)?", text)]


def xml_texts(data: bytes, member: str, pattern: str) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return re.findall(pattern, archive.read(member).decode())


TRIVIAL = {
    "text_lines_1": lambda data: data.decode().split("\n"),
    "text_tabs_bare": lambda data: re.split(r"[\t\n]", data.decode()),
    "text_pipe_cells": lambda data: [line.rstrip(" |") for line in data.decode().split("\n")],
    "html_spans": lambda data: re.findall(r"<td[^>]*>([^<]*)</td>", data.decode()),
    "html_framed": lambda data: re.findall(r"<td[^>]*>([^<]*)</td>", data.decode("gb18030")),
    "docx_merged": lambda data: xml_texts(data, "word/document.xml", r"<w:t[^>]*>([^<]*)</w:t>"),
}


@pytest.mark.parametrize(("layout", "simple"), TRIVIAL.items())
@pytest.mark.parametrize("seed", range(4))
def test_writers_print_exactly_the_figures(layout, simple, seed) -> None:
    figures, data = plain(layout, seed)
    found = numbers(simple(data))
    # The rows keep the order of the form in every house practice.
    assert [float(text) for text in found] == [float(value) for value in figures.values()]


def test_spreadsheets_hold_exactly_the_figures() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    figures, data = plain("xlsx_plain", 0)
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for row in book.active.iter_rows(values_only=True) for cell in row]
    found = numbers(str(cell) for cell in cells if cell is not None)
    assert [float(text) for text in found] == [float(value) for value in figures.values()]


def test_pdf_holds_exactly_the_figures() -> None:
    pdfium = pytest.importorskip("pypdfium2")
    figures, data = plain("pdf_unruled", 0)
    document = pdfium.PdfDocument(data)
    pages = [page.get_textpage().get_text_range() for page in document]
    found = Counter(map(float, numbers(" ".join(pages).split())))
    assert found == Counter(map(float, figures.values()))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_give_the_same_bytes_again(layout) -> None:
    assert undamaged(layout).data == undamaged(layout).data


def test_there_are_enough_layouts() -> None:
    assert len(LAYOUTS) >= 25
    kinds = Counter(name.split("_")[0] for name in LAYOUTS)
    assert {"text", "html", "docx", "xlsx", "xls", "pdf"} <= kinds.keys()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_undamaged_layouts_are_read_right(layout) -> None:
    for seed in range(3):
        case = undamaged(layout, seed)
        try:
            read(case.data)
        except ReportError as error:
            if error.stage == "decode":
                pytest.skip(f"no reader: {error}")
            raise
        judged, refusal = accuracy.read_case(case)
        assert refusal == ""
        assert Counter(item.verdict for item in judged) == {"right": len(case.truth)}


# Damages and drifts.


def sheets(seed: int = 0) -> dict[str, Sheet]:
    return make_sheets(make_figures(Random(seed), FORMS), FORMS, Style())


def damaged(name: str, seed: int) -> list[tuple[Sheet, list[Sheet]]]:
    """Every sheet with what a damage leaves of it, where the damage applies."""
    found = []
    for sheet in sheets(seed).values():
        done, blocks = damages.apply(name, sheet, Random(seed))
        if done == name:
            found.append((sheet, [block for block in blocks if isinstance(block, Sheet)]))
    return found


def differences(sheet: Sheet, parts: list[Sheet]) -> tuple[int, int, int]:
    """How many addresses are gone, print no number, print another number."""
    before = sheet.printed()
    after = {a: v for part in parts for a, v in part.printed().items()}
    gone = sum(a not in after for a in before)
    unreadable = sum(a in after and after[a] is None for a in before)
    other = sum(after.get(a) not in (None, value) for a, value in before.items())
    return gone, unreadable, other


EXPECTED = {
    "none": (0, 0, 0),
    "cell_blank": (0, 1, 0),
    "cell_deleted": (1, 0, 0),
    "digit_changed": (0, 0, 1),
    "label_lost": (0, 0, 0),
    "row_duplicated": (0, 0, 0),
    "rows_with_labels": (0, 0, 0),
    "stray_number": (0, 0, 0),
    "stray_blank": (0, 0, 0),
    "page_cut": (0, 0, 0),
    "row_halved": (0, 0, 0),
    "zeros_merged": (1, 0, 0),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_damages_change_what_they_say(name) -> None:
    pairs = [pair for seed in range(20) for pair in damaged(name, seed)]
    assert len(pairs) >= 20
    assert {differences(*pair) for pair in pairs} == {EXPECTED[name]}


@pytest.mark.parametrize("name", ["numbers_gone", "row_gone"])
def test_rows_that_go_take_their_numbers(name) -> None:
    for seed in range(20):
        for sheet, parts in damaged(name, seed):
            gone, unreadable, other = differences(sheet, parts)
            assert gone in (1, 2, 3, 7, 15) and (unreadable, other) == (0, 0)


def test_text_and_number_of_a_damaged_cell_agree() -> None:
    for name in damages.DAMAGES:
        for seed in range(10):
            for _, parts in damaged(name, seed):
                for cell in (c for part in parts for row in part.rows for c in row if c.address):
                    readable = re.fullmatch(r"[+-]?\d+(\.\d+)?", cell.text)
                    assert (cell.value is not None) == bool(readable), (name, cell)
                    assert cell.value is None or float(cell.text) == float(cell.value)


def test_bare_swaps_keep_every_sum() -> None:
    swapped = 0
    for seed in range(20):
        for sheet, (part,) in damaged(damages.BARE, seed):
            swapped += differences(sheet, [part])[2] > 0
            for table in candidates(sheet.name)[-1:]:
                equations = [i for i in table.identities if i.relation == "="]
                verdicts = {weigh(i, part.printed(), table.negative).verdict for i in equations}
                assert verdicts <= {HOLDS}
    assert swapped > 10


def test_cells_that_move_are_known_by_the_square_they_stand_in() -> None:
    case = next(
        case
        for seed in range(9)
        if (case := write_case(Plan(0, "html_spans", "cell_deleted", "none"), Random(seed))).moved
    )
    (gone,) = [a for a in case.truth if a not in case.printed and a.table == "requests"]
    columns = [c.code for c in find_table("requests", case.forms["requests"]).blocks[0].columns]
    later = [gone._replace(column=code) for code in columns[columns.index(gone.column) :]]
    stands = [*(case.truth[address] for address in later[1:]), None]
    assert {a: v for a, v in case.moved.items() if a.table == "requests"} == dict(
        zip(later, stands, strict=True)
    )
    text = write_case(Plan(0, "text_tabs_bare", "cell_deleted", "none"), Random(0))
    assert text.moved == {}


def test_columns_swapped_with_their_heads_print_the_same_figures() -> None:
    figures = make_figures(Random(3), FORMS)
    plain, swapped = (make_sheets(figures, FORMS, Style(swap=swap)) for swap in (None, 0.4))
    assert plain["requests"].rows != swapped["requests"].rows
    assert all(plain[name].printed() == swapped[name].printed() for name in FORMS)


def test_page_cut_prints_a_page_number_between() -> None:
    _, blocks = damages.apply("page_cut", sheets()["requests"], Random(1))
    assert [type(block) for block in blocks] == [Sheet, PageEnd, Sheet]


@pytest.mark.parametrize("name", drifts.DRIFTS)
def test_drifts_change_words_and_no_figures(name) -> None:
    changed = False
    for seed in range(5):
        for sheet in sheets(seed).values():
            drifted = drifts.drift(name, sheet, Random(seed))
            assert drifted.printed() == sheet.printed()
            changed |= drifted.rows != sheet.rows
    assert changed == (name != drifts.NONE)
