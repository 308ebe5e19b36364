"""One front door: a file's bytes -> Document. Each format has a small module of its own."""

from __future__ import annotations

import re
import stat
from dataclasses import replace
from pathlib import Path

from govstats.document import Document, ReportError
from govstats.readers import archive
from govstats.readers.encoding import decode
from govstats.readers.html import looks_like_html, read_html
from govstats.readers.limits import MEGABYTE, MOST_MARKUP, MOST_PAGES, refuse, require_sane
from govstats.readers.pictures import Beside
from govstats.readers.text import is_comma_separated, read_text
from govstats.readers.web_archive import is_web_archive, read_web_archive

# The largest report seen is under 1 MB; far beyond that a file is a collection or a mistake.
LARGEST = 20 * MEGABYTE

# All that the parts of one office file may unpack to.
LARGEST_UNPACKED = 200 * MEGABYTE

# PNG, JPEG, GIF, TIFF, and bitmaps, which have four reserved bytes.
_PICTURE = re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*|BM.{4}\0{4}", re.S)
_MAGIC = {
    b"\x1f\x8b": "a gzip file",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
}
_COMPOUND = b"\xd0\xcf\x11\xe0"
_RTF = b"{\\rtf"
_XLS, _WORD = "an old Excel file", "an old Word file"
_PROTECTED = "protected with a password"
# Names of streams, written in UTF-16, tell what an old Office file is; the first that fits counts.
_STREAMS = {"EncryptedPackage": _PROTECTED, "WordDocument": _WORD, "Workbook": _XLS, "Book": _XLS}
_OTHER_PARTS = {"pptx": "a presentation: save the report as .docx or .html"}
# Office 2003 names in the head of an XML file the program that is to open it.
_OFFICE_XML = re.compile(rb"<\?mso-application\s+progid=[\"'](Word|Excel)\.")
# Some programs write a few bytes in front of a PDF file, but no markup.
_PDF = re.compile(rb"[^<]{0,1024}?%PDF-")


def load(path: Path, largest: int = LARGEST) -> bytes:
    """Bytes of a file of at most `largest` bytes.

    Raises ReportError (stage find or read) for a path that is missing, a broken link, unreadable,
    no file (a folder, a pipe, a device), empty or too large.
    """
    try:
        status = path.stat()
        size = status.st_size
        # A pipe would be waited for, and a device has no end.
        if not stat.S_ISREG(status.st_mode):
            raise ReportError("read", "is no file but a folder, pipe or device: give a file")
        if size > largest:
            raise ReportError(
                "read",
                f"is {size / MEGABYTE:.0f} MB, more than {largest / MEGABYTE:.0f} MB: "
                "cut out the report, or raise the limit with --max-mb",
            )
        with path.open("rb") as stream:
            # What grows meanwhile, or tells no size, is read no further.
            data = stream.read(largest)
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


def read(data: bytes, beside: Beside | None = None, most_pages: int = MOST_PAGES) -> Document:
    """Turn the bytes of one report into a Document, told by what they hold, never by a name.

    `beside` gives the bytes of a file that a web page names, such as a picture of a table, or None
    where it does not lie beside the page; of a PDF up to `most_pages` are read. Raises ReportError
    (stage decode) for other kinds of file, damaged ones and unknown encodings, (stage read) for
    what no report is as large as.
    """
    document = _read(data, beside, most_pages)
    require_sane(document.blocks)
    return document


def _read(data: bytes, beside: Beside | None, most_pages: int) -> Document:
    if data.startswith((archive.MAGIC, archive.EMPTY)):
        return _read_parts(data)
    if data.startswith(_COMPOUND):
        return _read_compound(data)
    if _PDF.match(data):
        from govstats.readers.pdf import read_pdf

        return read_pdf(data, most_pages)
    if _PICTURE.match(data):
        from govstats.readers.scan import read_scan

        return read_scan(data)
    if is_web_archive(data):
        return read_web_archive(data)
    program = _OFFICE_XML.search(data[:1000])
    if data.startswith(_RTF) or program:
        return _read_converted(data, f"{program[1].decode().lower()}-xml" if program else "rtf")
    kind = next((name for magic, name in _MAGIC.items() if data.startswith(magic)), None)
    if kind is not None:
        raise ReportError("decode", f"is {kind}: unpack it, or pack it again as .zip")
    text = decode(data)
    if looks_like_html(text):
        return read_html(text, beside)
    if is_comma_separated(text):
        raise ReportError("decode", "is comma-separated (CSV): open it and save it as .xlsx")
    return read_text(text)


def _read_parts(data: bytes) -> Document:
    """A file of zipped parts: docx, xlsx and OpenDocument are read, others refused by name."""
    kind = archive.kind_of(data)
    if kind == "damaged":
        raise ReportError(
            "decode", "is a damaged zip-based file (docx, xlsx or zip): download it again"
        )
    if kind == "zip":
        raise ReportError("decode", archive.refusal(data))
    if kind in _OTHER_PARTS:
        raise ReportError("decode", f"is {_OTHER_PARTS[kind]}")
    _require_unpacked(data)
    if kind == "opendocument":
        from govstats.readers.converted import kind_of_open_document

        return _read_converted(data, kind_of_open_document(data))
    if archive.has_doctype(data):
        raise ReportError(
            "decode", "has a document type in its XML, as no office file may: save it again"
        )
    if kind == "docx":
        from govstats.readers.word import read_docx

        return read_docx(data)
    from govstats.readers.sheet import read_sheet

    return read_sheet(data)


def _require_unpacked(data: bytes) -> None:
    """Raise ReportError where zipped parts say that they unpack to more than a report has."""
    size = archive.unpacked_size(data)
    if size > LARGEST_UNPACKED:
        raise ReportError(
            "read",
            f"unpacks to {size / MEGABYTE:.0f} MB, more than {LARGEST_UNPACKED // MEGABYTE} MB: "
            "save the report without pictures",
        )
    markup = archive.unpacked_size(data, ".xml")
    if markup > MOST_MARKUP * MEGABYTE:
        raise refuse(f"has {markup / MEGABYTE:.0f} MB of XML in it, more than {MOST_MARKUP} MB")


def _read_compound(data: bytes) -> Document:
    """An old Office file: xls and Word are read."""
    from govstats.readers.compound import stream, word_kind

    kinds = [kind for name, kind in _STREAMS.items() if name.encode("utf-16-le") in data]
    kind = kinds[0] if kinds else "an old Office file of an unknown kind"
    # Either may be embedded in the other.
    if kind == _WORD and any(stream(data, name) for name in ("Workbook", "Book")):
        kind = _XLS
    if kind == _XLS:
        from govstats.readers.sheet import read_sheet

        return read_sheet(data)
    if kind == _WORD:
        return _read_word(data, word_kind(data))
    if kind == _PROTECTED:
        raise ReportError("decode", f"is {kind}: open it with the password and save it without")
    raise ReportError("decode", f"is {kind}: open it and save it as .docx or .xlsx")


def _read_word(data: bytes, kind: str) -> Document:
    """An old Word file of one of the kinds that its head tells."""
    if kind == "protected":
        raise ReportError(
            "decode", f"is {_PROTECTED}: open it with the password and save it without"
        )
    if kind == "damaged":
        raise ReportError("decode", "is a damaged old Word file: download it again")
    return replace(_read_converted(data, kind), format="doc")


def _read_converted(data: bytes, kind: str) -> Document:
    """What LibreOffice makes of a file, by the reader for that, under the file's own kind."""
    from govstats.readers.converted import convert

    return replace(_read_parts(convert(data, kind)), format=kind)
