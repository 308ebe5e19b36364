"""Pages saved as one file (.mht, .mhtml), as browsers and Word write them.

Such a file is a message: the page is its first HTML part; its frames and pictures are other parts,
which the page names by address or by content id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from itertools import islice
from urllib.parse import urljoin

from govstats.document import Document, Grid, ReportError
from govstats.readers.encoding import decode
from govstats.readers.html import read_html
from govstats.readers.limits import refuse
from govstats.readers.pictures import Beside

# The head of a message, where a browser says that it saved the page.
_START = re.compile(rb"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,20}?MIME-Version:", re.I)
_PAGES = ("text/html", "application/xhtml+xml")
# A shell around the page proper says less than this, in characters.
_LITTLE = 300
# Parts of a message; a page with all its pictures has some 200.
_MOST_PARTS = 2_000


def is_web_archive(data: bytes) -> bool:
    """True for a file that begins as a message with parts."""
    return _START.match(data.lstrip()) is not None


def read_web_archive(data: bytes) -> Document:
    """The page with its frames; where it says little itself, the HTML part that says most.

    Raises ReportError: stage decode where there is no page, else as `read_html` does.
    """
    from email import message_from_bytes

    try:
        walked = list(islice(message_from_bytes(data.lstrip()).walk(), _MOST_PARTS + 1))
        parts = [part for part in walked if _bytes(part)]
    except (RecursionError, LookupError, ValueError, TypeError, AttributeError) as error:
        raise ReportError("decode", "is a damaged saved page: save it again as .html") from error
    if len(walked) > _MOST_PARTS:
        raise refuse(f"is a saved page of more than {_MOST_PARTS} parts")
    pages = [part for part in parts if part.get_content_type() in _PAGES]
    if not pages:
        raise ReportError("decode", "is a saved message without a page: save the report as .html")
    beside = _beside(parts, [_location(page) for page in pages])
    first = _attempt(pages[0], beside)
    if isinstance(first, Document) and _length(first) >= _LITTLE:
        return first
    found = [each for page in pages[1:] if isinstance(each := _attempt(page, beside), Document)]
    if isinstance(first, Document):
        found.insert(0, first)
    elif not found:
        raise first
    return max(found, key=_length)


def _attempt(page: Message, beside: Beside) -> Document | ReportError:
    try:
        return read_html(_text(page), beside)
    except ReportError as error:
        return error


def _length(document: Document) -> int:
    """Characters of a document; a table counts for much."""
    return sum(_LITTLE if isinstance(b, Grid) else len(b.text) for b in document.blocks)


def _bytes(part: Message) -> bytes:
    """What a part holds, whatever its transfer encoding; empty for one that holds other parts."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) and payload.strip() else b""


def _text(page: Message) -> str:
    """Text of a page, in the encoding that it is said to have only where it is no other."""
    data = _bytes(page)
    try:
        return decode(data)
    except ReportError:
        try:
            return data.decode(page.get_content_charset("utf-8"))
        except (LookupError, UnicodeDecodeError):
            pass
        raise


def _location(part: Message) -> str:
    # A long address is folded over lines.
    return re.sub(r"\s+", "", str(part.get("Content-Location", "")))


def _beside(parts: list[Message], pages: list[str]) -> Beside:
    """The parts by the addresses that a page may call them by; nothing outside the file."""
    found: dict[str, bytes] = {}
    for part in parts:
        identity = str(part.get("Content-ID", "")).strip().strip("<>")
        for address in filter(None, (_location(part), identity and f"cid:{identity}")):
            found.setdefault(address, _bytes(part))

    def addresses(name: str) -> Iterator[str]:
        yield name
        for page in pages:
            try:
                yield urljoin(page, name)
            except ValueError:
                continue

    def load(name: str) -> bytes | None:
        return next((found[each] for each in addresses(name) if each in found), None)

    return load
