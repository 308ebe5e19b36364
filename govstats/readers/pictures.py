"""Tables that are pictures in a report: which of its pictures are read, and where they stand.

Reading a picture takes seconds, and most are emblems and photographs. So pictures are looked at
only where the text lacks a statutory table, and only those of the size of a table.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from govstats.document import Grid, Line, ReportError

# A file that a page names -> its bytes, None where it is not beside the page.
Beside = Callable[[str], bytes | None]
Blocks = Sequence[Line | Grid]

# Pixels. A table of two rows is wide and low; banners are wider still for their height.
NARROWEST, LOWEST, FLATTEST = 400, 80, 14
# A drawing (EMF, WMF) has no pixels; one of fewer bytes is no table.
SMALLEST_DRAWING = 10_000
MOST_PICTURES = 12
LARGEST_PICTURE = 20_000_000
# Text of less than this many characters is only the frame around pictures of pages.
_LITTLE = 300
_NAME_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a report: how many blocks stand before it, its name there, and its bytes.

    `load` gives None where the picture is not at hand.
    """

    at: int
    name: str
    load: Callable[[], bytes | None]


def settle(blocks: Blocks, pictures: Sequence[Picture]) -> tuple[Blocks, tuple[str, ...]]:
    """The blocks with those of pictures of tables in their places, and what was left unread.

    Where every statutory table, or a statistics form, stands in the text, no picture is opened.
    """
    if not pictures or _says_every_table(blocks):
        return blocks, ()
    found: list[tuple[int, Blocks]] = []
    unread: dict[str, list[str]] = {}
    opened = 0
    little = sum(len(b.text) if isinstance(b, Line) else _LITTLE for b in blocks) < _LITTLE
    for number, picture in enumerate(pictures, start=1):
        data = picture.load()
        why = _why_not(data)
        if data is not None and why is None:
            opened += 1
            read, why = _attempt(data, opened)
            if little or any(isinstance(block, Grid) for block in read):
                found.append((picture.at, read))
        if why:
            unread.setdefault(why, []).append(f"{number} ({picture.name[-_NAME_SHOWN:]})")
    remarks = (
        f"picture {_first_of(which)}, perhaps a table, unread: {why}"
        for why, which in unread.items()
    )
    return _inserted(blocks, found), tuple(remarks)


def _attempt(data: bytes, times: int) -> tuple[Blocks, str]:
    """Blocks of a picture, the so-manyth that is opened, and why there are none."""
    from govstats.readers import scan

    if not scan.is_available():
        return (), f"{scan.HOW} to read it"
    if times > MOST_PICTURES:
        return (), f"only {MOST_PICTURES} pictures of a report are read"
    try:
        return scan.read_picture(data), ""
    except ReportError as error:
        return (), f"it {error}"


def _first_of(which: Sequence[str]) -> str:
    rest = len(which) - 1
    return which[0] + (f" and {rest} more" if rest else "")


def _why_not(data: bytes | None) -> str | None:
    """Why a picture cannot be read, "" where it is too small for a table, None if it can."""
    if data is None:
        return "it is not beside the page: save the page with its pictures, or as .mht"
    if data.startswith((b"\x01\0\0\0", b"\xd7\xcd\xc6\x9a", b"\x01\0\x09\0")):
        drawn = len(data) >= SMALLEST_DRAWING
        return "it is a drawing (EMF or WMF): save it as .png in its place" if drawn else ""
    size = size_of(data)
    return None if size is not None and _may_be_table(*size) else ""


def _may_be_table(width: int, height: int) -> bool:
    return width >= NARROWEST and height >= LOWEST and width <= FLATTEST * height


def size_of(data: bytes) -> tuple[int, int] | None:
    """Width and height of a picture in pixels; None for a kind of file that is not known."""
    from docx.image import exceptions
    from docx.image.image import Image

    unknown = (
        exceptions.UnrecognizedImageError,
        exceptions.InvalidImageStreamError,
        exceptions.UnexpectedEndOfFileError,
    )
    try:
        image = Image.from_blob(data)
    except (*unknown, struct.error, ValueError, LookupError, ArithmeticError):
        return None
    return image.px_width, image.px_height


def _says_every_table(blocks: Blocks) -> bool:
    """Whether most labels of each of the three tables, or of a statistics form, are in the text."""
    from govstats.forms import STATISTICS, TABLES, Table, candidates
    from govstats.labels import core, normalise

    said = "".join(map(normalise, _texts(blocks)))

    def is_there(table: Table) -> bool:
        parts = [part for block in table.blocks for part in (*block.rows, *block.columns)]
        labels = {core(part.zh) for part in parts}
        return 2 * sum(label in said for label in labels) > len(labels)

    there = {
        name for name in (*TABLES, *STATISTICS) if any(is_there(form) for form in candidates(name))
    }
    return there.issuperset(TABLES) or bool(there.intersection(STATISTICS))


def _texts(blocks: Blocks) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Line):
            yield block.text
        else:
            yield from (cell.text for row in block.rows for cell in row)


def _inserted(blocks: Blocks, found: Iterable[tuple[int, Blocks]]) -> Blocks:
    """The blocks with others put in before some of them, lines and tables counted anew."""
    result: list[Line | Grid] = []
    lines = grids = done = 0
    for at, more in [*found, (len(blocks), ())]:
        result += [_shifted(block, lines, grids) for block in blocks[done:at]]
        done = at
        so_far = _counts(result)
        result += [_shifted(block, *so_far) for block in more]
        added = _counts(more)
        lines, grids = lines + added[0], grids + added[1]
    return tuple(result)


def _counts(blocks: Blocks) -> tuple[int, int]:
    """The last number of a line and of a table."""
    lines = (block.number for block in blocks if isinstance(block, Line))
    grids = (block.number for block in blocks if isinstance(block, Grid))
    return max(lines, default=0), max(grids, default=0)


def _shifted(block: Line | Grid, lines: int, grids: int) -> Line | Grid:
    return replace(block, number=block.number + (lines if isinstance(block, Line) else grids))


def relative_name(address: str) -> str | None:
    """The name of a file in a page's folder or below it, / between folders; None for any other."""
    try:
        parts = urlsplit(address.strip().replace("\\", "/"))
    except ValueError:
        return None
    names = unquote(parts.path).replace("\\", "/").split("/")
    inside = not (parts.scheme or parts.netloc) and ".." not in names and names[0] != ""
    if not inside or any(":" in name or "\0" in name for name in names):
        return None
    return "/".join(name for name in names if name not in ("", ".")) or None


def beside_file(path: Path) -> Beside:
    """What lies beside a file, or in a folder there; nothing outside the file's folder."""
    folder = path.parent.resolve()

    def load(address: str) -> bytes | None:
        name = relative_name(address)
        if name is None:
            return None
        try:
            target = (folder / name).resolve()
            if not target.is_relative_to(folder) or not target.is_file():
                return None
            return target.read_bytes() if target.stat().st_size <= LARGEST_PICTURE else None
        except OSError:
            return None

    return load
