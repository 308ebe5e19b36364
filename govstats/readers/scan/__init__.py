"""Scans -> Document: pictures and the picture pages of a PDF, read by OCR (extra `ocr`).

rapidocr's wheel carries the model (Apache 2.0), run by onnxruntime on one core; OpenCV straightens
pages and finds their rules. Rules and pieces of text then go the way of a PDF's. What is read with
doubt is marked (`govstats.document.DOUBT`) and is a number only where the sums confirm it.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from govstats.document import DOUBT, Document, Grid, Line, ReportError
from govstats.readers import clock
from govstats.readers.limits import CUT_OUT

if TYPE_CHECKING:
    from govstats.readers.pdf import Page
    from govstats.readers.scan.page import Scan

HOW = 'pip install "govstats[ocr]"'
MISSING = f"scan: {HOW} to read it, or find the report's page or Word file"
_LOADED = ("onnxruntime", "cv2", "numpy", "PIL")
_NEEDED = ("rapidocr", *_LOADED)
# A page takes some five seconds: a longer file is a collection.
MOST_PAGES = 200
# What a page may take where the machine is slow.
PAGE_SECONDS = 20.0
# From so many pages on a terminal shows how far the reading is.
MANY_PAGES = 4
ANEW = (
    "without legible words: scan the page anew (upright, 200 dpi or more), or find the report's "
    "page or Word file"
)
WORDLESS = f"is a picture {ANEW}"


def is_available() -> bool:
    """Whether the extra is installed."""
    return all(importlib.util.find_spec(name) is not None for name in _NEEDED)


def read_picture(data: bytes, page: int = 0) -> tuple[Line | Grid, ...]:
    """Blocks of one picture (PNG, JPEG, TIFF, BMP, GIF), lines and grids numbered from 1.

    `page` is given to every block. Of several pages in one file the first is read. Raises
    ReportError: stage decode without the extra, for a broken picture and for one without words,
    stage read for one that is too large.
    """
    from govstats.readers.pdf import join_pages

    _require()
    from govstats.readers.scan.page import read_page
    from govstats.readers.scan.pictures import read_pages

    scan = next(read_page(*each) for each in progress(read_pages(data), 1))
    if scan is None:
        raise ReportError("decode", WORDLESS)
    return join_pages([_laid(scan, page)])


def read_scan(data: bytes, most_pages: int = MOST_PAGES) -> Document:
    """A picture file as a Document, every frame a page.

    Raises ReportError as `read_picture` does, and stage read for too many pages.
    """
    from govstats.readers.pdf import join_pages

    _require()
    from govstats.readers.scan.page import read_page
    from govstats.readers.scan.pictures import count_pages, read_pages

    count = count_pages(data)
    if count > most_pages:
        raise ReportError("read", f"has {count} pages, more than {most_pages}: {CUT_OUT}")
    scans = [read_page(*page) for page in progress(read_pages(data), count)]
    if not any(scans):
        raise ReportError("decode", WORDLESS)
    laid = [_laid(scan, number) for number, scan in enumerate(scans, start=1) if scan is not None]
    blank = [str(number) for number, scan in enumerate(scans, start=1) if scan is None]
    remarks = (f"page {', '.join(blank)}: no legible words",) if blank else ()
    return Document("scan", join_pages(laid), remarks)


def read_pdf_page(page: Any, number: int) -> Page | None:
    """The words of a pypdfium2 page that is a picture; None where there are none."""
    _require()
    from govstats.readers.scan.page import read_page
    from govstats.readers.scan.pictures import rendered

    scan = read_page(*rendered(page))
    return _laid(scan, number) if scan is not None else None


def progress(pages: Iterator[Any] | list[Any], count: int) -> Iterator[Any]:
    """The pages, each with its time; a terminal shows how many are read where they are many."""
    from tqdm import tqdm

    hidden = count < MANY_PAGES or None
    for page in tqdm(pages, total=count, unit="page", leave=False, disable=hidden):
        clock.allow(PAGE_SECONDS)
        yield page


def _laid(scan: Scan, number: int) -> Page:
    """The page in lines and tables; a number that was put together from pieces is in doubt.

    Where a rule is broken, its rest or a number of the next cell may be one of them.
    """
    from govstats.numbers import parse_number
    from govstats.readers.pdf import lay_page

    page = lay_page(scan.pieces, scan.level, scan.upright, scan.size, number)
    whole = {piece.text for piece in scan.pieces}
    for table in page.tables:
        table.boxes = [
            replace(box, text=box.text + DOUBT)
            if box.text not in whole and parse_number(box.text) is not None
            else box
            for box in table.boxes
        ]
    return page


def _require() -> None:
    """Raise ReportError (stage decode) where the extra is not installed, or cannot be loaded."""
    if not is_available():
        raise ReportError("decode", f"is a {MISSING}")
    try:
        for name in _LOADED:
            importlib.import_module(name)
    except ImportError as error:
        raise ReportError(
            "decode", f"is a scan, and OCR cannot be loaded ({error}): {HOW} --force-reinstall"
        ) from error
