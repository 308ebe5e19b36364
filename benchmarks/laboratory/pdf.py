"""PDF layouts with text: ruled and unruled tables, page ends inside them, labels set upright.

Drawn cell by cell, so that rules and page ends stand where a layout wants them. The font is one of
the Chinese fonts every PDF viewer brings along, named but not embedded.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from .reports import PageEnd, Report
from .sheets import GROUP, HEAD, LABEL, VALUE, Cell, Row, Sheet
from .squares import cut, spread

FONT = "STSong-Light"
A4, A4_WIDE, A3 = (595.0, 842.0), (842.0, 595.0), (842.0, 1191.0)
CENTRE, LEFT, LABELS_LEFT = "centre", "left", "labels left"
MARGIN, PADDING = 42.0, 4.0
# Shares of the width that the label columns of a table take.
_LABEL_SHARES = {"requests": (0.12, 0.14, 0.22), "disclosure": (0.3,), "remedies": ()}


@dataclass(frozen=True)
class Setting:
    """How a PDF is set; `rules` draws all, horizontal or no lines, `align` is that of the cells."""

    page: tuple[float, float] = A4
    size: float = 9.0
    rules: str = "all"
    upright: bool = False
    repeat_head: bool = False
    footer: bool = True
    align: str = CENTRE


def write_pdf(report: Report, rng: Random, setting: Setting) -> bytes:
    """The report as PDF; where its pages end is a matter of chance."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    target = io.BytesIO()
    press = _Press(Canvas(target, pagesize=setting.page, invariant=True), setting)
    press.skip(rng.uniform(0, 0.6) * setting.page[1])
    for block in report.blocks:
        if isinstance(block, Sheet):
            press.table(block.name, block.rows)
        elif isinstance(block, PageEnd):
            press.end_page(block.number)
        else:
            press.paragraph(block)
    return press.finish(target)


