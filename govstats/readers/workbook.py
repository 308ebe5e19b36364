"""The sheets of a workbook as texts at places, alike for .xlsx (openpyxl) and .xls (xlrd)."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from govstats.document import ReportError
from govstats.readers.archive import FAULTS
from govstats.readers.blocks import tidy
from govstats.readers.limits import MOST_CELLS, MOST_MERGED, MOST_PLACES, refuse
from govstats.readers.number_format import show_moment, show_number

if TYPE_CHECKING:
    from openpyxl.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet
    from xlrd.book import Book
    from xlrd.sheet import Sheet as OldSheet

# No form is near this; one stray cell in the last row would make millions of empty ones.
MOST_ROWS = 20_000
MOST_COLUMNS = 500
# Elements of a sheet that are counted before it is opened.
_COUNTED = ("{*}c", "{*}mergeCell")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


@dataclass
class Sheet:
    """One sheet as it is shown; rows and columns count from 1.

    `merged` are ranges (first row, first column, last row, last column); `framed` are the places
    with a border, by which an empty cell is known to be printed.
    """

    name: str
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    framed: set[tuple[int, int]] = field(default_factory=set)


def read_xlsx(data: bytes) -> list[Sheet]:
    """The visible sheets of an .xlsx file in order. Raises ReportError (stage decode)."""
    from openpyxl import load_workbook

    _require_sane(data)
    try:
        with warnings.catch_warnings():
            # About features that are left out, such as drop-down lists.
            warnings.simplefilter("ignore")
            book = load_workbook(BytesIO(data), data_only=True, keep_links=False)
            formulas = load_workbook(BytesIO(data)) if _has_formulas(data) else None
            return [
                _new_sheet(sheet, formulas[sheet.title] if formulas else None)
                for sheet in book.worksheets
                if sheet.sheet_state == "visible"
            ]
    except Exception as error:
        raise _damaged() from error


def _damaged() -> ReportError:
    return ReportError(
        "decode", "is a spreadsheet that cannot be opened: open it and save it again as .xlsx"
    )


def _has_formulas(data: bytes) -> bool:
    return any(_FORMULA.search(part) for part in _parts(data))


def _parts(data: bytes) -> Iterator[bytes]:
    """The parts of a workbook that are XML, in any of its encodings."""
    with ZipFile(BytesIO(data)) as archive:
        for info in archive.infolist():
            part = archive.read(info)
            if part.lstrip()[:1] in (b"<", b"\xef", b"\xff", b"\xfe"):
                yield part


def _require_sane(data: bytes) -> None:
    """Raise ReportError for a sheet of which openpyxl would make too much, or a damaged part."""
    from lxml import etree

    try:
        for part in _parts(data):
            cells = merged = places = 0
            try:
                for _, element in etree.iterparse(BytesIO(part), tag=_COUNTED):
                    if element.tag.endswith("}c"):
                        cells += 1
                    else:
                        merged += 1
                        places += _places(element.get("ref", ""))
                    element.clear()
            except etree.XMLSyntaxError:
                pass  # as far as it goes; openpyxl tells what is wrong
            if cells > MOST_CELLS:
                raise refuse(f"is a spreadsheet of more than {MOST_CELLS:,} cells")
            if merged > MOST_MERGED or places > MOST_PLACES:
                raise refuse("is a spreadsheet with merged cells out of all measure")
    except FAULTS as error:
        raise _damaged() from error


def _places(ref: str) -> int:
    """Cells of a merged range such as A1:C2."""
    from openpyxl.utils import range_boundaries

    left, top, right, bottom = range_boundaries(ref)
    return (right - left + 1) * (bottom - top + 1) if right and bottom else MOST_PLACES


def _new_sheet(sheet: Worksheet, formulas: Worksheet | None) -> Sheet:
    found = Sheet(sheet.title)
    zeros = sheet.sheet_view.showZeros is not False
    borders: dict[int, bool] = {}
    # Only the cells that the file has: rows and columns between them may be a million.
    for cell in sheet._cells.values():
        place = (cell.row, cell.column)
        if cell.has_style and borders.setdefault(cell.style_id, _is_framed(cell)):
            found.framed.add(place)
        text = _shown(cell.value, cell.number_format, zeros)
        if cell.value is None and formulas is not None:
            text = _formula(cell, formulas.cell(*place).value)
        if text:
            found.texts[place] = text
    ranges = sheet.merged_cells.ranges
    found.merged = [(each.min_row, each.min_col, each.max_row, each.max_col) for each in ranges]
    for number, row in sheet.row_dimensions.items():
        if row.hidden or row.height == 0:
            found.hidden_rows.add(number)
    for column in sheet.column_dimensions.values():
        if column.hidden or column.width == 0:
            found.hidden_columns.update(range(column.min, min(column.max, MOST_COLUMNS) + 1))
    return found


def _is_framed(cell: Cell | MergedCell) -> bool:
    border = cell.border
    sides = (border.left, border.right, border.top, border.bottom)
    return any(side is not None and side.style for side in sides)


def _formula(cell: Cell | MergedCell, formula: object) -> str:
    """A formula that was never calculated, as text: no figure, and the reason can be seen."""
    # A result that is an empty text is kept as text: that cell was calculated.
    if cell.data_type != "n":
        return ""
    text = getattr(formula, "text", formula)
    return text if isinstance(text, str) and text.startswith("=") else ""


def _shown(value: Any, code: str, zeros: bool = True) -> str:
    """The text of a cell as its number format shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return "" if value == 0 and not zeros else show_number(value, code or "General")
    if isinstance(value, (datetime, date, time, timedelta)):
        return show_moment(value, code)
    return "\n".join(filter(None, map(tidy, str(value).split("\n"))))


def read_xls(data: bytes) -> list[Sheet]:
    """The visible sheets of an .xls file in order. Raises ReportError (stage decode)."""
    import xlrd

    try:
        book = xlrd.open_workbook(
            file_contents=data,
            formatting_info=True,
            logfile=StringIO(),
            on_demand=True,
            ragged_rows=True,
        )
        sheets = [book.sheet_by_index(index) for index in range(book.nsheets)]
        return [_old_sheet(sheet, book) for sheet in sheets if sheet.visibility == 0]
    except Exception as error:
        if "encrypted" in str(error):
            raise ReportError(
                "decode", "is protected with a password: open it and save it without"
            ) from error
        raise _damaged() from error


def _old_sheet(sheet: OldSheet, book: Book) -> Sheet:
    found = Sheet(sheet.name)
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row)):
            style = book.xf_list[cell.xf_index]
            if _has_lines(style.border):
                found.framed.add((row + 1, column + 1))
            code = book.format_map[style.format_key].format_str
            text = _shown(_value(cell, book.datemode), code, bool(sheet.show_zero_values))
            if text:
                found.texts[row + 1, column + 1] = text
    found.merged = [(top + 1, left + 1, bottom, right) for top, bottom, left, right in
                    sheet.merged_cells]  # fmt: skip
    found.hidden_rows = {row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden}
    found.hidden_columns = {at + 1 for at, info in sheet.colinfo_map.items() if info.hidden}
    return found


def _has_lines(border: Any) -> bool:
    sides = ("left", "right", "top", "bottom")
    return any(getattr(border, f"{side}_line_style") for side in sides)


def _value(cell: Any, datemode: int) -> object:
    """An old cell's value as the type that it is shown as; None where it is empty."""
    import xlrd

    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#ERROR!")
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(cell.value, datemode)
        except xlrd.XLDateError:
            return f"#{cell.value:g}"
    return cell.value
