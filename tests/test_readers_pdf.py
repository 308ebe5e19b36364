"""PDF pages written by hand, and reports printed by LibreOffice and Chromium where installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from layouts import REQUESTS, make_disclosure, make_remedies, make_requests
from pdf_pages import Sheet, assemble, grids, texts, write_pdf
from pdf_reports import PRINTERS, Style, has, report

from govstats.document import Line, ReportError
from govstats.extract import BLANK, STATED, extract
from govstats.readers import load, read
from govstats.readers.pdf import read_pdf

TRANSCRIPTS = Path(__file__).parents[1] / "data" / "raw" / "reports"
XS = [60, 160, 220, 280]
HEAD = ["申请人情况", "自然人", "总计"]


def _ys(count: int, top: float = 100) -> list[float]:
    return [top + 20 * index for index in range(count + 1)]


def _ruled(rows: list[list[str]], top: float = 100) -> Sheet:
    sheet, ys = Sheet(), _ys(len(rows), top)
    sheet.grid(XS, ys)
    sheet.rows(XS, ys, rows)
    return sheet


def test_every_cell_is_read_where_it_stands_and_empty_is_not_zero():
    rows = [HEAD, ["一、本年新收", "0", ""], ["二、上年结转", "-", "/"]]
    sheet = _ruled(rows)
    sheet.text(60, 60, "甲县2021年政府信息公开工作年度报告", 14)
    document = read_pdf(write_pdf([sheet]))
    line, grid = document.blocks
    assert line == Line("甲县2021年政府信息公开工作年度报告", 1, 1)
    assert [[cell.text for cell in row] for row in grid.rows] == rows
    assert grid.place(grid.rows[1][1]) == "page 1, table 1, row 2, column 2"
    assert (document.format, document.remarks) == ("pdf", ())


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_turned_page_reads_like_an_upright_one(turned):
    rows = [HEAD, ["一、本年新收", "12", "34"]]
    sheet = _ruled(rows)
    sheet.turned = turned
    assert texts(sheet) == rows


def test_labels_set_downward_or_turned_are_put_together():
    sheet = Sheet()
    sheet.grid([60, 90, 180, 240], [100, 160, 220])
    sheet.text(78, 155, "无法提供", angle=90)
    for index, char in enumerate("不予"):
        sheet.text(76, 172 + 11 * index, char)
        sheet.text(62, 172 + 11 * index, "公开"[index])
    sheet.text(76, 194, "的")
    sheet.text(95, 120, "1.本机关")
    sheet.text(190, 120, "75")
    sheet.text(190, 180, "1  2")
    assert texts(sheet) == [["无法提供", "1.本机关", "75"], ["不予的公开", "", "1 2"]]


def test_cells_that_span_are_one_cell_in_every_row_they_cover():
    sheet = Sheet()
    sheet.bar(60, 100, 240, 100)
    sheet.bar(60, 140, 240, 140)
    sheet.bar(120, 120, 240, 120)
    for x in (60, 120, 240):
        sheet.bar(x, 100, x, 140)
    sheet.bar(180, 120, 180, 140)
    sheet.rows([60, 120], [100, 120], [["组", "宽"]])
    sheet.rows([120, 180], [120, 140], [["1", "2"]])
    (grid,) = grids(sheet)
    spans = {cell.text: (cell.row, cell.column, cell.height, cell.width) for cell in grid.rows[1]}
    assert spans == {"组": (1, 1, 2, 1), "1": (2, 2, 1, 1), "2": (2, 3, 1, 1)}
    assert [cell.text for cell in grid.rows[0]] == ["组", "宽"]
    assert grid.rows[0][1].width == 2


def test_numbers_stay_apart_where_an_inner_rule_is_missing():
    sheet = Sheet()
    for x0, y0, x1, y1 in [(60, 100, 280, 100), (60, 140, 280, 140), (60, 120, 220, 120)]:
        sheet.line(x0, y0, x1, y1)
    for x in XS:
        sheet.line(x, 100, x, 140)
    sheet.rows(XS, _ys(2), [["甲", "1", "2"], ["乙", "3", "4"]])
    assert texts(sheet) == [["甲", "1", "2"], ["乙", "3", "4"]]


def test_sides_without_rules_close_where_the_crossing_rules_end():
    sheet = Sheet()
    for y in _ys(2):
        sheet.line(60, y, 280, y)
    for x in XS[1:3]:
        sheet.line(x, 100, x, 140)
    sheet.rows(XS, _ys(2), [["甲", "1", "2"], ["乙", "", "4"]])
    assert texts(sheet) == [["甲", "1", "2"], ["乙", "", "4"]]


def test_a_number_broken_in_a_narrow_cell_is_whole_and_two_numbers_are_not_one():
    sheet = Sheet()
    sheet.grid([60, 85, 200], [100, 140, 180])
    sheet.text(64, 115, "228")
    sheet.text(64, 127, "941")
    sheet.text(120, 115, "12")
    sheet.text(120, 127, "34")
    assert texts(sheet)[0] == ["228941", "12\n34"]


def test_a_number_that_leaves_its_cell_is_neither_cut_nor_joined_to_the_next():
    sheet = Sheet()
    sheet.grid([60, 80, 160], [100, 120, 140])
    sheet.text(62, 114, "22894")
    sheet.text(120, 114, "7")
    assert texts(sheet)[0] == ["22894", "7"]


def test_a_number_cut_off_by_the_side_of_the_page_is_no_number():
    sheet = Sheet()
    sheet.grid([400, 500, 640], [100, 120, 140])
    sheet.text(588, 114, "54")
    sheet.text(420, 114, "7")
    sheet.text(420, 134, "8")
    first, second = texts(sheet)
    assert (first[0], second) == ("7", ["8", "…"])
    assert first[1] in ("54…", "5…")


def test_a_table_goes_on_over_pages_without_page_numbers_and_repeated_heads():
    first = _ruled([HEAD, ["一、本年新收", "1", "2"]], 740)
    first.text(280, 810, "- 3 -")
    second = _ruled([HEAD, ["二、上年结转", "3", "4"]], 60)
    (grid,) = grids(first, second)
    assert [[cell.text for cell in row] for row in grid.rows] == [
        HEAD,
        ["一、本年新收", "1", "2"],
        ["二、上年结转", "3", "4"],
    ]
    assert grid.pages == (1, 1, 2)
    assert grid.place(grid.rows[2][0]) == "page 2, table 1, row 3, column 1"


def test_a_row_cut_by_the_page_is_whole_again():
    first = _ruled([HEAD, ["2.没有现成信息需要", "1", "2"]], 740)
    second = _ruled([["另行制作", "", ""], ["3.补正", "5", ""]], 60)
    assert texts(first, second)[1:] == [
        ["2.没有现成信息需要\n另行制作", "1", "2"],
        ["3.补正", "5", ""],
    ]


def test_text_below_the_rules_of_a_cut_row_belongs_to_the_table():
    first = Sheet()
    first.line(60, 740, 280, 740)
    first.line(60, 760, 280, 760)
    for x in XS:
        first.line(x, 740, x, 776)
    first.rows(XS, _ys(2, 740), [HEAD, ["自", "1", "2"]])
    first.text(64, 786, "然")
    second = _ruled([["二、上年结转", "3", "4"]], 60)
    assert texts(first, second)[1:] == [["自\n然", "1", "2"], ["二、上年结转", "3", "4"]]


def test_numbers_alone_on_the_next_page_belong_to_the_label_before():
    first = _ruled([HEAD, ["3.补正", "", ""]], 740)
    second = _ruled([["", "5", "6"], ["4.其他", "7", "8"]], 60)
    assert texts(first, second)[1:] == [["3.补正", "5", "6"], ["4.其他", "7", "8"]]


def test_an_empty_row_at_the_top_of_a_page_is_not_taken_for_a_cut_one():
    first = _ruled([HEAD, ["行政处罚", "1", "2"]], 740)
    second = _ruled([["行政强制", "", ""], ["行政许可", "5", "6"]], 60)
    assert texts(first, second)[1:3] == [["行政处罚", "1", "2"], ["行政强制", "", ""]]


def test_values_under_a_head_at_the_end_of_a_page_stay_a_row_of_their_own():
    first, second = _ruled([HEAD], 780), _ruled([["甲", "5", "6"], ["乙", "7", "8"]], 60)
    assert texts(first, second) == [HEAD, ["甲", "5", "6"], ["乙", "7", "8"]]


def test_a_table_without_rules_keeps_its_columns_and_its_empty_cells():
    sheet = Sheet()
    rows = [
        ["", "自然人", "企业", "总计"],
        ["1.本机关不掌握", "12", "0", "12"],
        ["2.没有现成", "3", "", "3"],
        ["3.补正", "", "", ""],
        ["4.其他", "1", "228", "229"],
    ]
    for y, row in enumerate(rows):
        for x, text in zip((60, 200, 300, 400), row, strict=True):
            if text:
                sheet.text(x, 100 + 20 * y, text)
    sheet.text(60, 700, "本段文字不含任何数据。")
    document = read_pdf(write_pdf([sheet]))
    grid, line = document.blocks
    assert [[cell.text for cell in row][-4:] for row in grid.rows[1:]] == rows[1:]
    assert [cell.text for cell in grid.rows[0]][-3:] == rows[0][1:]
    assert line.text == "本段文字不含任何数据。"


def test_lines_that_reach_the_margin_go_on_in_the_next_line():
    sheet = Sheet()
    for y, text in enumerate(["一、总体情况", "本段" * 20, "文字不含任何数据。", "（一）另起一段"]):
        sheet.text(60, 100 + 15 * y, text)
    assert read_pdf(write_pdf([sheet])).text().split("\n") == [
        "一、总体情况",
        "本段" * 20 + "文字不含任何数据。",
        "（一）另起一段",
    ]


def test_pages_that_are_pictures_are_named():
    sheet, numbered = Sheet(), Sheet(picture=True)
    sheet.text(60, 100, "一、总体情况")
    numbered.text(280, 800, "- 4 -")
    document = read_pdf(write_pdf([sheet, Sheet(picture=True), Sheet(), numbered]))
    (remark,) = document.remarks
    assert remark.startswith("page 2, 4: a picture without text, not read: ")


_LOOP = assemble(
    ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 3/Kids[2 0 R 2 0 R]/Parent 2 0 R>>"]
)
_LOCKED = assemble(
    ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 0/Kids[]>>"],
    f"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'00' * 32}>/U<{'00' * 32}>>>",
)
UNREADABLE = {
    "broken": (b"%PDF-1.4 and nothing else", "decode", "is a broken PDF: download it again"),
    "locked": (_LOCKED, "decode", "is a PDF locked by a password: save it without one"),
    "loop": (_LOOP, "decode", "has a broken page 1: print it to a new PDF"),
    "scan": (write_pdf([Sheet(picture=True)]), "decode", "is a PDF without text, a scan"),
    "long": (write_pdf([Sheet()] * 10_000), "read", "has 10000 pages, more than 500"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_told_with_what_to_do(name):
    data, stage, message = UNREADABLE[name]
    with pytest.raises(ReportError, match=message) as caught:
        read_pdf(data)
    assert caught.value.stage == stage


STYLES = {
    "all": Style(border="all", align="top"),
    "none": Style(border="none"),
    "vertical_labels": Style(vertical=True, filler=4),
    "open_sides": Style(border="open", filler=8),
    "landscape": Style(page="297mm 210mm", repeat_head=True, filler=2, align="top"),
}


def _printed(name: str) -> tuple[dict, dict[str, str]]:
    """Figures of a report as its transcript prints them, and the forms of its tables."""
    found = extract(read(load(TRANSCRIPTS / f"{name}.txt")))
    return {c.address: c.printed for c in found.cells if c.status == STATED}, found.forms


def _pages_of_reports() -> tuple[dict[str, str], dict[str, dict]]:
    pages, figures = {}, {}
    for path in sorted(TRANSCRIPTS.iterdir()):
        printed, forms = _printed(path.stem)
        for style_name, style in STYLES.items():
            pages[f"{path.stem}--{style_name}"] = report(printed, forms, style)
            figures[f"{path.stem}--{style_name}"] = printed
    return pages, figures


@pytest.fixture(scope="module", params=[name for name in PRINTERS if has(name)])
def printer(request):
    return PRINTERS[request.param]


def _compare(data: bytes, printed: dict) -> None:
    found = extract(read_pdf(data))
    assert (found.title, found.year) == ("甲县2021年政府信息公开工作年度报告", 2021)
    assert {c.address: c.printed for c in found.cells if c.status == STATED} == {
        address: text for address, text in printed.items() if text not in ("", "-", "/")
    }
    blank = {cell.address for cell in found.cells if cell.status == BLANK}
    assert blank >= {address for address, text in printed.items() if text in ("", "-", "/")}
    assert all(cell.locator.startswith("page ") for cell in found.cells if cell.status == STATED)


def test_figures_of_published_reports_come_out_exact(printer, tmp_path):
    pages, figures = _pages_of_reports()
    for name, data in printer(pages, tmp_path).items():
        _compare(data, figures[name])


def test_page_breaks_anywhere_change_no_cell(printer, tmp_path):
    pages, figures = {}, {}
    for filler in range(0, 16, 2):
        form = "2021" if filler % 4 else "2019"
        known = {**make_disclosure(form, filler), **make_remedies(filler)}
        known |= make_requests(REQUESTS[form], filler, largest=15_000)
        printed = {address: str(value) for address, value in known.items()}
        for index, address in enumerate(printed):
            if index % 7 == filler % 7:
                printed[address] = ("", "-", "/")[index % 3]
        name = f"filler{filler}"
        style = Style(filler=filler, size=9, align=("top", "middle", "bottom")[filler % 3])
        pages[name] = report(printed, {"disclosure": form, "requests": form}, style)
        figures[name] = printed
    for name, data in printer(pages, tmp_path).items():
        _compare(data, figures[name])
