"""Zip archives of reports, read in place member by member; nothing is ever unpacked to disk."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from lzma import LZMAError
from pathlib import Path
from typing import IO, Self
from zlib import error as ZlibError

from govstats.document import ReportError
from govstats.readers.pictures import Beside, relative_name

MAGIC = b"PK\x03\x04"
EMPTY = b"PK\x05\x06"
MEGABYTE = 1_000_000
# All that an archive may unpack to, one member at a time.
LARGEST_TOTAL = 4_000 * MEGABYTE
# Web pages shrink to a tenth or a thirtieth; what shrinks further and is large is a bomb.
HIGHEST_RATIO = 200
_UNSUSPICIOUS = MEGABYTE
# An archive in an archive is read, one inside that is not.
DEEPEST = 2
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
# What the standard library raises for damaged archives.
FAULTS = (
    *(zipfile.BadZipFile, ZlibError, LZMAError, struct.error, EOFError, OSError),
    *(ValueError, RuntimeError, LookupError, ArithmeticError),
)
# Control characters, and marks that turn the direction of what is shown behind them.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# Pictures and settings of folders, which Windows adds.
_ADDED = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini"})
# In the encodings of XML whose signs take one byte or two.
_DOCTYPE = re.compile(rb"<\0?!\0?D\0?O\0?C\0?T\0?Y\0?P\0?E")
_DRIVE = re.compile(r"^[A-Za-z]:")
# What office files of zipped parts have inside -> what they are.
_OFFICE = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its name there and its place, an index for every archive it is in."""

    name: str
    place: tuple[int, ...]


def kind_of(data: bytes) -> str:
    """What zipped bytes are, by their members: docx, xlsx, pptx, opendocument, zip or damaged."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _kind(archive)
    except FAULTS:
        return "damaged"


def _kind(archive: zipfile.ZipFile) -> str:
    names = archive.namelist()
    if "[Content_Types].xml" in names:
        for folder, kind in _OFFICE.items():
            if any(name.startswith(folder) for name in names):
                return kind
    return "opendocument" if names[:1] == ["mimetype"] else "zip"


def unpacked_size(data: bytes, suffix: str = "") -> int:
    """Bytes that all members with this end of their names together say they unpack to."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        infos = archive.infolist()
    return sum(info.file_size for info in infos if info.filename.lower().endswith(suffix))


def has_doctype(data: bytes) -> bool:
    """Whether a part of an office file declares a document type.

    None may (ISO/IEC 29500-2): what its entities stand for would be missing from the text.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return any(
                _DOCTYPE.search(archive.read(info))
                for info in archive.infolist()
                if info.filename.lower().endswith((".xml", ".rels"))
            )
    except FAULTS:
        return False


def refusal(data: bytes) -> str:
    """Why a whole archive cannot be read as one report, and what to do."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        files, total = [i for i in archive.infolist() if not _is_folder(i)], _total(archive)
    if not files:
        return "is a zip archive without files: check the download"
    if total > LARGEST_TOTAL:
        most = LARGEST_TOTAL // MEGABYTE
        return f"unpacks to {total / MEGABYTE:.0f} MB, more than {most} MB: give it in parts"
    return (
        f"is a zip archive of {len(files)} files: give it to `govstats extract` by itself, "
        "or unpack it"
    )


def members_of(path: Path, largest: int) -> list[Member]:
    """The files in an archive in its order, those of archives inside it too.

    Empty for what is no archive of files: another kind of file, an Office file, a damaged or an
    empty archive, or one that is too large; reading it as one file says what is wrong. Folders,
    hidden files and what macOS adds are left out. A name that stands twice gets a number.
    """
    if not path.is_file():
        return []
    try:
        with path.open("rb") as stream:
            if stream.read(len(MAGIC)) != MAGIC:
                return []
            found = list(_members(stream, (), largest))
    except FAULTS:
        return []
    times: dict[str, int] = {}
    numbered = []
    for member in found:
        times[member.name] = times.get(member.name, 0) + 1
        again = f" ({times[member.name]})" if times[member.name] > 1 else ""
        numbered.append(Member(member.name + again, member.place))
    return numbered


def _members(source: IO[bytes], place: tuple[int, ...], largest: int) -> Iterator[Member]:
    with zipfile.ZipFile(source) as archive:
        if _kind(archive) != "zip" or _total(archive) > LARGEST_TOTAL:
            return
        for index, info in enumerate(archive.infolist()):
            name = safe_name(info)
            if _is_folder(info) or is_hidden(name):
                continue
            here = (*place, index)
            inner = _archive_inside(archive, info, largest) if len(here) < DEEPEST else None
            within = list(_members(BytesIO(inner), here, largest)) if inner else []
            yield from (Member(f"{name}/{each.name}", each.place) for each in within)
            if not within:
                yield Member(name, here)


