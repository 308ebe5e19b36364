"""Writes statutory tables as Word files, spreadsheets and web pages with merged cells; for tests.

A table is a list of rows, a row a list of (text, height, width), as a reader lays them out.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from io import BytesIO

import docx
import xlwt
from layouts import full_labels
from openpyxl import Workbook
from openpyxl.styles import Border, Side

from govstats.forms import Address, Table, find_table

Row = list[tuple[str, int, int]]
Printed = Mapping[Address, str]
NOTE = "(本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和)"
SUITS = {"suit_direct": "未经复议直接起诉", "suit_after_review": "复议后起诉"}


def disclosure_rows(printed: Printed, form: str) -> list[Row]:
    """One block under the other; the last column is as wide as all that other blocks have more."""
    table = find_table("disclosure", form)
    widest = 1 + max(len(block.columns) for block in table.blocks)
    rows: list[Row] = []
    for block in table.blocks:
        rest = widest - len(block.columns)
        widths = [1] * (len(block.columns) - 1) + [rest]
        heads = [column.zh for column in block.columns]
        rows.append([(block.path, 1, widest)])
        rows.append([("信息内容", 1, 1), *zip(heads, [1] * len(heads), widths, strict=True)])
        for row in block.rows:
            texts = [
                printed.get(Address("disclosure", row.code, c.code), "") for c in block.columns
            ]
            cells = zip(texts, [1] * len(texts), widths, strict=True)
            rows.append([(row.zh, 1, 1), *cells])
    return rows


def requests_rows(printed: Printed, form: str) -> list[Row]:
    """The head in three rows; group labels span the rows of their group."""
    table = find_table("requests", form)
    columns = [column.code for column in table.blocks[0].columns]
    inner = [(column.zh, 1, 1) for column in table.blocks[0].columns if column.group]
    rows: list[Row] = [
        [(NOTE, 3, 3), ("申请人情况", 1, 7)],
        [("自然人", 2, 1), ("法人或其他组织", 1, 5), ("总计", 2, 1)],
        inner,
    ]
    for labels, code in _with_heights(table):
        values = [(printed.get(Address("requests", code, column), ""), 1, 1) for column in columns]
        rows.append([*labels, *values])
    return rows


def _with_heights(table: Table) -> Iterator[tuple[Row, str]]:
    """Label cells of each row; a group's label stands in the first row of the group only."""
    labels = full_labels(table)
    heights: dict[tuple[str, ...], int] = {}
    for names in labels.values():
        for depth in range(1, len(names)):
            heights[tuple(names[:depth])] = heights.get(tuple(names[:depth]), 0) + 1
    seen = set()
    for code, names in labels.items():
        row: Row = []
        for depth in range(1, len(names)):
            group = tuple(names[:depth])
            if group not in seen:
                row.append((names[depth - 1], heights[group], 1))
            seen.add(group)
        yield [*row, (names[-1], 1, 4 - len(names))], code


def remedies_rows(printed: Printed) -> list[Row]:
    """A head of three rows and one row of fifteen cells."""
    table = find_table("remedies", "any")
    columns = [column.zh for column in table.blocks[0].columns]
    return [
        [("行政复议", 1, 5), ("行政诉讼", 1, 10)],
        [*((zh, 2, 1) for zh in columns), *((zh, 1, 5) for zh in SUITS.values())],
        [(zh, 1, 1) for zh in columns] * 2,
        [(printed.get(address, ""), 1, 1) for address in table.addresses],
    ]


def statutory(printed: Printed, disclosure: str, requests: str) -> list[tuple[str, list[Row]]]:
    """The three tables in order, each with the heading that stands above it."""
    return [
        ("二、主动公开政府信息情况", disclosure_rows(printed, disclosure)),
        ("三、收到和处理政府信息公开申请情况", requests_rows(printed, requests)),
        ("四、政府信息公开行政复议、行政诉讼情况", remedies_rows(printed)),
    ]


