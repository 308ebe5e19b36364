"""Compound files: the folders of streams that old Office files and embedded objects are."""

from __future__ import annotations

import struct
from io import StringIO

MAGIC = b"\xd0\xcf\x11\xe0"
# The head of a Word file: its mark, and the flags at this place, of which one says encrypted.
_WORD_MARKS = (0xA5EC, 0xA5DC)
_FLAGS_AT, _ENCRYPTED = 0x0A, 0x0100


def stream(data: bytes, name: str) -> bytes:
    """A stream of the outermost folder; empty where there is none of that name, or damage."""
    from xlrd.compdoc import CompDoc, CompDocError

    try:
        return CompDoc(data, logfile=StringIO()).get_named_stream(name) or b""
    except (CompDocError, AssertionError, LookupError, ValueError, ArithmeticError, struct.error):
        return b""


def is_protected_word(data: bytes) -> bool:
    """Whether an old Word file says that it is encrypted ([MS-DOC] 2.5.2, fEncrypted)."""
    head = stream(data, "WordDocument")[: _FLAGS_AT + 2]
    if len(head) < _FLAGS_AT + 2:
        return False
    mark, flags = struct.unpack_from("<H", head)[0], struct.unpack_from("<H", head, _FLAGS_AT)[0]
    return mark in _WORD_MARKS and bool(flags & _ENCRYPTED)
