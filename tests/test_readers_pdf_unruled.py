"""PDF tables without upright rules: what white space settles is read, what it does not is not."""

from __future__ import annotations

from pdf_pages import Sheet, grids, texts

HEAD = ["自然人", "企业", "总计"]
XS = (60, 220, 300, 380)


def _sheet(rows: list[list[str]], pitch: float = 20, xs: tuple[float, ...] = XS) -> Sheet:
    sheet = Sheet()
    for y, row in enumerate(rows):
        for x, text in zip(xs, row, strict=True):
            if text:
                sheet.text(x, 100 + pitch * y, text)
    return sheet


def test_decimals_are_whole_where_a_printer_sets_each_digit_for_itself():
    sheet = _sheet([["", *HEAD], ["收费", "", "1", "2"]])
    for at, sign in enumerate("65.53"):
        sheet.text(219.2 + 4.8 * at, 120, sign)
    assert texts(sheet)[1] == ["收费", "65.53", "1", "2"]


def test_a_printed_space_stands_inside_a_label_and_a_head():
    rows = [["", "自 然人", "企 业", "总　计"], ["1.重 复申请", "4", "0", "4"]]
    assert texts(_sheet(rows)) == [["自 然人", "企 业", "总 计"], ["1.重 复申请", "4", "0", "4"]]


def test_a_head_set_apart_has_no_columns_of_its_own():
    sheet = _sheet([["", "", "企业", "总计"], ["1.重复申请", "4", "0", "4"]])
    sheet.text(212, 100, "自")
    sheet.text(232, 100, "然人")
    assert texts(sheet)[1] == ["1.重复申请", "4", "0", "4"]


def test_rows_as_near_as_lines_are_told_by_the_spacing_of_the_table():
    rows = [
        ["", *HEAD],
        ["予以公开", "1", "0", "1"],
        ["部分公开", "", "", ""],
        ["其他", "2", "3", "5"],
    ]
    near = [
        ["", *HEAD],
        ["甲项", "1", "0", "1"],
        ["乙项", "2", "0", "2"],
        ["丙项", "", "", ""],
        ["丁项", "3", "0", "3"],
    ]
    for table in (rows, near):
        sheet = _sheet(table, pitch=17)
        sheet.text(60, 100 + 17 * len(table), "无理由大量")
        sheet.text(60, 112 + 17 * len(table), "反复申请")
        sheet.text(220, 106 + 17 * len(table), "8")
        sheet.text(300, 106 + 17 * len(table), "0")
        sheet.text(380, 106 + 17 * len(table), "8")
        found = texts(sheet)
        assert found[1:-1] == table[1:]
        assert found[-1] == ["无理由大量\n反复申请", "8", "0", "8"]


def test_a_rule_between_two_lines_parts_two_rows():
    sheet = _sheet([["", *HEAD], ["规章", "", "", ""], ["规范性文件", "3", "1", "4"]], pitch=16)
    for y in (88, 104, 120, 136):
        sheet.line(56, y, 420, y)
    assert [row[0] for row in texts(sheet)[1:]] == ["规章", "规范性文件"]


def test_the_article_over_a_table_is_a_row_of_its_own():
    sheet = _sheet(
        [["信息内容", "制发件数", "废止件数", "有效件数"], ["规章", "1", "2", "3"]], pitch=16
    )
    sheet.text(200, 84, "第二十条第(一)项")
    assert texts(sheet) == [
        ["第二十条第(一)项"],
        ["信息内容", "制发件数", "废止件数", "有效件数"],
        ["规章", "1", "2", "3"],
    ]


def test_a_misread_number_keeps_its_column_and_is_no_label():
    rows = [["", *HEAD], ["维持", "O", "2", "2"], ["纠正", "3", "l", "4"], ["其他", "5", "0", "S"]]
    assert texts(_sheet(rows))[1:] == rows[1:]
    assert texts(_sheet([rows[0], ["纠正", "3", "O", "3"]]))[1] == ["纠正", "3", "O", "3"]


def test_columns_of_another_width_are_not_those_of_the_page_before():
    first = _sheet([["", *HEAD], ["甲", "11111", "22222", "33333"]])
    other = _sheet([["乙", "44444", "55555", "66666"]], xs=(60, 210, 285, 360))
    same = _sheet([["乙", "4", "5", "6"]])
    assert len(grids(first, other)) == 2
    assert texts(first, same)[2] == ["乙", "4", "5", "6"]


def test_heads_of_groups_stretch_over_the_columns_that_they_join():
    leaves = ["维持", "纠正", "总计"] * 2
    for groups in ((60, 240), (115, 295)):
        sheet = Sheet()
        for at, name in zip(groups, ("复议", "诉讼"), strict=True):
            sheet.text(at, 100, name)
        for column, name in enumerate(leaves):
            x = 60 + 60 * column if groups[0] == 60 else 55 + 60 * column
            sheet.text(x, 120, name)
            sheet.text(x + (0 if groups[0] == 60 else 7.5), 140, str(column))
        (grid,) = grids(sheet)
        assert [(cell.text, cell.width) for cell in grid.rows[0]] == [("复议", 3), ("诉讼", 3)]


def test_numbers_of_two_cells_that_touch_are_not_one_number():
    sheet = _sheet([["", *HEAD], ["一、新收", "４０００", "", ""], ["二、结转", "１", "２", "３"]])
    # Eight full-width digits without any space reach from one column into the next.
    sheet.text(302, 120, "２５２２０００１")
    (grid,) = [grid for grid in grids(sheet) if any("２５２２" in str(row) for row in grid.rows)]
    (cell,) = [cell for row in grid.rows for cell in row if "２５２２" in cell.text]
    assert cell.text == "２５２２０００１…"
