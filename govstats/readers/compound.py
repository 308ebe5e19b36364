"""Compound files: the folders of streams that old Office files and embedded objects are."""

from __future__ import annotations

import struct
from io import StringIO

MAGIC = b"\xd0\xcf\x11\xe0"
# The head of a Word file: its mark, its version, and flags of which one says encrypted.
_HEAD = struct.Struct("<HH6xH")
_WORD_MARKS, _WORD_97, _ENCRYPTED = (0xA5EC, 0xA5DC), 0xC1, 0x0100


def stream(data: bytes, name: str) -> bytes:
    """A stream of the outermost folder; empty where there is none of that name, or damage."""
    from xlrd.compdoc import CompDoc, CompDocError

    try:
        return CompDoc(data, logfile=StringIO()).get_named_stream(name) or b""
    except (CompDocError, AssertionError, LookupError, ValueError, ArithmeticError, struct.error):
        return b""


def word_kind(data: bytes) -> str:
    """The kind of an old Word file: doc, doc-95 (before 1997), protected or damaged.

    Told by the head of its main stream ([MS-DOC] 2.5.2: wIdent, nFib, fEncrypted).
    """
    head = stream(data, "WordDocument")[: _HEAD.size]
    if len(head) < _HEAD.size:
        return "damaged"
    mark, version, flags = _HEAD.unpack(head)
    if mark not in _WORD_MARKS:
        return "damaged"
    if flags & _ENCRYPTED:
        return "protected"
    return "doc" if version >= _WORD_97 else "doc-95"
