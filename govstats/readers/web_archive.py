"""Pages saved as one file (.mht, .mhtml): the HTML part, as browsers and Word write it."""

from __future__ import annotations

import re

from govstats.document import ReportError

# The head of a message, where a browser says that it saved the page.
_START = re.compile(rb"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,20}?MIME-Version:", re.I)


def is_web_archive(data: bytes) -> bool:
    """True for a file that begins as a message with parts."""
    return _START.match(data.lstrip()) is not None


def html_part(data: bytes) -> bytes:
    """The first HTML page in the file. Raises ReportError (stage decode) when there is none."""
    from email import message_from_bytes

    for part in message_from_bytes(data.lstrip()).walk():
        if part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            if isinstance(page, bytes) and page.strip():
                return page
    raise ReportError("decode", "is a saved message without a page: save the report as .html")
