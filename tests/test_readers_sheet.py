"""Spreadsheets: what each cell shows, merged and hidden parts, sheets in their order."""

from __future__ import annotations

import datetime
import re
from io import BytesIO
from zipfile import ZipFile

import office
import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.styles import Border, Side

from govstats.document import Grid, Line, ReportError
from govstats.readers import read
from govstats.readers.number_format import show_moment, show_number

LINE = Side(style="thin")
FRAME = Border(LINE, LINE, LINE, LINE)


def _texts(data: bytes) -> list:
    """Lines as text, grids as lists of the texts of their rows, empty rows left out."""
    return [
        block.text
        if isinstance(block, Line)
        else [[cell.text for cell in row] for row in block.rows if row]
        for block in read(data).blocks
    ]


def _book(*rows: list, name: str = "统计表") -> tuple[Workbook, object]:
    book = Workbook()
    sheet = book.active
    sheet.title = name
    for row in rows:
        sheet.append(row)
    return book, sheet


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (12.0, "General", "12"),
        (0.1 + 0.2, "General", "0.3"),
        (43.7884, "General", "43.7884"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (999, "#,##0", "999"),
        (0.256, "0.0%", "25.6%"),
        (1, "0%", "100%"),
        (0, "0;-0;;@", ""),
        (0, "#", ""),
        (5, '0"件"', "5件"),
        (44.48, '0.00"万元"', "44.48万元"),
        (5, "0_ ", "5"),
        (2.5, "0", "3"),
        (12345, "0,", "12"),
        (1.5, "# ?/?", "1.5"),
        (12, "[DBNum1]0", "12"),
        (3, "[$¥-804]#,##0.00", "¥3.00"),
        (0, '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"??_ ;_ @_ ', "-"),
        (-3, '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"??_ ;_ @_ ', "-3"),
        (-62, "0_);[Red]\\(0\\)", "-62"),
        (-62, "0;[Red]0", "-62"),
        (-0.001, "0.00", "0.00"),
        (12, ";;;", ""),
        (7, "@", "7"),
        (1e16, "0", "10000000000000000"),
        (3.0, "0.0#", "3.0"),
    ],
)
def test_numbers_as_their_format_shows_them(value, code, shown):
    assert show_number(value, code) == shown


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ('yyyy"年"m"月"d"日"', "2022年1月5日"),
        ("yyyy\\-mm\\-dd", "2022-01-05"),
        ("mm-dd-yy", "2022/1/5"),
        ("d", "2022-01-05"),
        ("yyyy", "2022-01-05"),
        ("[$-804]m\\月d\\日", "1月5日"),
    ],
)
def test_dates_are_never_bare_numbers(code, shown):
    assert show_moment(datetime.datetime(2022, 1, 5), code) == shown


def test_sheets_in_order_each_behind_its_name():
    book, first = _book(["规章", 3])
    hidden = book.create_sheet("旧")
    hidden.append(["旧", 9])
    hidden.sheet_state = "hidden"
    book.create_sheet("空")
    book.create_sheet("附表").append(["收费", 1234.5])
    first["B1"].number_format = "0"
    assert _texts(office.saved(book)) == ["统计表", [["规章", "3"]], "附表", [["收费", "1234.5"]]]


def test_a_name_that_is_a_number_is_no_figure():
    assert _texts(office.saved(_book(["规章", 3], name="2")[0])) == ["工作表 2", [["规章", "3"]]]


def test_cells_keep_the_places_of_the_sheet():
    book, sheet = _book([], ["标题"], [], [None, "规章", 3, 4])
    sheet.merge_cells("A2:D2")
    name, title, grid = read(office.saved(book)).blocks
    assert (name.text, title.text) == ("统计表", "标题")
    assert [(c.text, c.row, c.column) for c in grid.rows[3]] == [
        ("", 4, 1), ("规章", 4, 2), ("3", 4, 3), ("4", 4, 4)]  # fmt: skip


def test_hidden_rows_and_columns_are_left_out():
    book, sheet = _book(["甲", 1, 2], ["乙", 3, 4], ["丙", 5, 6])
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["B"].hidden = True
    assert _texts(office.saved(book)) == ["统计表", [["甲", "2"], ["丙", "6"]]]


def test_a_merged_cell_that_begins_in_a_hidden_row_keeps_its_text():
    book, sheet = _book(["组", "甲", 1], [None, "乙", 2], [None, "丙", 3])
    sheet.merge_cells("A1:A3")
    sheet.row_dimensions[1].hidden = True
    (grid,) = (b for b in read(office.saved(book)).blocks if isinstance(b, Grid))
    assert [[c.text for c in row] for row in grid.rows] == [
        [],
        ["组", "乙", "2"],
        ["组", "丙", "3"],
    ]
    assert (grid.rows[1][0].row, grid.rows[1][0].height) == (2, 2)


