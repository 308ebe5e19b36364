"""Word (.docx) -> Document through python-docx and its lxml tree, in the order of reading.

Read is what a reader sees: inserted text but not deleted, no hidden text, the numbers that Word
sets by itself, one copy of a text box. Headers, footers, notes and comments are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from govstats.document import Document, ReportError
from govstats.numbers import parse_number
from govstats.readers.blocks import PICTURE, Blocks, tidy
from govstats.readers.embedded import SHOWN, Shown
from govstats.readers.limits import refuse
from govstats.readers.numbering import Numbering, W, value_of
from govstats.readers.pictures import settle
from govstats.readers.word_tables import count, merge_down, place, seen_columns

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from lxml.etree import _Element

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_PICTURES = (
    "{http://schemas.openxmlformats.org/drawingml/2006/main}blip",
    "{urn:schemas-microsoft-com:vml}imagedata",
    f"{W}sym",
)
_P, _TABLE, _ROW, _CELL, _BOX = (f"{W}{name}" for name in ("p", "tbl", "tr", "tc", "txbxContent"))
_SIGNS = {f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": "\t", f"{W}noBreakHyphen": "-"}
_SKIPPED = frozenset(
    f"{W}{name}"
    for name in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "instrText", "delText", "rt", "tblPr")
)
_OFF = frozenset({"0", "false", "off", "none"})


def read_docx(data: bytes) -> Document:
    """Lines and innermost tables of a Word file; merged cells keep their spans.

    Raises ReportError (stage decode) for a damaged file, (stage read) for one without content.
    """
    walker = _Walker(_open(data))
    try:
        walker.walk(walker.body)
    except RecursionError as error:
        raise refuse("is a Word file nested too deep") from error
    blocks, unread = settle(walker.found.blocks, walker.shown.pictures)
    remarks = (*walker.shown.remarks, *unread)
    if not blocks:
        why = "; ".join(remarks) or "check that the report is not a picture"
        raise ReportError("read", f"is a Word file without text or tables: {why}")
    return Document("docx", tuple(blocks), remarks)


def _open(data: bytes) -> WordDocument:
    import docx

    try:
        document = docx.Document(BytesIO(data))
        # A damaged file may have another root.
        assert document.element.body is not None
        return document
    except Exception as error:  # whatever its parts make python-docx fall over
        raise ReportError(
            "decode",
            "is a Word file that cannot be opened (damaged, with macros, or a template): "
            "open it in Word and save it as .docx",
        ) from error


class _Walker:
    """Walks a Word file in reading order; `found` holds its blocks."""

    def __init__(self, document: WordDocument) -> None:
        self.found = Blocks()
        self.body: _Element = document.element.body
        numbering, styles = (_related(document, kind) for kind in ("/numbering", "/styles"))
        self._numbering = Numbering(numbering, styles)
        self._unseen = frozenset(_hidden_styles(styles) if styles is not None else ())
        # For each field that is open: True while its instruction, which is not shown, goes on.
        self._fields: list[bool] = []
        self.shown = Shown(document.part.related_parts, self.found)

    def walk(self, parent: _Element) -> None:
        for element in _unwrap(parent, (_P, _TABLE)):
            if element.tag == _TABLE and not _is_frame(element):
                self._table(element)
            elif element.tag == _TABLE:
                for cell in element.iter(_CELL):
                    self.walk(cell)
            else:
                text, boxes = self._paragraph(element)
                # An empty paragraph counts: where cells stand one a line it may be an empty cell.
                if not text.strip():
                    self.found.lines += 1
                self.found.add_text(text, keep_tabs=True)
                for box in boxes:
                    self.walk(box)

    def _table(self, table: _Element) -> None:
        rows = [row for row in _unwrap(table, (_ROW,)) if not _is_gone(row)]
        if any(_is_table(inner) for inner in table.iterdescendants(_TABLE)):
            for row in rows:
                for cell in _unwrap(row, (_CELL,)):
                    self.walk(cell)
            return
        seen = seen_columns(table)
        self.found.add_rows(merge_down(list(self._cells(row, seen)) for row in rows))

    def _cells(self, row: _Element, seen: Sequence[int]) -> Iterator[tuple[str, int, int, str]]:
        """Text, first grid column, width and part in a vertical merge of each cell."""
        properties = row.find(f"{W}trPr")
        column = count(properties, "gridBefore", 0)
        if column:
            yield "", 0, place(column, seen), ""
        for cell in _unwrap(row, (_CELL,)):
            properties = cell.find(f"{W}tcPr")
            merge = properties.find(f"{W}vMerge") if properties is not None else None
            width = count(properties, "gridSpan", 1)
            part = "" if merge is None else value_of(merge, "continue")
            shown = next(cell.iter(*_PICTURES), None) is not None
            text, first = "\n".join(self._lines(cell)), place(column, seen)
            text = text or (PICTURE if shown else "")
            column += width
            covered = place(column, seen) - first
            if covered or text:
                yield text, first, max(1, covered), part

    def _lines(self, parent: _Element) -> Iterator[str]:
        """Lines of a cell; what text boxes and one-cell tables in it say is part of it."""
        for element in _unwrap(parent, (_P, _TABLE)):
            if element.tag == _TABLE:
                for row in _unwrap(element, (_ROW,)):
                    for cell in _unwrap(row, (_CELL,)):
                        yield from self._lines(cell)
                continue
            text, boxes = self._paragraph(element)
            yield from filter(None, map(tidy, text.split("\n")))
            for box in boxes:
                yield from self._lines(box)

    def _paragraph(self, paragraph: _Element) -> tuple[str, list[_Element]]:
        """Its text behind the number that Word sets, and the text boxes anchored in it."""
        boxes: list[_Element] = []
        text = "".join(self._pieces(paragraph, boxes))
        number = self._numbering.number(paragraph)
        if not text.strip() or not number:
            # A number without text is no cell: it would count as a figure.
            return text, boxes
        # Set apart from a figure: 1. and 5 must not become 1.5.
        apart = " " if parse_number(text) or text.strip()[0] in "0123456789.,+-" else ""
        return f"{number}{apart}{text}", boxes

    def _pieces(self, parent: _Element, boxes: list[_Element]) -> Iterator[str]:
        for element in parent:
            tag = element.tag
            if tag in _SKIPPED or not isinstance(tag, str):
                continue
            if tag == f"{W}fldChar":
                self._field(element.get(f"{W}fldCharType", ""))
            elif tag == f"{W}t" or tag in _SIGNS:
                yield "" if any(self._fields) else _SIGNS.get(tag, element.text or "")
            elif tag == f"{_MATH}oMath":
                yield " ".join(["", *(t.text or "" for t in element.iter(f"{_MATH}t")), ""])
            elif tag == _BOX:
                boxes.append(element)
            elif tag in SHOWN:
                self.shown.add(element)
            elif tag == f"{_MC}AlternateContent":
                yield from self._pieces(_alternative(element), boxes)
            elif tag == f"{W}r":
                yield from self._run(element, boxes)
            elif not _is_placeholder(element):
                yield from self._pieces(element, boxes)

    def _run(self, run: _Element, boxes: list[_Element]) -> Iterator[str]:
        properties = run.find(f"{W}rPr")
        text = self._pieces(run, boxes)
        if properties is None:
            yield from text
        elif self._is_hidden(properties):
            # Its field marks still open and close fields.
            with self.shown.unseen():
                list(text)
        elif _is_raised(properties):
            # A note's mark behind a number, or a number struck out, is no digit of it.
            raised = "".join(text)
            yield f" ({raised}) " if raised.strip() else ""
        else:
            yield from text

    def _is_hidden(self, properties: _Element) -> bool:
        vanish = properties.find(f"{W}vanish")
        if vanish is not None:
            return _is_on(vanish)
        return value_of(properties.find(f"{W}rStyle")) in self._unseen

    def _field(self, step: str) -> None:
        if step == "begin":
            self._fields.append(True)
        elif step == "separate" and self._fields:
            self._fields[-1] = False
        elif step == "end" and self._fields:
            self._fields.pop()


def _related(document: WordDocument, kind: str) -> _Element | None:
    """The root of the part that the document names as its numbering or styles."""
    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(kind):
            return getattr(relation.target_part, "element", None)
    return None


def _unwrap(parent: _Element, wanted: tuple[str, ...]) -> Iterator[_Element]:
    """The wanted children, also those inside content controls and tracked insertions."""
    for element in parent:
        if element.tag in wanted:
            yield element
        elif element.tag == f"{_MC}AlternateContent":
            yield from _unwrap(_alternative(element), wanted)
        elif not (element.tag in _SKIPPED or _is_placeholder(element)):
            yield from _unwrap(element, wanted)


def _is_on(element: _Element | None) -> bool:
    return element is not None and value_of(element, "true") not in _OFF


def _is_gone(row: _Element) -> bool:
    """A row that is hidden or, with tracked changes, deleted."""
    properties = row.find(f"{W}trPr")
    if properties is None:
        return False
    return properties.find(f"{W}del") is not None or _is_on(properties.find(f"{W}hidden"))


def _is_table(table: _Element) -> bool:
    """False for a single cell, which is a frame around text."""
    return len(list(table.iter(_CELL))) > 1


def _is_frame(table: _Element) -> bool:
    """A single cell around text and pictures: these are read in their places."""
    return not _is_table(table) and next(table.iter(*SHOWN), None) is not None


def _is_raised(properties: _Element) -> bool:
    raised = value_of(properties.find(f"{W}vertAlign")) in ("superscript", "subscript")
    return raised or any(_is_on(properties.find(f"{W}{name}")) for name in ("strike", "dstrike"))


def _is_placeholder(element: _Element) -> bool:
    """A content control that shows only its own prompt to fill it in."""
    properties = element.find(f"{W}sdtPr")
    return properties is not None and _is_on(properties.find(f"{W}showingPlcHdr"))


def _alternative(element: _Element) -> _Element:
    """The one variant to read: a text box is stored twice, for newer and older programs."""
    variants = [each for each in element if each.tag in (f"{_MC}Choice", f"{_MC}Fallback")]
    with_text = (each for each in variants if next(each.iter(_BOX, f"{W}t"), None) is not None)
    return next(with_text, variants[0] if variants else element)


def _hidden_styles(styles: _Element) -> Iterator[str]:
    for style in styles.iterchildren(f"{W}style"):
        properties = style.find(f"{W}rPr")
        if properties is not None and _is_on(properties.find(f"{W}vanish")):
            yield style.get(f"{W}styleId", "")
