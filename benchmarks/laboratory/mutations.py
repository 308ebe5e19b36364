"""Damages a file on purpose, as bytes and as what it is: zip parts, markup, PDF objects, text."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random

Mutate = Callable[[bytes, bytes, Random], bytes]

_MAGICS = (
    *(b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"%PDF-1.7\n", b"{\\rtf1"),
    *(b"<html>", b"<?xml version='1.0'?>", b"MIME-Version: 1.0\n", b"\xff\xfe", b"\xfe\xff"),
    *(
        b"\xef\xbb\xbf",
        b"\x84\x31\x95\x33",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"Rar!",
        b"II*\0",
    ),
)
# What attributes and numbers are replaced by: ends of ranges, other digits, other spellings.
_VALUES = (
    *("", "0", "-1", "1", "65535", "2147483648", "99999999999999999999", "1e308", "1E+9999"),
    *("nan", "-inf", "٣", "１２", "²", "½", "0x10", "9" * 5000, "0." + "1" * 400, "a" * 3000),
    *("A1:XFD1048576", "1.7976931348623157e308", "../../x", "rId999", "true", "%s%n", "]]>"),
)
# Marks without width, turned text, half of a pair, noncharacters, signs that change length.
_SIGNS = tuple("\u202e\u200b\ufeff\ufffd\uffff\x00\x0b\x0c\x1c\x85\u2028ﬀ㍿﷽İß𠀀") + (
    "\r",
    "\t",
    "|",
)
_TAG = re.compile(rb"<[^<>]{1,300}>")
_VALUE = re.compile(rb"(?<==\")[^\"]{0,60}(?=\")|(?<=>)[^<>]{1,60}(?=<)")
_DIGITS = re.compile(rb"\d+")
_STREAM = re.compile(rb"<<[^<>]*>>\s*stream\r?\n(.*?)endstream", re.S)
_REFERENCE = re.compile(rb"\d+(?= 0 R)")
_PAGE_SIZE = re.compile(rb"(?<=/MediaBox \[)[^\]]*")
_ENTITIES = (
    b'<!DOCTYPE a [<!ENTITY b "' + b"ha" * 500 + b'">'
    b'<!ENTITY c "' + b"&b;" * 500 + b'"><!ENTITY d "' + b"&c;" * 500 + b'">'
    b'<!ENTITY e SYSTEM "file:///dev/zero">]>'
)


def mutate(data: bytes, other: bytes, rng: Random) -> tuple[str, bytes]:
    """A damaged file and the names of what was done; `other` is spliced in now and then."""
    ways: dict[str, Mutate] = dict(_BYTES)
    if data.startswith(b"PK"):
        ways |= {"part": _part, "part again": _part, "parts": _parts, "part 3": _part}
    elif data.startswith(b"%PDF"):
        ways |= _PDF
    else:
        ways |= _markup_or_text(data)
    done = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        name = rng.choice(list(ways))
        data = ways[name](data, other, rng)
        done.append(name)
    return "+".join(done), data


def _markup_or_text(data: bytes) -> dict[str, Mutate]:
    return _MARKUP | _TEXT if data.lstrip()[:1] == b"<" or b"<table" in data else _TEXT


def _spot(data: bytes, rng: Random, most: int = 4000) -> tuple[int, int]:
    """Start and end of a piece, mostly short."""
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + int(most ** rng.random()))


def _flip(data: bytes, other: bytes, rng: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(int(64 ** rng.random()) if data else 0):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _cut(data: bytes, other: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _delete(data: bytes, other: bytes, rng: Random) -> bytes:
    start, end = _spot(data, rng)
    return data[:start] + data[end:]


def _repeat(data: bytes, other: bytes, rng: Random) -> bytes:
    start, end = _spot(data, rng)
    times = rng.choice((1, 2, 10, 200_000 // (end - start + 1)))
    return data[:end] + data[start:end] * times + data[end:]


def _splice(data: bytes, other: bytes, rng: Random) -> bytes:
    (start, end), (first, last) = _spot(data, rng), _spot(other, rng)
    return data[:start] + other[first:last] + data[end:]


def _halves(data: bytes, other: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]


def _magic(data: bytes, other: bytes, rng: Random) -> bytes:
    magic = rng.choice(_MAGICS)
    return magic + data[rng.choice((0, len(magic))) :]


def _value(data: bytes, other: bytes, rng: Random) -> bytes:
    return _replace(data, _VALUE, rng.choice(_VALUES).encode(), rng)


def _number(data: bytes, other: bytes, rng: Random) -> bytes:
    return _replace(data, _DIGITS, rng.choice(_VALUES).encode(), rng)


def _replace(data: bytes, pattern: re.Pattern[bytes], new: bytes, rng: Random) -> bytes:
    """One match, or now and then each of them, replaced."""
    found = [match.span() for match in pattern.finditer(data)]
    for start, end in reversed(found if rng.random() < 0.03 else _some(found, rng)):
        data = data[:start] + new + data[end:]
        if len(data) > 3_000_000:
            break
    return data


def _some(found: Sequence[tuple[int, int]], rng: Random) -> list[tuple[int, int]]:
    return sorted(rng.sample(found, min(len(found), rng.choice((1, 1, 2, 8)))))


def _tag(data: bytes, other: bytes, rng: Random) -> bytes:
    """A tag is lost, doubled, moved, or opened many times."""
    found = _some([match.span() for match in _TAG.finditer(data)], rng)
    for start, end in reversed(found):
        tag = data[start:end]
        new = rng.choice((b"", tag * 2, tag * rng.choice((300, 5000)), data[end : end + 200] + tag))
        data = data[:start] + new + data[end:]
    return data


def _block(data: bytes, other: bytes, rng: Random) -> bytes:
    """What stands between two tags is put elsewhere, perhaps into itself."""
    found = [match.start() for match in _TAG.finditer(data)] or [0]
    start, end = sorted((rng.choice(found), rng.choice(found)))
    at = rng.choice(found)
    return (data[:at] + data[start:end] + data[at:])[:3_000_000]


def _entities(data: bytes, other: bytes, rng: Random) -> bytes:
    head = re.match(rb"\s*<\?xml[^>]*\?>", data)
    at = head.end() if head else 0
    data = data[:at] + _ENTITIES + data[at:]
    return _replace(data, re.compile(rb"(?<=>)[^<>]+(?=</)"), rng.choice((b"&d;", b"&e;")), rng)


def _signs(data: bytes, other: bytes, rng: Random) -> bytes:
    for _ in range(rng.choice((1, 3, 50))):
        at = rng.randrange(len(data) + 1)
        data = data[:at] + rng.choice(_SIGNS).encode() + data[at:]
    return data


def _lines(data: bytes, other: bytes, rng: Random) -> bytes:
    lines = data.split(b"\n")
    rng.choice((rng.shuffle, list.sort, list.reverse))(lines)
    return rng.choice((b"\n", b"", b"\n\n", b"\t", b"||"))[:2].join(lines)


def _recode(data: bytes, other: bytes, rng: Random) -> bytes:
    encoding = rng.choice(("gb18030", "utf-16-le", "utf-16", "utf-8-sig", "big5", "utf-32"))
    return data.decode("utf-8", "replace").encode(encoding, "replace")


def _message(data: bytes, other: bytes, rng: Random) -> bytes:
    """The page as a web archive, perhaps with a part that never ends or holds itself."""
    mark = rng.choice((b"----=_x", b"", b"a" * 300))
    head = b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="' + mark + b'"\n\n'
    kind = b"--" + mark + b"\nContent-Type: text/html\nContent-Transfer-Encoding: %s\n\n"
    coding = rng.choice((b"8bit", b"base64", b"quoted-printable", b"x-uuencode", b"7bit"))
    return head + (kind % coding + data + b"\n") * rng.choice((1, 2)) + b"--" + mark + b"--\n"


def _reference(data: bytes, other: bytes, rng: Random) -> bytes:
    numbers = _DIGITS.findall(b" ".join(_REFERENCE.findall(data))) or [b"1"]
    return _replace(data, _REFERENCE, rng.choice(numbers), rng)


def _page_size(data: bytes, other: bytes, rng: Random) -> bytes:
    size = rng.choice((b"0 0 0 0", b"0 0 1e9 1e9", b"-1 -1 -9 -9", b"9 9 1 1", b"0 0 nan 5"))
    return _replace(data, _PAGE_SIZE, size, rng)


def _stream(data: bytes, other: bytes, rng: Random) -> bytes:
    """One packed stream of a PDF is unpacked, damaged and put back bare."""
    found = list(_STREAM.finditer(data))
    if not found:
        return data
    match = rng.choice(found)
    content = match[1].rstrip()
    with suppress(zlib.error, ValueError):
        content = zlib.decompress(_ascii85(content) if content.endswith(b"~>") else content)
    way = rng.choice((_number, _delete, _repeat, _flip, _splice))
    content = way(content, other, rng)
    new = b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content)
    return data[: match.start()] + new + data[match.end() :]


def _ascii85(content: bytes) -> bytes:
    from base64 import a85decode

    return a85decode(content.removesuffix(b"~>"))


def _part(data: bytes, other: bytes, rng: Random) -> bytes:
    """One part of a zip archive damaged, as markup where it is that."""
    parts = _unpacked(data)
    if not parts:
        return _flip(data, other, rng)
    # What makes up the report is in the largest parts.
    name = max(rng.sample(list(parts), min(3, len(parts))), key=lambda each: len(parts[each]))
    ways = [*_BYTES.values(), *3 * list(_MARKUP.values()), _number, _signs]
    parts[name] = rng.choice(ways)(parts[name], other, rng)[:3_000_000]
    return _packed(list(parts.items()))


def _parts(data: bytes, other: bytes, rng: Random) -> bytes:
    """Parts are lost, doubled, exchanged, put in from another file, or named in odd ways."""
    parts = list(_unpacked(data).items())
    if not parts:
        return _cut(data, other, rng)
    at, to = rng.randrange(len(parts)), rng.randrange(len(parts))
    way = rng.randrange(5)
    if way == 0:
        del parts[at]
    elif way == 1:
        parts.append(parts[at])
    elif way == 2:
        parts[at], parts[to] = (parts[at][0], parts[to][1]), (parts[to][0], parts[at][1])
    elif way == 3:
        parts[at] = (rng.choice(("../x", "/a", "C:\\x", "", "x\0y", "n" * 9000)), parts[at][1])
    else:
        parts += _unpacked(other).items()
    return _packed(parts)


def _unpacked(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, OSError, RuntimeError, KeyError):
        return {}


def _packed(parts: Sequence[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts:
            info = zipfile.ZipInfo(name, (2023, 1, 20, 9, 0, 0))
            kind = zipfile.ZIP_DEFLATED
            # Names that stand twice are meant to.
            archive.NameToInfo.clear()
            archive.writestr(info, content, kind)
    return target.getvalue()


_BYTES: dict[str, Mutate] = {
    "flip": _flip,
    "cut": _cut,
    "delete": _delete,
    "repeat": _repeat,
    "splice": _splice,
    "halves": _halves,
    "magic": _magic,
}
_MARKUP: dict[str, Mutate] = {
    "value": _value,
    "tag": _tag,
    "block": _block,
    "entities": _entities,
    "message": _message,
}
_TEXT: dict[str, Mutate] = {"number": _number, "signs": _signs, "lines": _lines, "recode": _recode}
_PDF: dict[str, Mutate] = {
    "number": _number,
    "reference": _reference,
    "page size": _page_size,
    "stream": _stream,
    "stream again": _stream,
}
