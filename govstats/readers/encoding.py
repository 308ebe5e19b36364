"""Bytes -> text: UTF-8, GB18030 or UTF-16, with or without a byte-order mark."""

from __future__ import annotations

import codecs
import re
import unicodedata

from govstats.document import ReportError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_CANDIDATES = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
# Text has none of these; bytes read with the wrong encoding nearly always have.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
# How much is judged: enough to tell encodings apart, little enough to be quick.
_SAMPLE = 20_000
# Chinese text read rightly is above 0.98; Big5 or Shift-JIS read as GB18030 is below 0.8.
_COMMON_SHARE = 0.9


def decode(data: bytes) -> str:
    """Text of the bytes in the first encoding that fits, with line ends as newlines.

    Raises ReportError (stage decode) when none fits.

    >>> decode("政府信息公开".encode("gb18030")), decode("公开".encode("utf-16"))
    ('政府信息公开', '公开')
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = _attempt(data[len(mark) :], encoding)
            if text is not None:
                return _newlines(text)
    for encoding in _CANDIDATES:
        text = _attempt(data, encoding)
        if text is not None and _plausible(text, encoding):
            return _newlines(text)
    raise ReportError(
        "decode",
        "is not text in UTF-8, GB18030 or UTF-16: open it in an editor and save it as UTF-8",
    )


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _attempt(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text


def _plausible(text: str, encoding: str) -> bool:
    if encoding == "utf-8":
        return True
    sample = [char for char in text[:_SAMPLE] if char > "\x7f"]
    common = sum(_is_common(char) for char in sample)
    return common >= _COMMON_SHARE * len(sample)


def _is_common(char: str) -> bool:
    """In everyday Chinese text: a GB 2312 character, or punctuation, a number sign or a space."""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return unicodedata.category(char)[0] in "PNZS" and char < "\uff60"
    return True
