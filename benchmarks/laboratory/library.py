"""A folder of any number of different made-up reports, written quickly."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from .cases import make_case

# So many files are one case with another mark: the same table, other bytes.
VARIANTS = 10
IN_A_FOLDER = 1_000
# One file in so many is no report, and one is the same as the file before.
BROKEN, TWICE = 97, 89
_NO_REPORT = b"\x89PNG no report"


def write_library(folder: Path, files: int, seed: int = 1) -> None:
    """Write so many files, in folders of a thousand; some are broken, some stand twice."""
    case = b""
    for number in range(files):
        if number % VARIANTS == 0:
            case = make_case(number // VARIANTS, seed).data
        below = folder / f"{number // IN_A_FOLDER:05}"
        if number % IN_A_FOLDER == 0:
            below.mkdir(parents=True, exist_ok=True)
        (below / f"{number:07}").write_bytes(_content(case, number))


def _content(case: bytes, number: int) -> bytes:
    if number % BROKEN == BROKEN - 1:
        return _NO_REPORT + str(number).encode()
    return marked(case, number - 1 if number % TWICE == TWICE - 1 else number)


def marked(data: bytes, number: int) -> bytes:
    """The same report in other bytes."""
    mark = str(number).encode()
    if data.startswith(b"PK"):
        stream = BytesIO(data)
        with ZipFile(stream, "a", ZIP_DEFLATED) as archive:
            archive.comment = mark
        return stream.getvalue()
    if data.startswith(b"%PDF-"):
        return data + b"\n%" + mark
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return data + mark.rjust(512, b"\0")
    return data + b"\n(file " + mark + b")"
