"""Word files and spreadsheets: merged cells, nested tables, text boxes, one sheet a table."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Any
from xml.sax.saxutils import escape

from govstats.numbers import Value

from .reports import PageEnd, Report
from .sheets import VALUE, Cell, Row, Sheet
from .squares import spread
from .text import EMPTY, REPEATED, row_texts

MERGED = "merged"
# Files carry a time inside; the same case must give the same bytes at any time.
_TIME = (2023, 1, 20, 9, 0, 0)
_STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_V = "urn:schemas-microsoft-com:vml"


def _settled(data: bytes) -> bytes:
    """The same zip archive with every time in it set to one value."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("docProps/"):
                content = _STAMP.sub(b"2023-01-20T09:00:00Z", content)
            new.writestr(zipfile.ZipInfo(name, _TIME), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def write_word(report: Report, rng: Random, fill: str, frame: str = "{}") -> bytes:
    """The report as .docx; `frame` is put around every table."""
    from docx import Document
    from docx.oxml import parse_xml

    document = Document()
    for block in report.blocks:
        if isinstance(block, PageEnd):
            document.add_paragraph(block.number)
            document.add_page_break()
        elif isinstance(block, str):
            document.add_paragraph(block)
        else:
            table = frame.replace("{}", word_table(block.rows, fill))
            # Wrapped, so that every prefix is declared once.
            box = parse_xml(f'<w:box xmlns:w="{_W}" xmlns:v="{_V}">{table}</w:box>')
            for element in list(box):
                document.element.body.insert_element_before(element, "w:sectPr")
            document.add_paragraph("")
    target = io.BytesIO()
    document.save(target)
    return _settled(target.getvalue())


def word_table(rows: Sequence[Row], fill: str) -> str:
    """The XML of a table, merged cells as Word keeps them or filled squares without merges."""
    if fill == MERGED:
        lines = [_merged_row(places) for places in _by_row(rows)]
    else:
        lines = ["".join(map(_word_cell, texts)) for texts in row_texts(rows, fill)]
    body = "".join(f"<w:tr>{line}</w:tr>" for line in lines if line)
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{body}</w:tbl>"


def _by_row(rows: Sequence[Row]) -> list[list[tuple[Cell, bool]]]:
    """Every cell that covers a row, from left to right, and whether it begins there."""
    found = []
    for places in spread(rows):
        row: list[tuple[Cell, bool]] = []
        j = 0
        while j < len(places):
            row.append((places[j].cell, places[j].top))
            j += places[j].cell.width
        found.append(row)
    return found


def _merged_row(cells: Sequence[tuple[Cell, bool]]) -> str:
    parts = []
    for cell, top in cells:
        span = f'<w:gridSpan w:val="{cell.width}"/>' if cell.width > 1 else ""
        merge = '<w:vMerge w:val="restart"/>' if top else "<w:vMerge/>"
        parts.append(_word_cell(cell.text if top else "", span + merge * (cell.height > 1)))
    return "".join(parts)


def _word_cell(text: str, properties: str = "") -> str:
    run = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{run}</w:p></w:tc>"


_NESTED = "<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc><w:tcPr/><w:p/>{}<w:p/></w:tc></w:tr></w:tbl>"
_BOXED = (
    '<w:p><w:r><w:pict><v:shape style="width:400pt;height:300pt"><v:textbox><w:txbxContent>'
    "{}<w:p/></w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
)


def _cell_value(cell: Cell, numeric: bool) -> str | Value | None:
    """What a spreadsheet cell holds: a number only where it would print the same text."""
    if numeric and cell.role == VALUE and cell.value is not None and cell.text == str(cell.value):
        return cell.value
    return cell.text or None


def _pages(report: Report, apart: bool) -> list[list[Any]]:
    """The blocks of each worksheet: all in one, or every table in one of its own."""
    if not apart:
        return [list(report.blocks)]
    pages: list[list[Any]] = [[]]
    last = ""
    for block in report.blocks:
        if isinstance(block, Sheet) and block.name != last:
            heading = pages[-1].pop()
            pages.append([heading])
            last = block.name
        pages[-1].append(block)
    return pages


Put = Callable[[int, int, Cell, bool], None]


def _lay(blocks: Sequence[Any], put: Put, merged: bool) -> None:
    """Call `put` with row and column (from 0), cell and whether to merge, for a whole worksheet."""
    at = 0
    for block in blocks:
        if not isinstance(block, Sheet):
            text = block if isinstance(block, str) else block.number
            put(at, 0, Cell(text), False)
            at += 1
            continue
        grid = [list(places) for places in spread(block.rows)]
        for i, places in enumerate(grid):
            for j, place in enumerate(places):
                if place.origin:
                    put(at + i, j, place.cell, merged and _may_merge(grid, i, j, place.cell))
        at += len(block.rows)


def _may_merge(grid: Sequence[Sequence[Any]], row: int, column: int, cell: Cell) -> bool:
    """Whether a cell spans others, and only its own: a damage may have put another in its way."""
    rows = grid[row : row + cell.height]
    own = [place.cell is cell for places in rows for place in places[column : column + cell.width]]
    return all(own) and len(own) == cell.height * cell.width > 1


def write_workbook(
    report: Report, rng: Random, merged: bool = True, apart: bool = False, numeric: bool = True
) -> bytes:
    """The report as .xlsx."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for number, blocks in enumerate(_pages(report, apart), start=1):
        sheet = book.create_sheet(f"Sheet{number}")

        def put(row: int, column: int, cell: Cell, merge: bool, sheet: Any = sheet) -> None:
            value = _cell_value(cell, numeric)
            if value is not None:
                sheet.cell(row + 1, column + 1, value)
            if merge:
                bottom, right = row + cell.height, column + cell.width
                sheet.merge_cells(None, row + 1, column + 1, bottom, right)

        _lay(blocks, put, merged)
    target = io.BytesIO()
    book.save(target)
    return _settled(target.getvalue())


def write_old_workbook(report: Report, rng: Random) -> bytes:
    """The report as .xls."""
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")

    def put(row: int, column: int, cell: Cell, merge: bool) -> None:
        value = _cell_value(cell, numeric=True)
        if merge:
            bottom, right = row + cell.height - 1, column + cell.width - 1
            sheet.write_merge(row, bottom, column, right, value)
        elif value is not None:
            sheet.write(row, column, value)

    _lay(report.blocks, put, merged=True)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


OFFICE: dict[str, Callable[[Report, Random], bytes]] = {
    "docx_merged": partial(write_word, fill=MERGED),
    "docx_empty": partial(write_word, fill=EMPTY),
    "docx_repeated": partial(write_word, fill=REPEATED),
    "docx_nested": partial(write_word, fill=MERGED, frame=_NESTED),
    "docx_text_box": partial(write_word, fill=MERGED, frame=_BOXED),
    "xlsx_merged": write_workbook,
    "xlsx_plain": partial(write_workbook, merged=False),
    "xlsx_sheets": partial(write_workbook, apart=True),
    "xlsx_text": partial(write_workbook, numeric=False),
    "xls_merged": write_old_workbook,
}
