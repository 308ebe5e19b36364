"""Encodings, HTML and limits of the readers."""

from __future__ import annotations

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
    html = "<table><tr><td colspan=999999>a<td>b<tr><td rowspan='x'>c</table>"
    assert _grid(html)[1] == ["c"]


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
    html = "<html><body>" + "<div>" * 3000 + "深" + "</div>" * 3000
    assert read(html.encode()).text() in ("深", "")
