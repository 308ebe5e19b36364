"""What a Word file shows of its other parts: pictures, and embedded sheets, which are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from govstats.document import Document, Grid, ReportError
from govstats.readers.archive import MAGIC, kind_of
from govstats.readers.blocks import Blocks
from govstats.readers.compound import MAGIC as COMPOUND
from govstats.readers.compound import stream
from govstats.readers.numbering import W
from govstats.readers.pictures import Picture

if TYPE_CHECKING:
    from lxml.etree import _Element

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_OBJECT = f"{W}object"
_PICTURES = {
    "{http://schemas.openxmlformats.org/drawingml/2006/main}blip": f"{_R}embed",
    "{urn:schemas-microsoft-com:vml}imagedata": f"{_R}id",
}
# The elements that show another part of the file.
SHOWN = (*_PICTURES, _OBJECT)
# Streams of a compound file: old workbooks, and a new one wrapped up.
_WORKBOOKS, _WRAPPED = ("Workbook", "Book"), "Package"


class Shown:
    """Pictures and embedded sheets as the walk through a file meets them.

    Sheets are added to `found`; `pictures` may be read later; `remarks` name what was not read.
    """

    def __init__(self, parts: Mapping[str, Any], found: Blocks) -> None:
        self.pictures: list[Picture] = []
        self.remarks: list[str] = []
        self._parts = parts
        self._found = found
        self._is_unseen = False

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """While what comes is hidden in the report."""
        before, self._is_unseen = self._is_unseen, True
        yield
        self._is_unseen = before

    def add(self, element: _Element) -> None:
        """Take one element of `SHOWN`; of an object its sheet or, unread, its picture."""
        if self._is_unseen or (element.tag == _OBJECT and self._reads(element)):
            return
        for tag, attribute in _PICTURES.items():
            for picture in element.iter(tag):
                part = self._parts.get(picture.get(attribute, ""))
                if part is not None:
                    self._add_picture(part)

    def _add_picture(self, part: Any) -> None:
        name = part.partname.rpartition("/")[2]
        self.pictures.append(Picture(len(self._found.blocks), name, lambda: part.blob))

    def _reads(self, element: _Element) -> bool:
        """Add the sheet of an embedded object; False, with a remark, where it has none."""
        ole = next(element.iter("{urn:schemas-microsoft-com:office:office}OLEObject"), None)
        part = None if ole is None else self._parts.get(ole.get(f"{_R}id", ""))
        if ole is None or part is None:
            return False
        why = add_sheet(self._found, part.blob)
        kind = ole.get("ProgID") or "of an unknown kind"
        # An equation is no table.
        if why and not kind.startswith("Equation"):
            self.remarks.append(f"embedded object {kind}, perhaps a table, unread: {why}")
        return not why


def add_sheet(found: Blocks, data: bytes) -> str:
    """Add the one sheet that an embedded workbook shows; why not, where it is not read.

    Of several filled sheets only one is shown in the report, and which is not told here.
    """
    try:
        sheet = _read(data)
    except ReportError as error:
        return f"it {error}"
    if sheet is None:
        return "it is no spreadsheet: save the report with it as a table"
    if any(isinstance(block, Grid) and block.number > 1 for block in sheet.blocks):
        return "it has several sheets: save the report with the one shown as a table"
    found.grids += 1
    # The first line is the sheet's name, which the report does not show.
    for block in sheet.blocks[1:]:
        if isinstance(block, Grid):
            found.blocks.append(replace(block, number=found.grids))
        else:
            found.add_text(block.text, keep_tabs=True)
    return ""


def _read(data: bytes) -> Document | None:
    from govstats.readers.sheet import read_sheet

    if data.startswith(COMPOUND):
        names = {name: stream(data, name) for name in (*_WORKBOOKS, _WRAPPED)}
        if names[_WRAPPED]:
            data = names[_WRAPPED]
        elif any(names.values()):
            return read_sheet(data)
    return read_sheet(data) if data.startswith(MAGIC) and kind_of(data) == "xlsx" else None