class _Press:
    """Draws blocks from the top of a page to its foot, and goes on on the next one."""

    def __init__(self, canvas: Any, setting: Setting) -> None:
        self._canvas, self._setting = canvas, setting
        self._leading = setting.size * 1.3
        self._page = 1
        self._begin()

    def _begin(self) -> None:
        self._y = self._setting.page[1] - MARGIN
        self._canvas.setFont(FONT, self._setting.size)

    def _room(self) -> float:
        return self._y - MARGIN

    def skip(self, height: float) -> None:
        self._y -= min(height, self._room() / 2)

    def end_page(self, number: str = "") -> None:
        if number or self._setting.footer:
            centre = self._setting.page[0] / 2
            self._canvas.drawCentredString(centre, MARGIN / 2, number or f"- {self._page} -")
        self._canvas.showPage()
        self._page += 1
        self._begin()

    def finish(self, target: io.BytesIO) -> bytes:
        self.end_page()
        self._canvas.save()
        return target.getvalue()

    def paragraph(self, text: str) -> None:
        for line in self._wrap(text, self._setting.page[0] - 2 * MARGIN):
            if self._room() < self._leading:
                self.end_page()
            self._y -= self._leading
            self._canvas.drawString(MARGIN, self._y, line)
        self._y -= self._leading / 2

    def _wrap(self, text: str, width: float) -> list[str]:
        lines = [""]
        for sign in text:
            if lines[-1] and self._canvas.stringWidth(lines[-1] + sign, FONT) > width:
                lines.append("")
            lines[-1] += sign
        return lines

    def _lines(self, cell: Cell, width: float) -> list[str]:
        if cell.role == GROUP and self._setting.upright:
            return list(cell.text)
        if cell.role == VALUE:
            return [cell.text]
        return self._wrap(cell.text, width - PADDING)

    def table(self, name: str, rows: Sequence[Row]) -> None:
        """Draw a table, going on on the next page with the rows that do not fit."""
        if not any(rows):
            return
        widths = self._widths(name, spread(rows))
        heights = self._heights(rows, widths)
        fit, used = 0, 0.0
        while fit < len(rows) and used + heights[fit] <= self._room():
            used += heights[fit]
            fit += 1
        least = next((i for i, row in enumerate(rows) if any(c.role != HEAD for c in row)), 0) + 1
        if fit < min(least, len(rows)):
            self._next_page_or_squeeze(name, rows)
            return
        first, second = cut(rows, fit, self._setting.repeat_head and name != "disclosure")
        self._draw(first, widths, heights[:fit])
        self._y -= self._leading / 2
        if fit < len(rows):
            self.end_page()
            self.table(name, second)

    def _next_page_or_squeeze(self, name: str, rows: Sequence[Row]) -> None:
        if self._y >= self._setting.page[1] - MARGIN:
            raise ValueError(f"a row of {name} is higher than a page: choose another setting")
        self.end_page()
        self.table(name, rows)

    def _widths(self, name: str, squares: Sequence[Sequence[Any]]) -> list[float]:
        columns = max(map(len, squares))
        whole = self._setting.page[0] - 2 * MARGIN
        shares = list(_LABEL_SHARES[name])[: columns - 1]
        rest = (1 - sum(shares)) / (columns - len(shares))
        return [whole * share for share in [*shares, *[rest] * (columns - len(shares))]]

    def _heights(self, rows: Sequence[Row], widths: Sequence[float]) -> list[float]:
        """Row heights that hold every cell; spanning cells stretch the last row they cover."""
        heights = [self._leading + PADDING] * len(rows)
        for _, row, column, cell in sorted(_laid(rows), key=lambda item: item[0]):
            width = sum(widths[column : column + cell.width])
            need = len(self._lines(cell, width)) * self._leading + PADDING
            last = min(row + cell.height, len(rows))
            heights[last - 1] += max(0.0, need - sum(heights[row:last]))
        return heights

    def _draw(self, rows: Sequence[Row], widths: Sequence[float], heights: list[float]) -> None:
        for _, row, column, cell in _laid(rows):
            left = MARGIN + sum(widths[:column])
            top = self._y - sum(heights[:row])
            width = sum(widths[column : column + cell.width])
            height = sum(heights[row : row + cell.height])
            self._rule(left, top, width, height)
            lines = self._lines(cell, width)
            y = top - (height - len(lines) * self._leading) / 2 - self._setting.size
            for line in lines:
                if self._to_left(cell):
                    self._canvas.drawString(left + PADDING / 2, y, line)
                else:
                    self._canvas.drawCentredString(left + width / 2, y, line)
                y -= self._leading
        self._y -= sum(heights)

    def _to_left(self, cell: Cell) -> bool:
        is_label = cell.role in (GROUP, LABEL)
        return self._setting.align == LEFT or (self._setting.align == LABELS_LEFT and is_label)

    def _rule(self, left: float, top: float, width: float, height: float) -> None:
        if self._setting.rules == "all":
            self._canvas.rect(left, top - height, width, height)
        elif self._setting.rules == "horizontal":
            self._canvas.line(left, top, left + width, top)
            self._canvas.line(left, top - height, left + width, top - height)


def _laid(rows: Sequence[Row]) -> list[tuple[int, int, int, Cell]]:
    """Height, row, column and cell of every cell where it begins."""
    return [
        (place.cell.height, i, j, place.cell)
        for i, places in enumerate(spread(rows))
        for j, place in enumerate(places)
        if place.origin
    ]


def _pdf(setting: Setting) -> Callable[[Report, Random], bytes]:
    return partial(write_pdf, setting=setting)


PDFS: dict[str, Callable[[Report, Random], bytes]] = {
    "pdf_ruled": _pdf(Setting(page=A3)),
    "pdf_ruled_pages": _pdf(Setting()),
    "pdf_ruled_wide": _pdf(Setting(page=A4_WIDE, size=8.0)),
    "pdf_ruled_upright": _pdf(Setting(page=A3, upright=True)),
    "pdf_ruled_heads": _pdf(Setting(repeat_head=True)),
    "pdf_horizontal": _pdf(Setting(page=A3, rules="horizontal", align=LABELS_LEFT)),
    "pdf_unruled": _pdf(Setting(page=A3, rules="none", footer=False)),
    "pdf_unruled_pages": _pdf(Setting(rules="none", align=LABELS_LEFT)),
    "pdf_unruled_left": _pdf(Setting(page=A3, rules="none", align=LEFT)),
}
