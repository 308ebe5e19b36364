"""Spreadsheets (.xlsx, .xls) -> Document: every visible sheet, its name as a line before it.

openpyxl and xlrd read them, not python-calamine, though that is far quicker: calamine 0.9 takes
0.4 ms for a filled form of three tables as .xlsx and 0.1 ms as .xls, openpyxl 3.1 68 ms and xlrd
2.0 1.6 ms. But it gives no number formats (0.25 where the sheet shows 25%), no hidden rows and
columns, and an empty text for a formula that was never calculated, as for an empty cell. What a
cell shows decides its status here, and a report holds one such file.

Rows and columns keep the numbers that the sheet shows. Hidden ones are left out: they are not
printed. A merged cell that begins in one begins in the first that is shown. A row of one cell with
words becomes a line, and so does one that holds prose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from govstats.document import Document, Grid, GridCell, ReportError
from govstats.numbers import is_blank, parse_number
from govstats.readers.archive import MAGIC
from govstats.readers.blocks import Blocks
from govstats.readers.workbook import MOST_COLUMNS, MOST_ROWS, Sheet, read_xls, read_xlsx

_Place = tuple[int, int]


def read_sheet(data: bytes) -> Document:
    """Lines and grids of a workbook's visible sheets.

    Raises ReportError (stage decode) for a damaged file, (stage read) for one without content.
    """
    is_new = data.startswith(MAGIC)
    sheets = [sheet for sheet in (read_xlsx if is_new else read_xls)(data) if sheet.texts]
    if not sheets:
        raise ReportError("read", "is a spreadsheet without text in a visible sheet: check it")
    found = Blocks()
    for sheet in sheets:
        _require_size(sheet)
        found.add_text(_name(sheet))
        found.grids += 1
        found.add_grid(Grid(found.grids, tuple(_rows(sheet))))
    return Document("xlsx" if is_new else "xls", tuple(found.blocks))


def _require_size(sheet: Sheet) -> None:
    """Drop frames that are far out; raises ReportError where text or merged cells are."""
    rows, columns = (max(place[i] for place in sheet.texts) for i in (0, 1))
    merged = sum(
        (min(bottom, rows) - top + 1) * (min(right, columns) - left + 1)
        for top, left, bottom, right in sheet.merged
        if top <= rows and left <= columns
    )
    if rows > MOST_ROWS or columns > MOST_COLUMNS or merged > MOST_ROWS * MOST_COLUMNS:
        raise ReportError(
            "read",
            f"is a spreadsheet with cells beyond row {MOST_ROWS} or column {MOST_COLUMNS}: "
            "cut out the report",
        )
    sheet.framed = {
        place for place in sheet.framed if place[0] <= rows + 1 and place[1] <= MOST_COLUMNS
    }


def _name(sheet: Sheet) -> str:
    """The sheet's name; one like 2 must not pass for a figure of the table before it."""
    bare = parse_number(sheet.name) is not None or is_blank(sheet.name)
    return f"工作表 {sheet.name}" if bare else sheet.name


def _rows(sheet: Sheet) -> Iterator[tuple[GridCell, ...]]:
    """Every row down to the last one with text; those hidden or empty hold no cells."""
    owners = dict(_owners(sheet))
    shown = {place: text for place, text in sheet.texts.items() if _is_shown(sheet, place)}
    # Of a merged cell, only the text of its first place is shown.
    shown = {p: text for p, text in shown.items() if p not in owners or _first(owners[p]) == p}
    shown |= {_first(cell): cell.text for cell in owners.values() if cell.text}
    ends = _ends(sheet, shown, owners)
    for row in range(1, _last_row(sheet, shown) + 1):
        cells: dict[GridCell, None] = {}
        for column in range(1, ends.get(row, 0) + 1):
            place = (row, column)
            if _is_shown(sheet, place):
                alone = GridCell(shown.get(place, ""), row, column)
                cells[owners.get(place, alone)] = None
        yield tuple(cells)


def _last_row(sheet: Sheet, shown: Mapping[_Place, str]) -> int:
    """The last row with text, or the framed ones right behind it where it is the table's head."""
    last = max((row for row, _ in shown), default=0)
    if any(parse_number(text) for (row, _), text in shown.items() if row == last):
        return last
    framed = {row for row, column in sheet.framed if _is_shown(sheet, (row, column))}
    while last + 1 in framed:
        last += 1
    return last


def _first(cell: GridCell) -> _Place:
    return cell.row, cell.column


def _is_shown(sheet: Sheet, place: _Place) -> bool:
    return place[0] not in sheet.hidden_rows and place[1] not in sheet.hidden_columns


def _owners(sheet: Sheet) -> Iterator[tuple[_Place, GridCell]]:
    """Each shown place of a merged cell, with that cell."""
    last_row = max(row for row, _ in sheet.texts)
    last_column = max([column for _, column in sheet.texts | dict.fromkeys(sheet.framed, "")])
    for top, left, bottom, right in sheet.merged:
        rows = [r for r in range(top, min(bottom, last_row) + 1) if r not in sheet.hidden_rows]
        columns = [
            c for c in range(left, min(right, last_column) + 1) if c not in sheet.hidden_columns
        ]
        if rows and columns:
            height, width = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
            text = sheet.texts.get((top, left), "")
            cell = GridCell(text, rows[0], columns[0], height, width)
            yield from (((row, column), cell) for row in rows for column in columns)


def _ends(
    sheet: Sheet, shown: Mapping[_Place, str], owners: Mapping[_Place, GridCell]
) -> dict[int, int]:
    """Row -> its last cell: filled, merged or with a border; no row without any of them.

    In a sheet without borders all rows between two empty ones end alike, but those in front that
    hold one cell each: titles and headings.
    """
    filled: dict[int, set[int]] = {}
    for (row, column), cell in owners.items():
        if cell.text:
            filled.setdefault(row, set()).add(column)
    for row, column in shown:
        filled.setdefault(row, set()).add(column)
    framed = {place for place in sheet.framed if _is_shown(sheet, place)}
    if framed:
        for row, column in framed:
            filled.setdefault(row, set()).add(column)
        return {row: max(columns) for row, columns in filled.items()}
    ends: dict[int, int] = {}
    for block in _runs(sorted(filled)):
        widest = max(max(filled[row]) for row in block)
        leading = True
        for row in block:
            places = {owners.get((row, c), GridCell("", row, c)) for c in filled[row]}
            leading = leading and len(places) == 1
            ends[row] = max(filled[row]) if leading else widest
    return ends


def _runs(rows: list[int]) -> Iterator[list[int]]:
    """Stretches of rows that follow each other."""
    run: list[int] = []
    for row in rows:
        if run and row != run[-1] + 1:
            yield run
            run = []
        run.append(row)
    if run:
        yield run
