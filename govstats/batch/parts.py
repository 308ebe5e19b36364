"""Parts: outcomes of some hundred files on disk, a row a file, known by the hash of its bytes.

Of each file a part holds stage, error and limits, and by table of REPORTED the list of its rows as
text. A part is there whole or not at all, and says by which govstats it was made.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govstats import outcome
from govstats.outcome import REPORTED, Outcome, faulty
from govstats.schemas.fields import columns
from govstats.tables import as_text, texts

if TYPE_CHECKING:
    import pyarrow

HEAD = ("sha256", "stage", "error", "limits")
_MADE_BY = b"govstats"
_WHOLE = {"int64": (-(2**63), 2**63)}
_DATA = (".py", ".toml", ".csv")


@cache
def fingerprint() -> str:
    """Names this very govstats, code and data: whatever differs may read a report otherwise."""
    root = Path(__file__).parents[1]
    digest = sha256()
    for path in sorted(path for path in root.rglob("*") if path.suffix in _DATA):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def pack(outcomes: Sequence[Outcome]) -> bytes:
    """Outcomes as an Arrow stream; one that cannot be told as a table becomes a fault."""
    import pyarrow

    try:
        table = _table(outcomes)
    except (ValueError, TypeError, OverflowError, pyarrow.ArrowException):
        table = pyarrow.concat_tables([_table([_sound(each)]) for each in outcomes])
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


def _sound(found: Outcome) -> Outcome:
    try:
        _table([found])
    except Exception as error:  # noqa: BLE001 - a fault of ours must not cost the other files
        return faulty(found.sha256, error)
    return found


def _table(outcomes: Sequence[Outcome]) -> pyarrow.Table:
    import pyarrow

    head = [texts([getattr(each, name) for each in outcomes]) for name in HEAD]
    lists = [_lists(outcomes, name) for name in REPORTED]
    return pyarrow.Table.from_arrays(head + lists, names=[*HEAD, *REPORTED])


def _lists(outcomes: Sequence[Outcome], name: str) -> pyarrow.ListArray:
    """By outcome, the rows that its report gives to a table."""
    import pyarrow

    kinds = columns(name)
    rows: list[outcome.Row] = []
    ends = array("i", [0])
    for each in outcomes:
        rows += outcome.rows_of(each.report, name) if each.report else ()
        ends.append(len(rows))
    values = list(zip(*rows, strict=True)) or [()] * len(kinds)
    arrays = [texts(_printed(v, kind)) for v, kind in zip(values, kinds.values(), strict=True)]
    struct = pyarrow.StructArray.from_arrays(arrays, names=list(kinds))
    offsets = pyarrow.Array.from_buffers(
        pyarrow.int32(), len(ends), [None, pyarrow.py_buffer(ends.tobytes())]
    )
    return pyarrow.ListArray.from_arrays(offsets, struct)


def _printed(values: Sequence[Any], kind: str) -> list[str | None]:
    if kind in _WHOLE:
        low, high = _WHOLE[kind]
        if any(value is not None and not low <= value < high for value in values):
            raise OverflowError("a count is larger than any table holds")
    return [as_text(value) for value in values]


def write_part(packed: Iterable[bytes], folder: Path) -> Path:
    """Write packed outcomes as a part named by its own hash. Raises OSError."""
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.concat_tables([pyarrow.ipc.open_stream(each).read_all() for each in packed])
    sink = pyarrow.BufferOutputStream()
    made_by = {_MADE_BY: fingerprint().encode()}
    parquet.write_table(table.replace_schema_metadata(made_by), sink, compression="zstd")
    data = sink.getvalue()
    path = folder / f"{sha256(data).hexdigest()[:32]}.parquet"
    write_whole(data, path)
    return path


def write_whole(data: bytes, path: Path) -> None:
    """Write a file that is there whole or not at all, also after the machine stopped."""
    partial = path.with_suffix(".part")
    try:
        with partial.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def held_by(path: Path) -> list[tuple[str, str]] | None:
    """Hash and limits of all that a part holds; None for a part that is of no use here.

    Of no use is what another govstats made, or what the disk lost a piece of.
    """
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as part:
            made_by = (part.schema_arrow.metadata or {}).get(_MADE_BY, b"")
            if made_by.decode() != fingerprint():
                return None
            held = part.read(["sha256", "limits"])
    except (OSError, pyarrow.ArrowException):
        return None
    return list(zip(*(column.to_pylist() for column in held.columns), strict=True))


def read_part(path: Path) -> pyarrow.Table:
    """All that a part holds."""
    from pyarrow import parquet

    with parquet.ParquetFile(path) as part:
        return part.read()
