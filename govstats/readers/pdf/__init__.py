"""PDF with text -> Document: paragraphs as lines, ruled and unruled tables as grids, with pages.

Why pypdfium2 and grids of our own: `python -m benchmarks.pdf_libraries` on one report of 200 cells
printed by LibreOffice and Chromium, ruled and unruled, took pdfplumber 64-163 ms a page (181-191
cells right: it loses rows cut by a page, spans and tables without rules), this reader 15-21 ms (200
right), and bare pypdfium2, text and character boxes only, 6-15 ms. pdfminer, on which pdfplumber
rests, is as slow. PyMuPDF is ruled out by its licence (AGPL).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from govstats.document import Document, Grid, Line, ReportError
from govstats.readers import scan
from govstats.readers.limits import MOST_PAGES, PagesError
from govstats.readers.pdf.flow import (
    TextLine,
    page_numbers,
    paragraphs,
    running_heads,
    text_lines,
)
from govstats.readers.pdf.glyphs import Frame, Piece, cut_lines, frame_of, read_pieces
from govstats.readers.pdf.ruled import find_lattices, read_lattice
from govstats.readers.pdf.rules import Rule, read_rules
from govstats.readers.pdf.seams import goes_on, join
from govstats.readers.pdf.tables import CUT_OFF, PageTable, as_grid, marked_beyond
from govstats.readers.pdf.unruled import read_unruled
from govstats.readers.pdf.words import join_touching

# A page of the smallest print has some 5,000 characters.
MOST_CHARACTERS = 20_000
# A digit is about half as wide as it is high: where less is left beside it, one more is cut off.
CUT = 0.5
# A page with no more characters than this, and a picture over this share of it, is a scan.
MARK, COVERED = 30, 0.6


def read_pdf(data: bytes, most_pages: int = MOST_PAGES) -> Document:
    """Blocks of a PDF in reading order; every line and every row of a grid knows its page.

    Page numbers and running heads are left out, tables that go on over pages are joined. Raises
    ReportError: stage decode for a broken, locked or wordless file, stage read for too many pages.
    """
    pdf = _open(data)
    try:
        if len(pdf) > most_pages:
            raise PagesError(len(pdf), most_pages)
        pages = [_read_page(pdf, index) for index in range(len(pdf))]
        _read_pictures(pdf, pages)
    finally:
        pdf.close()
    if not any(page.lines or page.tables for page in pages):
        what = f"scan {scan.ANEW}" if scan.is_available() else scan.MISSING
        raise ReportError("decode", f"is a PDF without text, a {what}")
    return Document("pdf", join_pages(pages), _remarks(pages))


def join_pages(pages: Sequence[Page]) -> tuple[Line | Grid, ...]:
    """Blocks of all pages without page furniture; tables that go on over pages are joined."""
    _drop_furniture(pages)
    return tuple(_blocks(pages))


def _open(data: bytes) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReportError(
                "decode", "is a PDF locked by a password: save it without one"
            ) from error
        raise ReportError(
            "decode", "is a broken PDF: download it again, or print it to a new PDF"
        ) from error


def _read_pictures(pdf: Any, pages: list[Page]) -> None:
    """Replace the pages that are pictures by what OCR reads on them, where it is installed."""
    found = [index for index, page in enumerate(pages) if page.wordless]
    if not found or not scan.is_available():
        return
    if len(found) > scan.MOST_PAGES:
        raise ReportError(
            "read",
            f"has {len(found)} scanned pages, more than {scan.MOST_PAGES}: cut out the report",
        )
    for index in scan.progress(found, len(found)):
        pages[index] = scan.read_pdf_page(pdf[index], index + 1) or pages[index]


@dataclass(slots=True)
class Page:
    """What one page holds: its height, running text, tables, and whether it is a mere picture."""

    height: float
    lines: list[TextLine] = field(default_factory=list)
    tables: list[PageTable] = field(default_factory=list)
    wordless: bool = False

    def blocks(self) -> Iterator[TextLine | PageTable]:
        """Lines and tables from top to bottom."""
        tops: list[tuple[float, int, TextLine | PageTable]] = []
        tops += ((table.extent[0], 1, table) for table in self.tables)
        tops += (((line.y0 + line.y1) / 2, 0, line) for line in self.lines)
        yield from (block for _, _, block in sorted(tops, key=lambda entry: entry[:2]))


def _read_page(pdf: Any, index: int) -> Page:
    import pypdfium2

    try:
        page = pdf[index]
        textpage = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise ReportError(
            "decode", f"has a broken page {index + 1}: print it to a new PDF"
        ) from error
    if textpage.count_chars() > MOST_CHARACTERS:
        raise ReportError(
            "read", f"has over {MOST_CHARACTERS} characters on page {index + 1}: cut out the report"
        )
    pieces, frame = _read_pieces(page, textpage)
    width, height = frame.size()
    if not pieces:
        return Page(height, wordless=_has_picture(page))
    pieces = [_marked_if_cut(piece, width) for piece in pieces]
    level, upright = read_rules(page, frame)
    found = lay_page(pieces, level, upright, (width, height), index + 1)
    found.wordless = _is_picture(page, found, width * height)
    return found


def lay_page(
    pieces: Sequence[Piece],
    level: Sequence[Rule],
    upright: Sequence[Rule],
    size: tuple[float, float],
    number: int,
) -> Page:
    """Tables and running text that pieces and rules make on a page of this width and height."""
    width, height = size
    found = Page(height)
    for lattice in find_lattices(level, upright):
        lattice.widen(width)
        inside, outside = lattice.split(pieces)
        table = read_lattice(lattice, inside, number) if inside else None
        if table is not None:
            found.tables.append(marked_beyond(table, width))
            pieces = outside
    pieces = _without_page_numbers(pieces, height)
    tables, pieces = read_unruled(pieces, number, level, upright, width)
    found.tables += tables
    found.lines = text_lines(pieces, number)
    return found


def _read_pieces(page: Any, textpage: Any) -> tuple[list[Piece], Frame]:
    """What is printed inside the page, and how the page is best looked at."""
    frame = frame_of(page)
    read = read_pieces(textpage, frame)
    sideways = _turn_of_most(read)
    if sideways:
        frame = frame._replace(turns=(frame.turns - sideways) % 4)
        read = read_pieces(textpage, frame)
    width, height = frame.size()
    visible = (p for p in read if p.x1 > 0 and p.x0 < width and p.y1 > 0 and p.y0 < height)
    return _joined(visible), frame


def _turn_of_most(pieces: Sequence[Piece]) -> int:
    """The turn of more than half of the characters: a page may have been laid on its side."""
    turns: Counter[int] = Counter()
    for piece in pieces:
        turns[piece.turn] += len(piece.text)
    turn, count = turns.most_common(1)[0] if turns else (0, 0)
    return turn if 2 * count > turns.total() else 0


def _marked_if_cut(piece: Piece, width: float) -> Piece:
    """A piece that the side of the page may have cut ends in "…": what is left is no number."""
    room = CUT * piece.size
    if piece.x0 > room and piece.x1 < width - room:
        return piece
    return piece._replace(text=piece.text + CUT_OFF)


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Touching runs of a line together; turned characters are left apart."""
    pieces = list(pieces)
    upright = [piece for piece in pieces if piece.turn == 0]
    found = [run for line in cut_lines(upright) for run in join_touching(line)]
    return found + [piece for piece in pieces if piece.turn]


