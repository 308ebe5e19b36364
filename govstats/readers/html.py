"""HTML -> Document through lxml: tables become grids with their spans expanded, the rest lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from lxml import etree
from lxml.etree import _Element

from govstats.document import Document, Grid, Line, ReportError
from govstats.readers.blocks import PICTURE, Blocks, tidy
from govstats.readers.encoding import decode
from govstats.readers.html_pictures import addresses_of, pictures_of
from govstats.readers.html_tables import (
    BLOCKS,
    Step,
    height_of,
    is_innermost,
    loose_parts,
    mend,
    own_parts,
    parent_of,
    tags,
    width_of,
)
from govstats.readers.limits import MOST_CELLS, MOST_TAGS, refuse
from govstats.readers.pictures import Beside, settle
from govstats.readers.style import hidden_elements

_TAGS = (
    "!doctype html|html|head|body|meta|title|link|base|script|style|table|tbody|tr|td|div|p|h[1-6]"
    "|center|font|span|section|article|form|ul|ol|iframe|frameset"
)
_START = re.compile(
    rf"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<!\[[^>]*>\s*)*<(?:{_TAGS})[\s>/]", re.I | re.S
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# mso-hide is how Word marks hidden text in the pages that it writes.
_GONE = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.I)
_NO_SIZE = re.compile(r"font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|!|$)", re.I)
_UNSEEN = re.compile(r"visibility\s*:\s*hidden", re.I)
_SKIPPED = tags(
    "script style noscript template head select option iframe frame svg object del rt rp"
)
# A note's mark behind a number, or a number struck out, is no digit of it.
_SET_APART = tags("sup sub s strike")
_FIELDS = frozenset({"", "text", "number", "tel"})
# A page that only leads to another says little itself.
_LITTLE = 300
_NO_CONTENT = "is an HTML page without content: save the page again"
_DOTS = frozenset({"0", "1", "0px", "1px"})
_text_in = etree.XPath("string()")
_REFRESH = re.compile(r"\burl\s*=\s*['\"]?([^'\"\s>]+)", re.I)
_ADDRESS_SHOWN = 100
_MOST_FRAMES = 20


def looks_like_html(text: str) -> bool:
    """True when the text starts as an HTML page or fragment, or holds a table element."""
    return _START.match(text) is not None or re.search(r"<table[\s>]", text, re.I) is not None


def read_html(text: str, beside: Beside | None = None) -> Document:
    """Blocks in reading order: innermost tables as grids, everything else as lines.

    Hidden elements and scripts are left out. `beside` gives the files beside the page, for tables
    that are pictures. Raises ReportError (stage read) for an empty page and
    for one that only leads to another: by frames or by a refresh.
    """
    root = _parse(text)
    walker = _Walker(hidden_elements(root), beside=beside)
    walker.pages.add(text)
    walker.walk(root)
    blocks, remarks = settle(walker.found.blocks, pictures_of(walker.pictures, beside))
    _require_content(root, blocks)
    return Document("html", tuple(blocks), remarks)


def _parse(text: str) -> _Element:
    if text.count("<") > MOST_TAGS:
        raise refuse(f"is an HTML page of more than {MOST_TAGS:,} tags")
    try:
        # huge_tree: real pages nest deeper than the parser's usual limit.
        parser = etree.HTMLParser(huge_tree=True)
        root = etree.fromstring(_DECLARATION.sub("", text), parser)
    except (ValueError, etree.ParseError) as error:
        raise ReportError("read", _NO_CONTENT) from error
    if root is None:
        raise ReportError("read", _NO_CONTENT)
    # What is nested deeper than the parser goes is not in its tree: numbers may be lost.
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise ReportError("read", "is an HTML page nested too deep: save the report as .docx")
    if sum(1 for _ in root.iter("td", "th")) > MOST_CELLS:
        raise refuse(f"has more than {MOST_CELLS:,} cells")
    mend(root)
    return root


def _require_content(root: _Element, blocks: Sequence[Line | Grid]) -> None:
    said = sum(_LITTLE if isinstance(b, Grid) else len(b.text) for b in blocks)
    if said >= _LITTLE:
        return
    for meta in root.iter("meta"):
        target = _REFRESH.search(meta.get("content", ""))
        if meta.get("http-equiv", "").lower() == "refresh" and target:
            raise _leads_to(target[1], "only leads on (meta refresh)")
    frames = [frame.get("src", "") for frame in root.iter("frame", "iframe") if _is_seen(frame)]
    if frames:
        raise _leads_to(" or ".join(filter(None, frames)), "holds the report in a frame")
    if not blocks:
        raise ReportError(
            "read",
            "is an HTML page without text (a script may fetch it): "
            "save the page again once it is shown",
        )


def _is_seen(frame: _Element) -> bool:
    """False for frames and pictures of one dot or none: they count visits or keep distance."""
    sizes = (frame.get("width", ""), frame.get("height", ""))
    return not _hiding(frame, {}) and not _DOTS.intersection(sizes)


def _leads_to(address: str, how: str) -> ReportError:
    shown = tidy(address)[:_ADDRESS_SHOWN] or "another page"
    return ReportError("read", f"is an HTML page that {how}: save {shown} instead")


class _Walker:
    """Walks a page in reading order; `found` holds its blocks.

    With `tables` False tables are read as text: what stands in a cell.
    """

    def __init__(
        self, hidden: dict[_Element, str], tables: bool = True, beside: Beside | None = None
    ) -> None:
        self.found = Blocks()
        # How many blocks stand before a picture, and the addresses that it may have.
        self.pictures: list[tuple[int, list[str]]] = []
        self._hidden = hidden
        self._tables = tables
        self._beside = beside
        # Pages that were walked: frames may name each other.
        self.pages: set[str] = set()
        self._pieces: list[str] = []
        self._in_pre = 0

    def walk(self, root: _Element) -> None:
        # An explicit stack: pages nested thousands deep must not exhaust Python's.
        stack: list[Step] = [("open", root)]
        while stack:
            step, item = stack.pop()
            if step == "text":
                self._text(str(item or ""))
            elif step == "break":
                self._end_line()
            elif step == "pre ends":
                self._in_pre -= 1
            elif isinstance(item, _Element):
                self._open(item, stack)
        self._end_line()

    def _end_line(self) -> None:
        text = "".join(self._pieces)
        self._pieces.clear()
        if not text:
            return
        self.found.add_text(text if self._in_pre else tidy(text), keep_tabs=bool(self._in_pre))

    def _text(self, text: str) -> None:
        self._pieces.append(text)

    def _open(self, element: _Element, stack: list[Step]) -> None:
        if element.tag in ("frame", "iframe") and self._tables and _is_seen(element):
            self._frame(element, stack)
        if not isinstance(element.tag, str) or element.tag in _SKIPPED:
            return
        if _hiding(element, self._hidden):
            return
        if element.tag == "img":
            self._picture(element)
            return
        if element.tag == "table" and self._tables and _is_grid(element):
            self._end_line()
            self._table(element, stack)
            return
        if element.tag == "input" and element.get("type", "").lower() in _FIELDS:
            self._text(element.get("value", ""))
        around = _SET_APART & {element.tag}
        if element.tag in BLOCKS:
            self._end_line()
            stack.append(("break", None))
        if element.tag in ("pre", "textarea"):
            self._in_pre += 1
            stack += [("pre ends", None), ("break", None)]
        stack.append(("text", ") " if around else ""))
        for child in reversed(element):
            stack.append(("text", child.tail))
            stack.append(("open", child))
        stack.append(("text", element.text))
        stack.append(("text", " (" if around else ""))

    def _frame(self, frame: _Element, stack: list[Step]) -> None:
        """Go on with the page in a frame, where that was saved with this one."""
        data = self._beside(frame.get("src", "").strip()) if self._beside else None
        if data is None or len(self.pages) > _MOST_FRAMES:
            return
        try:
            text = decode(data)
            root = _parse(text)
        except ReportError:
            return
        if text in self.pages:
            return
        self.pages.add(text)
        self._hidden |= hidden_elements(root)
        self._end_line()
        stack += [("break", None), ("open", root)]

    def _picture(self, image: _Element) -> None:
        names = addresses_of(image)
        if names:
            self.pictures.append((len(self.found.blocks), names))

    def _table(self, table: _Element, stack: list[Step]) -> None:
        """Add the grid; a caption goes before it, what stands outside its cells after."""
        loose = list(loose_parts(table))
        for _, item in loose:
            if isinstance(item, _Element) and item.tag == "caption":
                self.found.add_text("\n".join(_lines(item, self._hidden)))
        self.found.add_rows(_rows(table, self._hidden))
        for image in table.iter("img"):
            self._picture(image)
        for step, item in reversed(loose):
            if not (isinstance(item, _Element) and item.tag == "caption"):
                stack += [("break", None), (step, item)]


def _is_grid(table: _Element) -> bool:
    """False for a table around others, and for a single cell around pictures."""
    framed = len(list(table.iter("td", "th"))) == 1 and next(table.iter("img"), None) is not None
    return is_innermost(table) and not framed


def _hiding(element: _Element, hidden: dict[_Element, str]) -> str:
    """How an element is hidden: `display`, `visibility` or not at all ("")."""
    style = element.get("style")
    if element.get("hidden") is not None or (style and _GONE.search(style)):
        return "display"
    # Around other elements it only closes the gaps between them.
    if style and _NO_SIZE.search(style) and len(element) == 0:
        return "display"
    if style and _UNSEEN.search(style):
        return "visibility"
    return hidden.get(element, "") if hidden else ""


def _rows(table: _Element, hidden: dict[_Element, str]) -> Iterator[list[tuple[str, int, int]]]:
    """Rows of (text, height, width); heights end with the part of the table (thead, tbody)."""
    rows = [
        row
        for row in own_parts(table, ("tr",))
        # Word and Excel end a table with a row without height that only sets widths.
        if (row.get("height") != "0" or str(_text_in(row)).strip())
        and _hiding(row, hidden) != "display"
        and not _hiding(parent_of(row), hidden)
    ]
    left = Counter(parent_of(row) for row in rows)
    for row in rows:
        part = parent_of(row)
        yield [
            (_cell_text(cell, hidden), height_of(cell, left[part]), width_of(cell))
            for cell in own_parts(row, ("td", "th"))
            if _hiding(cell, hidden) != "display"
        ]
        left[part] -= 1


def _cell_text(cell: _Element, hidden: dict[_Element, str]) -> str:
    """Text of a cell, a newline where the page breaks the line: 1 over 2 is not 12.

    A picture of a number is no printed blank.
    """
    if _hiding(cell, hidden):
        return ""
    if len(cell) == 0:
        return tidy(cell.text or "")
    text = "\n".join(_lines(cell, hidden))
    return text or (PICTURE if any(map(_is_seen, cell.iter("img"))) else "")


def _lines(element: _Element, hidden: dict[_Element, str]) -> Iterator[str]:
    inner = _Walker(hidden, tables=False)
    inner.walk(element)
    return (line.text for line in inner.found.blocks if not isinstance(line, Grid))
