"""Word files: order, merged cells, text boxes, tracked changes, numbers that Word sets itself."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import docx
import office
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from govstats.document import Document, Grid, Line, ReportError
from govstats.readers import read
from govstats.readers.numbering import chinese

NAMESPACES = (
    nsdecls("w")
    + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    + ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    + ' xmlns:v="urn:schemas-microsoft-com:vml"'
    + ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def _read(*elements: str, prepare=lambda document: None) -> Document:
    """Read a Word file with these elements in its body; w: stands for the usual namespace."""
    document = docx.Document()
    prepare(document)
    body = document.element.body
    for element in elements:
        name, rest = element[1:].split(">", 1)
        body.insert(len(body) - 1, parse_xml(f"<{name} {NAMESPACES}>{rest}"))
    return read(office.saved(document))


def _p(text: str, properties: str = "") -> str:
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def _tc(content: str, properties: str = "") -> str:
    inner = content if content.startswith("<") else _p(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def _table(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def _texts(document: Document) -> list:
    """Lines as text, grids as lists of the texts of their rows."""
    return [
        block.text
        if isinstance(block, Line)
        else [[cell.text for cell in row] for row in block.rows]
        for block in document.blocks
    ]


def test_paragraphs_and_tables_come_in_their_order():
    document = _read(_p("前"), _table(_tc("甲") + _tc("1")), _p("中"), _table(_tc("乙") + _tc("2")))
    assert _texts(document) == ["前", [["甲", "1"]], "中", [["乙", "2"]]]
    assert document.format == "docx"
    assert [b.number for b in document.blocks] == [1, 1, 2, 2]


def test_merged_cells_keep_their_spans():
    document = docx.Document()
    office.add_table(
        document, [[("a", 2, 1), ("b", 1, 2)], [("c", 1, 1), ("d", 2, 1)], [("e", 1, 2)]]
    )
    (grid,) = read(office.saved(document)).blocks
    cells = [(c.text, c.row, c.column, c.height, c.width) for row in grid.rows for c in row]
    assert list(dict.fromkeys(cells)) == [
        ("a", 1, 1, 2, 1),
        ("b", 1, 2, 1, 2),
        ("c", 2, 2, 1, 1),
        ("d", 2, 3, 2, 1),
        ("e", 3, 1, 1, 2),
    ]


def test_a_merge_that_continues_nothing_is_a_cell_of_its_own():
    restart, go_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    wide = '<w:gridSpan w:val="2"/>'
    document = _read(
        _table(
            _tc("a", restart) + _tc("1"),
            _tc("b", go_on + wide) + _tc("2"),
            _tc("c", go_on) + _tc("3"),
        )
    )
    assert _texts(document) == [[["a", "1"], ["b", "2"], ["c", "3"]]]


def test_a_row_that_begins_further_right_keeps_its_columns():
    late = '<w:trPr><w:gridBefore w:val="2"/></w:trPr>'
    document = _read(_table(_tc("a") + _tc("b") + _tc("c"), late + _tc("5") + _tc("6")))
    (grid,) = document.blocks
    assert [(c.text, c.column) for c in grid.rows[1]] == [("", 1), ("5", 3), ("6", 4)]


BOX = "<w:txbxContent>{}</w:txbxContent>"


def test_a_text_box_stored_twice_is_read_once():
    box = BOX.format(_p("二、主动公开") + _table(_tc("规章") + _tc("3")))
    both = (
        "<w:p><w:r><w:t>前</w:t></w:r><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert _texts(_read(both)) == ["前", "二、主动公开", [["规章", "3"]]]


def test_an_old_text_box_is_read():
    box = BOX.format(_table(_tc("规章") + _tc("3")))
    old = f"<w:p><w:r><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict></w:r></w:p>"
    assert _texts(_read(old)) == [[["规章", "3"]]]


def test_tables_in_a_layout_table_are_the_grids():
    inner = _table(_tc("规章") + _tc("3"))
    outer = _table(_tc(_p("左")) + _tc(_p("前") + inner + _p("后")))
    assert _texts(_read(outer)) == ["左", "前", [["规章", "3"]], "后"]


def test_a_table_of_one_cell_in_a_cell_is_that_cell():
    frame = _table(_tc("12")) + "<w:p/>"
    assert _texts(_read(_table(_tc("规章") + _tc(frame), _tc("乙") + _tc("3")))) == [
        [["规章", "12"], ["乙", "3"]]
    ]


def test_headers_footers_and_notes_are_left_out():
    def prepare(document):
        document.sections[0].header.paragraphs[0].text = "页眉 5"
        document.sections[0].footer.paragraphs[0].text = "- 3 -"

    assert _texts(_read(_p("正文"), prepare=prepare)) == ["正文"]


def test_deleted_text_is_no_text_and_inserted_is():
    marks = 'w:id="1" w:author="a"'
    cell = (
        f"<w:p><w:del {marks}><w:r><w:delText>5</w:delText></w:r></w:del>"
        f"<w:ins {marks}><w:r><w:t>6</w:t></w:r></w:ins>"
        f"<w:moveFrom {marks}><w:r><w:t>7</w:t></w:r></w:moveFrom></w:p>"
    )
    gone = f"<w:trPr><w:del {marks}/></w:trPr>"
    document = _read(_table(_tc("规章") + _tc(cell), gone + _tc("乙") + _tc("8")))
    assert _texts(document) == [[["规章", "6"]]]


def test_hidden_text_is_no_text():
    run = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>5</w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>6</w:t></w:r>'
    row = "<w:trPr><w:hidden/></w:trPr>"
    document = _read(
        _table(_tc("规章") + _tc(f"<w:p>{run}{shown}</w:p>"), row + _tc("乙") + _tc("8"))
    )
    assert _texts(document) == [[["规章", "6"]]]


def test_content_controls_are_read_but_not_their_prompts():
    filled = f"<w:sdt><w:sdtPr/><w:sdtContent>{_p('12')}</w:sdtContent></w:sdt>"
    prompt = (
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr>"
        f"<w:sdtContent>{_p('单击此处')}</w:sdtContent></w:sdt><w:p/>"
    )
    row = f"<w:sdt><w:sdtContent><w:tr>{_tc('乙') + _tc('3')}</w:tr></w:sdtContent></w:sdt>"
    rows = _table(_tc("规章") + _tc(filled), _tc("甲") + _tc(prompt)).replace("</w:tbl>", row)
    assert _texts(_read(rows + "</w:tbl>")) == [[["规章", "12"], ["甲", ""], ["乙", "3"]]]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<w:p><w:r><w:t>1</w:t><w:br/><w:t>2</w:t></w:r></w:p>", "1\n2"),
        (_p("1") + _p("2"), "1\n2"),
        ("<w:p><w:r><w:t>1</w:t></w:r><w:r><w:t>2</w:t></w:r></w:p>", "12"),
        ("<w:p><w:r><w:noBreakHyphen/><w:t>62</w:t></w:r></w:p>", "-62"),
        (
            '<w:p><w:r><w:t>12</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
            "<w:t>1</w:t></w:r></w:p>",
            "12 (1)",
        ),
        ("<w:p><w:r><w:rPr><w:strike/></w:rPr><w:t>5</w:t></w:r></w:p>", "(5)"),
        (
            '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>=SUM(B1:B2)'
            '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
            '<w:r><w:t>14</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>',
            "14",
        ),
        ("<w:p><m:oMath><m:r><m:t>1</m:t></m:r><m:r><m:t>2</m:t></m:r></m:oMath></w:p>", "1 2"),
        ('<w:p><w:r><w:t xml:space="preserve">  3\u3000\u200b</w:t></w:r></w:p>', "3"),
    ],
)
def test_what_a_cell_says(content, text):
    assert _texts(_read(_table(_tc("规章") + _tc(content)))) == [[["规章", text]]]


def test_a_cell_that_shows_a_picture_is_not_empty():
    picture = '<w:r><w:drawing><a:blip xmlns:a="{}/2006/main"/></w:drawing></w:r>'
    picture = picture.format("http://schemas.openxmlformats.org/drawingml")
    row = _tc("<w:p><w:r><w:t>规章</w:t></w:r></w:p>") + _tc(f"<w:p>{picture}</w:p>")
    (table,) = _read(_table(row)).blocks
    assert [cell.text for cell in table.rows[0]] == ["规章", "[图]"]


def _numbered(*levels: tuple[str, str]):
    """Give a document a list number 7 with these (format, pattern) levels."""

    def prepare(document):
        root = document.part.numbering_part.element
        for each in list(root):
            root.remove(each)
        inner = "".join(
            f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
            f'<w:lvlText w:val="{pattern}"/></w:lvl>'
            for i, (form, pattern) in enumerate(levels)
        )
        root.append(
            parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="3">{inner}</w:abstractNum>')
        )
        root.append(
            parse_xml(f'<w:num {nsdecls("w")} w:numId="7"><w:abstractNumId w:val="3"/></w:num>')
        )

    return prepare


def _item(text: str, level: int = 0) -> str:
    return _p(
        text,
        f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="7"/></w:numPr></w:pPr>',
    )


def test_numbers_that_word_sets_stand_in_front():
    prepare = _numbered(("chineseCountingThousand", "（%1）"), ("decimal", "%2."))
    items = [("予以公开", 0), ("不予公开", 0), ("国家秘密", 1), ("其他", 1), ("总计", 0), ("甲", 1)]
    document = _read(*(_item(*item) for item in items), prepare=prepare)
    assert _texts(document) == [
        "（一）予以公开",
        "（二）不予公开",
        "1.国家秘密",
        "2.其他",
        "（三）总计",
        "1.甲",
    ]


def test_a_number_that_word_sets_never_joins_a_figure():
    document = _read(
        _table(_tc(_item("规章")) + _tc(_item("5")) + _tc(_item(""))),
        prepare=_numbered(("decimal", "%1.")),
    )
    assert _texts(document) == [[["1.规章", "2. 5", ""]]]


def test_numbers_of_a_style_count():
    def prepare(document):
        _numbered(("japaneseCounting", "%1、"))(document)
        style = document.styles["Heading 1"].element
        properties = style.get_or_add_pPr()
        properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="7"/></w:numPr>'))
        assert style.get(qn("w:styleId")) == "Heading1"

    heading = '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>'
    document = _read(_p("总体情况", heading), _p("主动公开", heading), prepare=prepare)
    assert _texts(document) == ["一、总体情况", "二、主动公开"]


def test_bullets_and_unknown_formats_set_no_number():
    for level in (("bullet", "●"), ("thaiCounting", "%1.")):
        assert _texts(_read(_item("规章"), prepare=_numbered(level))) == ["规章"]


def test_chinese_numbers():
    assert [chinese(n) for n in (1, 10, 11, 20, 34, 99, 100)] == [
        "一", "十", "十一", "二十", "三十四", "九十九", "100"]  # fmt: skip


def test_empty_paragraphs_count_as_lines():
    document = _read(_p("规章"), "<w:p></w:p>", _p("3"))
    assert [(line.text, line.number) for line in document.blocks] == [("规章", 1), ("3", 3)]


def test_prose_in_a_layout_table_is_text():
    prose = "本机关依法公开信息，" * 30
    document = _read(_table(_tc("栏目") + _tc(prose)))
    assert _texts(document) == ["栏目", prose]


def test_a_file_without_text_is_named():
    with pytest.raises(ReportError, match="Word file without text or tables") as caught:
        _read("<w:p></w:p>")
    assert caught.value.stage == "read"


def test_a_damaged_file_is_named():
    good = office.as_docx("甲", [])
    stream = BytesIO()
    with ZipFile(BytesIO(good)) as source, ZipFile(stream, "w") as target:
        for name in source.namelist():
            cut = -40 if name == "word/document.xml" else None
            target.writestr(name, source.read(name)[:cut])
    with pytest.raises(ReportError, match="Word file that cannot be opened") as caught:
        read(stream.getvalue())
    assert caught.value.stage == "decode"


def test_deep_nesting_ends_in_an_answer():
    nested = _table(_tc("规章") + _tc("3"))
    for _ in range(30):
        nested = _table(_tc(nested + "<w:p/>") + _tc("甲"))
    texts = _texts(_read(nested))
    assert texts[0] == [["规章", "3"]] and texts[1:] == ["甲"] * 30
    assert not any(isinstance(b, Grid) for b in _read(_p("x")).blocks)
