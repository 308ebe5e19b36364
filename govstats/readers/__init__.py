"""One front door: a file's bytes -> Document. Each format has a small module of its own."""

from __future__ import annotations

from pathlib import Path

from govstats.document import Document, ReportError
from govstats.readers.encoding import decode
from govstats.readers.html import looks_like_html, read_html
from govstats.readers.text import read_text

MEGABYTE = 1_000_000
# The largest report seen is under 1 MB; far beyond that a file is a collection or a mistake.
LARGEST = 20 * MEGABYTE

_MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"BM": "a bitmap picture",
    b"%PDF": "a PDF file",
    b"PK\x03\x04": "a zip-based file (docx, xlsx or zip)",
    b"\xd0\xcf\x11\xe0": "an old Office file (doc, xls or wps)",
    b"{\\rtf": "an RTF file",
    b"\x1f\x8b": "a gzip file",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
}


def load(path: Path, largest: int = LARGEST) -> bytes:
    """Bytes of a file of at most `largest` bytes.

    Raises ReportError (stage find or read) for a path that is missing, a broken link, unreadable,
    empty or too large.
    """
    try:
        size = path.stat().st_size
        if size > largest:
            raise ReportError(
                "read",
                f"is {size / MEGABYTE:.0f} MB, more than {largest / MEGABYTE:.0f} MB: "
                "cut out the report, or raise the limit with --max-mb",
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        what = "is a broken link" if path.is_symlink() else "does not exist"
        raise ReportError("find", f"{what}: check the path") from error
    except OSError as error:
        raise ReportError(
            "read", f"cannot be read ({error.strerror}): check its permissions"
        ) from error
    if not data.strip():
        raise ReportError("read", "is empty: save the report again")
    return data


def read(data: bytes) -> Document:
    """Turn the bytes of one report into a Document.

    Raises ReportError (stage decode) for other kinds of file and for unknown encodings.
    """
    kind = next((name for magic, name in _MAGIC.items() if data.startswith(magic)), None)
    if kind is not None:
        raise ReportError(
            "decode", f"is {kind}, not text or HTML: save the report as .txt or .html"
        )
    text = decode(data)
    return read_html(text) if looks_like_html(text) else read_text(text)