def test_blank_cells_with_a_border_stay_and_others_do_not():
    book, sheet = _book(["规章", 3, None], ["文件", None, None])
    for place in ("A1", "B1", "A2", "B2"):
        sheet[place].border = FRAME
    assert _texts(office.saved(book)) == ["统计表", [["规章", "3"], ["文件", ""]]]


def test_without_borders_the_widest_row_tells_where_rows_end():
    book, _ = _book(["标题"], ["甲", 1, 2], ["乙", 3], [], ["丙", 4])
    assert _texts(office.saved(book)) == [
        "统计表", "标题", [["甲", "1", "2"], ["乙", "3", ""], ["丙", "4"]]]  # fmt: skip


def test_a_framed_row_below_the_head_is_a_row_of_blanks():
    book, sheet = _book(["结果维持", "结果纠正"])
    for place in ("A1", "B1", "A2", "B2"):
        sheet[place].border = FRAME
    assert _texts(office.saved(book)) == ["统计表", [["结果维持", "结果纠正"], ["", ""]]]


def test_values_of_every_type():
    day = datetime.date(2021, 12, 31)
    book, sheet = _book(["甲", " 12 ", True, day, "#REF!", "1\n2", "\u200b7\u3000"])
    sheet["D1"].number_format = 'yyyy"年"m"月"d"日"'
    assert _texts(office.saved(book))[1] == [
        ["甲", "12", "TRUE", "2021年12月31日", "#REF!", "1\n2", "7"]]  # fmt: skip


def test_zeros_that_a_sheet_does_not_show_are_blank():
    book, sheet = _book(["甲", 0, 5])
    sheet.sheet_view.showZeros = False
    assert _texts(office.saved(book))[1] == [["甲", "", "5"]]


def _with_cells(data: bytes, old: str, new: str) -> bytes:
    """The workbook with a pattern in its first sheet's XML replaced."""
    stream = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(stream, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part, times = re.subn(old.encode(), new.encode(), part)
                assert times
            target.writestr(name, part)
    return stream.getvalue()


def test_a_formula_gives_its_stored_value_and_else_itself():
    book, _ = _book(["甲", "=SUM(1,2)", 5])
    data = office.saved(book)
    assert _texts(data)[1] == [["甲", "=SUM(1,2)", "5"]]
    never, cell = r"<v ?/>|<v></v>", r'r="B1">(<f>[^<]*</f>)(?:<v ?/>|<v></v>)'
    assert _texts(_with_cells(data, never, "<v>3</v>"))[1] == [["甲", "3", "5"]]
    empty = _with_cells(data, cell, r'r="B1" t="str">\1<v></v>')
    assert _texts(empty)[1] == [["甲", "", "5"]]


def _old(prepare) -> bytes:
    book = xlwt.Workbook()
    prepare(book)
    return office.saved(book)


def test_an_old_workbook_shows_the_same():
    def prepare(book):
        sheet = book.add_sheet("统计表")
        sheet.write_merge(0, 0, 0, 3, "标题")
        sheet.write_merge(1, 2, 0, 0, "组")
        percent = xlwt.easyxf(num_format_str="0.0%")
        day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
        for column, (value, style) in enumerate(
            [("甲", None), (12, None), (0.256, percent)], start=1
        ):
            sheet.write(1, column, value, *([style] if style else []))
        sheet.write(2, 1, datetime.date(2021, 12, 31), day)
        sheet.write(2, 2, 1234.5, xlwt.easyxf(num_format_str="#,##0.00"))
        sheet.write(2, 3, 9)
        sheet.write(3, 0, "藏")
        sheet.write(3, 1, 8)
        sheet.row(3).hidden = True
        book.add_sheet("旧").visibility = 1

    data = _old(prepare)
    assert read(data).format == "xls"
    rows = [["组", "甲", "12", "25.6%"], ["组", "2021-12-31", "1,234.50", "9"]]
    assert _texts(data) == ["统计表", "标题", rows]


def test_workbooks_without_text_are_named():
    for data in (office.saved(Workbook()), _old(lambda book: book.add_sheet("空"))):
        with pytest.raises(ReportError, match="spreadsheet without text") as caught:
            read(data)
        assert caught.value.stage == "read"


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_damaged_workbooks_are_named(kind):
    if kind == "xlsx":
        data = _with_cells(office.saved(_book(["甲", 1])[0]), "</sheetData>", "<")
    else:
        whole = _old(lambda book: book.add_sheet("甲").write(0, 0, "规章"))
        data = whole[:1500] + b"\xff" * 400 + whole[1900:]
    with pytest.raises(ReportError, match="spreadsheet that cannot be opened") as caught:
        read(data)
    assert caught.value.stage == "decode"


def test_a_stray_frame_far_out_costs_nothing_and_text_there_is_named():
    book, sheet = _book(["规章", 3])
    sheet["XFD1048576"].border = FRAME
    assert _texts(office.saved(book)) == ["统计表", [["规章", "3"]]]
    sheet["A1048576"] = "x"
    with pytest.raises(ReportError, match="cells beyond row 20000 or column 500"):
        read(office.saved(book))