def placed(rows: Sequence[Row]) -> Iterator[tuple[int, int, str, int, int]]:
    """Row and column from 0, text, height and width of every cell."""
    taken: set[tuple[int, int]] = set()
    for at, row in enumerate(rows):
        column = 0
        for text, height, width in row:
            while (at, column) in taken:
                column += 1
            yield at, column, text, height, width
            taken |= {(at + i, column + j) for i in range(height) for j in range(width)}


def width_of(rows: Sequence[Row]) -> int:
    """Columns of a table."""
    return max(column + width for _, column, _, _, width in placed(rows))


def html_table(rows: Sequence[Row], attributes: str = "") -> str:
    """A table element with rowspan and colspan."""
    lines = (
        "".join(f'<td rowspan="{h}" colspan="{w}">{escape(text)}</td>' for text, h, w in row)
        for row in rows
    )
    return f"<table{attributes}>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def as_html(title: str, tables: Sequence[tuple[str, list[Row]]]) -> bytes:
    """A web page: title, and every heading with its table below it."""
    body = "".join(f"<p>{escape(head)}</p>{html_table(rows)}" for head, rows in tables)
    return f"<html><body><h1>{escape(title)}</h1><p>一、总体情况</p>{body}</body></html>".encode()


def add_table(parent, rows: Sequence[Row]):
    """Put a table with merged cells into a Word document or a cell of one."""
    table = parent.add_table(len(rows), width_of(rows))
    for at, column, text, height, width in placed(rows):
        cell = table.cell(at, column)
        if height > 1 or width > 1:
            cell = cell.merge(table.cell(at + height - 1, column + width - 1))
        cell.text = text
    return table


def as_docx(title: str, tables: Sequence[tuple[str, list[Row]]]) -> bytes:
    """A Word file: title, and every heading with its table below it."""
    document = docx.Document()
    document.add_paragraph(title)
    document.add_paragraph("一、总体情况")
    for head, rows in tables:
        document.add_paragraph(head)
        add_table(document, rows)
    return saved(document)


def saved(document) -> bytes:
    """Bytes of a Word document or workbook."""
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _number(text: str) -> str | float:
    """What a spreadsheet would store: plain figures as numbers, anything else as text."""
    return float(text) if text.lstrip("-").isdecimal() else text


def as_xlsx(title: str, tables: Sequence[tuple[str, list[Row]]], framed: bool = True) -> bytes:
    """A workbook with all on one sheet, one table below the other, with borders or without."""
    line = Side(style="thin")
    book = Workbook()
    sheet = book.active
    sheet.append([title])
    for head, rows in tables:
        sheet.append([head])
        top = sheet.max_row + 1
        for at, column, text, height, width in placed(rows):
            row, left = top + at, column + 1
            sheet.cell(row, left).value = _number(text) if text else None
            if height > 1 or width > 1:
                sheet.merge_cells(
                    start_row=row,
                    start_column=left,
                    end_row=row + height - 1,
                    end_column=left + width - 1,
                )
            for each in ((row + i, left + j) for i in range(height) for j in range(width)):
                if framed:
                    sheet.cell(*each).border = Border(line, line, line, line)
    return saved(book)


def as_xls(title: str, tables: Sequence[tuple[str, list[Row]]]) -> bytes:
    """An old workbook with a sheet for every table."""
    framed = xlwt.easyxf("borders: left thin, right thin, top thin, bottom thin")
    book = xlwt.Workbook()
    for name, (head, rows) in zip("甲乙丙", tables, strict=True):
        sheet = book.add_sheet(name)
        sheet.write(0, 0, title)
        sheet.write(1, 0, head)
        for at, column, text, height, width in placed(rows):
            end = (at + 1 + height, column + width - 1)
            sheet.write_merge(at + 2, end[0], column, end[1], _number(text), framed)
    return saved(book)


def png(width: int, height: int) -> bytes:
    """A white picture of so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff" * width) * height)
    chunks = (chunk(b"IHDR", head), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