def _archive_inside(archive: zipfile.ZipFile, info: zipfile.ZipInfo, largest: int) -> bytes | None:
    """The bytes of a member that is an archive of files itself, or None."""
    try:
        with archive.open(info) as stream:
            if stream.read(len(MAGIC)) != MAGIC:
                return None
        data = _unpack(archive, info, largest)
    except (*FAULTS, NotImplementedError, ReportError):
        return None
    return data if kind_of(data) == "zip" else None


def _total(archive: zipfile.ZipFile) -> int:
    return sum(info.file_size for info in archive.infolist())


def safe_name(info: zipfile.ZipInfo) -> str:
    """A member's name with / between folders, never leading out of the archive.

    Names without the flag for UTF-8 are in UTF-8 (macOS) or GB18030 (Windows in Chinese).
    """
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME:
        name = _decoded(name)
    parts = _DRIVE.sub("", name.split("\0")[0].replace("\\", "/")).split("/")
    kept = [_UNPRINTABLE.sub("?", part) for part in parts if part not in ("", ".", "..")]
    return "/".join(kept) or "nameless"


def _decoded(name: str) -> str:
    raw = name.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def is_hidden(name: str) -> bool:
    """Whether a name, / between folders, is hidden or of a file that systems add by themselves."""
    *_, last = parts = name.split("/")
    return last.lower() in _ADDED or any(p.startswith(".") or p == "__MACOSX" for p in parts)


def _is_folder(info: zipfile.ZipInfo) -> bool:
    # ZipInfo.is_dir falls over an empty name.
    return info.filename.endswith("/")


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, largest: int) -> bytes:
    """A member's bytes. Raises ReportError (stage read or decode) where they cannot be had."""
    if info.flag_bits & _ENCRYPTED:
        raise ReportError("decode", "is encrypted: unpack the archive with its password")
    size, packed = info.file_size, info.compress_size
    if size > largest:
        raise ReportError(
            "read",
            f"is {size / MEGABYTE:.0f} MB, more than {largest / MEGABYTE:.0f} MB: "
            "cut out the report, or raise the limit with --max-mb",
        )
    if size > _UNSUSPICIOUS and size > HIGHEST_RATIO * packed:
        raise ReportError(
            "read", f"unpacks to {size // max(packed, 1)} times its size: no report does"
        )
    try:
        with archive.open(info) as stream:
            # Never more than was declared, whatever the packed bytes go on to say.
            return stream.read(size)
    except NotImplementedError as error:
        raise ReportError(
            "decode", "is packed in a way that is not read here: unpack the archive"
        ) from error
    except FAULTS as error:
        raise ReportError(
            "decode", "is damaged in its archive: pack or download the archive again"
        ) from error


class Archives:
    """Reads members; the archives on the way to the last one stay open, as the next is near it."""

    def __init__(self) -> None:
        self._open: list[tuple[tuple[Path, tuple[int, ...]], zipfile.ZipFile]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close(0)

    def load(self, path: Path, place: tuple[int, ...], largest: int) -> bytes:
        """Bytes of the member at a place. Raises ReportError as for a file of its own."""
        try:
            archive = self._archive(path, place[:-1], largest)
            info = archive.infolist()[place[-1]]
        except (*FAULTS, IndexError) as error:
            raise ReportError(
                "read", "cannot be found again in its archive: it was changed meanwhile"
            ) from error
        data = _unpack(archive, info, largest)
        if not data.strip():
            raise ReportError("read", "is empty: save the report again")
        return data

    def beside(self, path: Path, place: tuple[int, ...], largest: int) -> Beside:
        """What lies in the archive in the folder of the member at a place, or below it."""

        def load(address: str) -> bytes | None:
            wanted = relative_name(address)
            try:
                archive = self._archive(path, place[:-1], largest)
                infos = archive.infolist()
                folder, slash, _ = safe_name(infos[place[-1]]).rpartition("/")
                names = (info for info in infos if safe_name(info) == f"{folder}{slash}{wanted}")
                found = next(names, None) if wanted else None
                return _unpack(archive, found, largest) if found else None
            except (*FAULTS, IndexError, ReportError):
                return None

        return load

    def _archive(self, path: Path, place: tuple[int, ...], largest: int) -> zipfile.ZipFile:
        for depth in range(len(place) + 1):
            key = (path, place[:depth])
            if depth < len(self._open) and self._open[depth][0] == key:
                continue
            self._close(depth)
            if depth == 0:
                archive = zipfile.ZipFile(path)
            else:
                outer = self._open[depth - 1][1]
                inner = _unpack(outer, outer.infolist()[place[depth - 1]], largest)
                archive = zipfile.ZipFile(BytesIO(inner))
            self._open.append((key, archive))
        return self._open[len(place)][1]

    def _close(self, depth: int) -> None:
        for _, archive in self._open[depth:]:
            archive.close()
        del self._open[depth:]
