"""HTML -> Document through lxml: tables become grids with their spans expanded, the rest lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html
from lxml.html import HtmlElement

from govstats.document import Document, Grid, Line, ReportError, lay_out

_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    r"<(?:!doctype html|html|head|body|meta|table|div|p\b)",
    re.I | re.S,
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_SKIPPED = frozenset(
    {"script", "style", "noscript", "template", "head", "select", "option", "iframe", "svg"}
)
_BLOCKS = frozenset(
    {
        *(
            "p",
            "div",
            "li",
            "ul",
            "ol",
            "dl",
            "dt",
            "dd",
            "pre",
            "hr",
            "br",
            "center",
            "blockquote",
        ),
        *("h1", "h2", "h3", "h4", "h5", "h6", "tr", "td", "th", "table", "tbody", "body", "form"),
        *("section", "article", "header", "footer", "nav", "main"),
    }
)
# Browsers cap spans too; a hostile page must not make millions of cells.
_WIDEST = 100
_TALLEST = 500


def looks_like_html(text: str) -> bool:
    """True when the text starts as an HTML page or fragment, or holds a table element."""
    return _START.match(text) is not None or re.search(r"<table[\s>]", text, re.I) is not None


def read_html(text: str) -> Document:
    """Blocks in reading order: innermost tables as grids, everything else as lines.

    Hidden elements and scripts are left out. Raises ReportError (stage read) for an empty page.
    """
    try:
        root = html.document_fromstring(_DECLARATION.sub("", text))
    except (ValueError, html.etree.ParserError) as error:
        raise ReportError("read", "is an HTML page without content: save the page again") from error
    builder = _Builder()
    builder.walk(root)
    builder.end_line()
    return Document("html", tuple(builder.blocks))


class _Builder:
    """Collects blocks while walking the tree; lines are counted as they are made."""

    def __init__(self) -> None:
        self.blocks: list[Line | Grid] = []
        self._pieces: list[str] = []
        self._lines = 0
        self._grids = 0

    def end_line(self) -> None:
        text = re.sub(r"[ \t\r\n\xa0\u3000]+", " ", "".join(self._pieces)).strip()
        self._pieces.clear()
        if text:
            self._lines += 1
            self.blocks.append(Line(text, self._lines))

    def walk(self, root: HtmlElement) -> None:
        # An explicit stack: pages nested thousands deep must not exhaust Python's.
        stack: list[tuple[str, HtmlElement | str | None]] = [("open", root)]
        while stack:
            step, item = stack.pop()
            if step == "text":
                self._pieces.append(str(item or ""))
            elif step == "break":
                self.end_line()
            elif isinstance(item, HtmlElement):
                self._open(item, stack)

    def _open(
        self, element: HtmlElement, stack: list[tuple[str, HtmlElement | str | None]]
    ) -> None:
        if not isinstance(element.tag, str) or element.tag in _SKIPPED or _is_hidden(element):
            return
        if element.tag == "table" and _is_innermost(element):
            self.end_line()
            self._add_grid(element)
            return
        is_block = element.tag in _BLOCKS
        if is_block:
            self.end_line()
            stack.append(("break", None))
        for child in reversed(element):
            stack.append(("text", child.tail))
            stack.append(("open", child))
        stack.append(("text", element.text))

    def _add_grid(self, table: HtmlElement) -> None:
        self._grids += 1
        grid = lay_out((list(_cells(row)) for row in table.iter("tr")), self._grids)
        if sum(map(len, grid.rows)) == 1:
            # One single cell is page layout, not a table.
            for line in grid.rows[0][0].text.split("\n"):
                self._pieces.append(line)
                self.end_line()
        else:
            self.blocks.append(grid)


def _is_hidden(element: HtmlElement) -> bool:
    return "hidden" in element.attrib or bool(_HIDDEN.search(element.get("style", "")))


def _is_innermost(table: HtmlElement) -> bool:
    return next(table.iterdescendants("table"), None) is None


def _span(cell: HtmlElement, name: str, largest: int) -> int:
    digits = re.match(r"\d+", cell.get(name, "").strip())
    return max(1, min(int(digits[0]), largest)) if digits else 1


def _cells(row: HtmlElement) -> Iterator[tuple[str, int, int]]:
    for cell in row.iterchildren("td", "th"):
        if not _is_hidden(cell):
            yield _text(cell), _span(cell, "rowspan", _TALLEST), _span(cell, "colspan", _WIDEST)


def _text(cell: HtmlElement) -> str:
    """Text of a cell, a newline where the page breaks the line: 1 over 2 is not 12."""
    if len(cell) == 0:
        return " ".join((cell.text or "").split())
    inner = _Builder()
    inner.walk(cell)
    inner.end_line()
    return "\n".join(block.text for block in inner.blocks if isinstance(block, Line))