def _without_page_numbers(pieces: Sequence[Piece], height: float) -> list[Piece]:
    """What is left of a page's pieces: its number must not get into a table or a sentence."""
    numbers = page_numbers(cut_lines(piece for piece in pieces if piece.turn == 0), height)
    return [piece for piece in pieces if piece not in numbers]


def _is_picture(page: Any, found: Page, area: float) -> bool:
    """True for a scanned page: it may have a printed number, or the name of a scanning program."""
    if found.tables or sum(len(line.text) for line in found.lines) > MARK:
        return False
    return _has_picture(page) if not found.lines else _covered(page) > COVERED * area


def _covered(page: Any) -> float:
    """The area of a page's largest picture."""
    import pypdfium2.raw as pdfium

    largest = 0.0
    for item in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=2):
        left, bottom, right, top = item.get_bounds()
        largest = max(largest, (right - left) * (top - bottom))
    return largest


def _has_picture(page: Any) -> bool:
    import pypdfium2.raw as pdfium

    kinds = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM, pdfium.FPDF_PAGEOBJ_PATH)
    return next(page.get_objects(filter=kinds, max_depth=2), None) is not None


def _drop_furniture(pages: Sequence[Page]) -> None:
    heads = running_heads([page.lines for page in pages], [page.height for page in pages])
    for page in pages:
        page.lines = [line for line in page.lines if line not in heads]


def _blocks(pages: Sequence[Page]) -> Iterator[Line | Grid]:
    """Lines and grids in reading order, numbered through the document."""
    numbered = {"line": 0, "grid": 0}
    for run in _runs(block for page in pages for block in page.blocks()):
        if isinstance(run, PageTable):
            numbered["grid"] += 1
            yield as_grid(run, numbered["grid"])
            continue
        for text, number in paragraphs(run):
            numbered["line"] += 1
            yield Line(text, numbered["line"], number)


def _runs(
    blocks: Iterator[TextLine | PageTable],
) -> Iterator[list[TextLine] | PageTable]:
    """Lines that follow each other together, and tables joined over page breaks."""
    lines: list[TextLine] = []
    table: PageTable | None = None
    for block in blocks:
        if isinstance(block, TextLine):
            if table is not None:
                yield table
                table = None
            lines.append(block)
        elif table is not None and table.pages[-1] != block.pages[0] and goes_on(table, block):
            table = join(table, block)
        else:
            if lines:
                yield lines
                lines = []
            if table is not None:
                yield table
            table = block
    if lines:
        yield lines
    if table is not None:
        yield table


def _remarks(pages: Sequence[Page]) -> tuple[str, ...]:
    wordless = [str(number) for number, page in enumerate(pages, start=1) if page.wordless]
    if not wordless:
        return ()
    why = "no legible words" if scan.is_available() else f"a {scan.MISSING}"
    return (f"page {', '.join(wordless)}: a picture without text, not read: {why}",)
