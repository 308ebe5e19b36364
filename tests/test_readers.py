"""Encodings, HTML and limits of the readers."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from govstats.document import Grid, ReportError
from govstats.readers import read
from govstats.readers.encoding import decode
from govstats.readers.html import read_html

TEXT = "甲县2020年政府信息公开工作年度报告\n一、总体情况\n本年新收政府信息公开申请数量\t3\n"
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_reads_each_encoding(encoding):
    assert decode(TEXT.encode(encoding)) == TEXT


def test_line_ends_become_newlines():
    assert decode(b"a\r\nb\rc\n") == "a\nb\nc\n"


@pytest.mark.parametrize("encoding", ["big5", "shift-jis"])
def test_refuses_other_encodings(encoding):
    words = {
        "big5": "政府資訊公開申請數量總計結轉",
        "shift-jis": "情報公開請求の件数とその合計です",
    }
    with pytest.raises(ReportError, match="is not text in UTF-8") as caught:
        decode((words[encoding] * 20).encode(encoding))
    assert caught.value.stage == "decode"


def _grid(html: str) -> list[list[str]]:
    (grid,) = (block for block in read_html(html).blocks if isinstance(block, Grid))
    return [[cell.text for cell in row] for row in grid.rows]


def test_spans_are_expanded():
    html = "<table><tr><td rowspan=2>a<td colspan=2>b<tr><td>c<td>d</table>"
    assert _grid(html) == [["a", "b"], ["a", "c", "d"]]


def test_a_span_without_measure_is_bounded():
    html = "<table><tr><td colspan=999999>a<td>b<tr><td rowspan='x'>c<td>d</table>"
    assert _grid(html)[1] == ["c", "d"]


def test_cells_keep_their_line_breaks_apart():
    assert _grid("<table><tr><td>1<br>2<td><p>3</p><p>4</p></table>") == [["1\n2", "3\n4"]]


def test_hidden_parts_and_scripts_are_left_out():
    html = "<html><body><script>5</script><p style='display: none'>6</p><p>七</p></body></html>"
    assert read_html(html).text() == "七"


def test_layout_tables_around_a_report_are_no_grids():
    html = "<table><tr><td>前<table><tr><td>1<td>2</table>后</td></tr></table>"
    document = read_html(html)
    assert document.text() == "前\n后"
    assert _grid(html) == [["1", "2"]]


def test_deep_nesting_is_read():
    html = "<html><body>" + "<div>" * 1500 + "深" + "</div>" * 1500
    assert read(html.encode()).text() == "深"


def test_nesting_without_end_is_named():
    html = "<html><body>" + "<div>" * 50_000 + "深" + "</div>" * 50_000
    with pytest.raises(ReportError, match="is an HTML page nested too deep"):
        read(html.encode())


def test_a_table_of_one_cell_in_a_cell_is_that_cell():
    inner = "<table><tr><td>12</td></tr></table>"
    assert _grid(f"<table><tr><td>规章<td>{inner}<tr><td>乙<td>3</table>") == [
        ["规章", "12"],
        ["乙", "3"],
    ]


def test_heights_end_with_their_part_of_the_table():
    body = "<tbody><tr><td rowspan=9>a<td>1<tr><td>2</tbody><tbody><tr><td>b<td>3</tbody>"
    assert _grid(f"<table>{body}</table>") == [["a", "1"], ["a", "2"], ["b", "3"]]


def test_a_height_of_zero_goes_down_to_the_end():
    assert _grid("<table><tr><td rowspan=0>a<td>1<tr><td>2<tr><td>3</table>") == [
        ["a", "1"],
        ["a", "2"],
        ["a", "3"],
    ]


STYLES = {
    ".x{display:none}": ["1"],
    "td.x { DISPLAY : NONE !important }": ["1"],
    "<!-- .x{display:none} -->": ["1"],
    "tr td.y, .x{display:none}": ["1"],
    "@media screen{.x{display:none}}": ["1"],
    ".x{visibility:hidden}": ["", "1"],
    ".x{display:none} td.x{display:table-cell}": ["9", "1"],
    "@media print{.x{display:none}}": ["9", "1"],
    "@media (max-width:600px){.x{display:none}}": ["9", "1"],
    ".x:hover{display:none}": ["9", "1"],
    ".x{display:none": ["1"],
    ".x{color:red} }}} .y{display:none}": ["9", "1"],
}


@pytest.mark.parametrize("style", STYLES)
def test_cells_that_the_page_hides_by_a_class(style):
    html = (
        f"<style>{style}</style><table><tr><td>规章<td class=x>9<td>1<tr><td>乙<td>2<td>3</table>"
    )
    assert _grid(html)[0] == ["规章", *STYLES[style]]


def test_an_inline_style_is_stronger_than_a_class():
    style = "<style>.x{display:none}</style>"
    html = (
        f"{style}<table><tr><td>规章<td class=x style='display:table-cell'>9<tr><td>乙<td>2</table>"
    )
    assert _grid(html)[0] == ["规章", "9"]


def test_what_a_script_shows_later_is_read():
    html = "<style>.main{display:none}</style><p>首页</p><div class=main><p>一、总体情况</p></div>"
    assert read_html(html).text() == "首页\n一、总体情况"


def test_hidden_rows_are_left_out():
    rows = "<tr><td>甲<td>1<tr style='display:none'><td>乙<td>2<tr hidden><td>丙<td>3"
    body = "<tbody style='display:none'><tr><td>丁<td>4</tbody>"
    assert _grid(f"<table>{rows}{body}</table>") == [["甲", "1"]]


CELLS = {
    "<o:p>&nbsp;</o:p>": "",
    "&#12;&ensp;3&#8203;&shy;": "3",
    "<input value=12>": "12",
    "<input type=hidden value=9><input type=text value=12>": "12",
    "<input type=checkbox value=9>": "",
    "<textarea>\n12</textarea>": "12",
    "12<sup>1</sup>": "12 (1)",
    "<s>5</s>6": "(5) 6",
    "<del>5</del><ins>6</ins>": "6",
    "條<rt>tiáo</rt>": "條",
    "1<!--[if gte mso 9]>5<![endif]-->2": "12",
    "<span style='mso-hide:all'>5</span>2": "2",
    "2<span style='font-size:0'>5</span>": "2",
    "<span style='font-size:0'><b style='font-size:9pt'>2</b></span>": "2",
    "2<span style='font-size:0.9em'>5</span>": "25",
    "<img src=12.gif>": "[图]",
    "<img src=12.gif>3": "3",
    "<img src=dot.gif width=1 height=1>": "",
    "结<br>果": "结\n果",
    "<p>结</p><p>果</p>": "结\n果",
    "&lt;5&gt;": "<5>",
}


@pytest.mark.parametrize("content", CELLS)
def test_what_a_cell_says(content):
    (row, _) = _grid(f"<table><tr><td>规章</td><td>{content}</td></tr><tr><td>乙<td>2</table>")
    assert row == ["规章", CELLS[content]]


def _blocks(html: str) -> list:
    return [
        [[cell.text for cell in row] for row in block.rows if row]
        if isinstance(block, Grid)
        else block.text
        for block in read_html(html).blocks
    ]


BROKEN = {
    "<tr><td>规章<td>3</tr><tr><td>乙<td>4</tr></table><p>后": [[["规章", "3"], ["乙", "4"]], "后"],
    "<tr><td>规章<td>3<tr><td>乙<td>4</table><p>后": [[["规章", "3"], ["乙", "4"]], "后"],
    "<table><form><tr><td>规章</form><td>3<tr><td>乙<td>4</table>": [[["规章", "3"], ["乙", "4"]]],
    "<table><td>规章<td>3</table>": [[["规章", "3"]]],
    "<table><tr><td>规章<td>3</tr><td>乙<td>4</tr></table>": [[["规章", "3"], ["乙", "4"]]],
    "<td>规章<td>3<p>后": [[["规章", "3"]], "后"],
    "<table><tr><td>规章</td>3</td><td>4</td>注</tr></table>": [[["规章", "3", "4"]], "注"],
    "<table><tr><td>规章<td>3</tr><table><tr><td>乙<td>4</table>后": [
        [["规章", "3"]],
        [["乙", "4"]],
        "后",
    ],
    "<table><caption>表一</caption><tr><td>规章<td>3</tr><p>五、问题": [
        "表一",
        [["规章", "3"]],
        "五、问题",
    ],
    "<table><tr><td>规章<td rowspan=3>3</td></tr></table><p>后": [[["规章", "3"]], "后"],
}


@pytest.mark.parametrize("html", BROKEN)
def test_broken_markup(html):
    assert _blocks(f"<html><body>{html}") == BROKEN[html]


def test_headings_and_prose_in_a_table_are_text_between_its_parts():
    prose = "本机关依法公开信息，" * 30
    rows = [
        "<td colspan=2>甲县年报",
        "<td>规章<td>3",
        "<td colspan=2> ",
        f"<td>一、<td>{prose}",
        "<td>乙<td>4",
    ]
    html = "<table>" + "".join(f"<tr>{row}" for row in rows) + "</table>"
    assert _blocks(html) == ["甲县年报", [["规章", "3"]], "一、", prose, [["乙", "4"]]]
    places = [
        c.row for b in read_html(html).blocks if isinstance(b, Grid) for r in b.rows for c in r
    ]
    assert places == [2, 2, 5, 5]


def test_preformatted_text_keeps_its_lines_and_tabs():
    assert _blocks("<pre>一、总体情况\n规章\t3\t4</pre>") == ["一、总体情况", "规章\t3\t4"]


def test_text_with_markup_further_down_is_html():
    assert read("<span>甲</span><br>乙".encode()).text() == "甲\n乙"
    assert read("甲县\n<3 件".encode()).format == "text"


def test_a_frame_that_counts_visits_holds_no_report():
    with pytest.raises(ReportError, match="without text"):
        read_html("<html><body><iframe src=count.html width=1 height=1></iframe></body></html>")


def test_a_title_with_empty_cells_beside_it_is_text():
    title = "甲县2021年政府信息公开工作年度报告"
    assert _blocks(f"<table><tr><td>{title}<td><td><tr><td>规章<td>3<td></table>") == [
        title,
        [["规章", "3", ""]],
    ]


def test_a_page_saved_as_one_file_is_read():
    page = "<html><body><p>甲县</p><table><tr><td>规章<td>3</table></body></html>"
    message = EmailMessage()
    message["Subject"] = "甲"
    message.set_content(page, subtype="html", charset="utf-8", cte="base64")
    message.make_related()
    message.add_related(b"x", "image", "png", cid="<a>")
    data = b"From: <Saved by a browser>\r\n" + message.as_bytes()
    assert read(data) == read(page.encode())
    assert read(data).format == "html"


def test_a_saved_message_without_a_page_is_named():
    with pytest.raises(ReportError, match="saved message without a page"):
        read(b"MIME-Version: 1.0\nContent-Type: text/plain\n\n1 2 3\n")
