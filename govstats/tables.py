"""The tables that extraction writes: their columns, writing them and reading them back."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from decimal import Decimal
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from govstats.numbers import is_blank, parse_number
from govstats.schemas.fields import columns

if TYPE_CHECKING:
    import pandas

FORMATS = ("csv", "parquet")


def processed_folder() -> Path:
    """The folder that notebooks read: the one GOVSTATS_DATA names, or the shipped one."""
    return Path(os.environ.get("GOVSTATS_DATA", "data/processed"))


# The tables of `govstats extract`; their columns: govstats/vocabulary/fields.toml.
EXTRACTED = ("reports", "cells", "checks", "prose", "topics", "failures")


# A cell that begins with one of these is a formula to some spreadsheet, also in full width.
_SIGNS, _CONTROLS = frozenset("=+-@＝＋－＠"), frozenset("\t\r\n")
# Rows that are turned into text at a time, and those that a row group of Parquet has at least.
_AT_ONCE = 10_000
_GROUP = 100_000

Columns = Sequence[Sequence[str | None]]


def as_text(value: Any) -> str | None:
    """A value as a table prints it, numbers exact; None is the empty field."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value if value is None or isinstance(value, str) else str(value)


def write_table(name: str, rows: Iterable[Sequence[Any]], folder: Path, file_format: str) -> Path:
    """Write one table as UTF-8 CSV (numbers exact) or Parquet (numbers as 64-bit floats).

    The file appears whole or not at all. Raises OSError when the folder cannot be written.
    """
    left = iter(rows)
    with open_tables([name], folder, file_format, folder) as tables:
        while some := [[as_text(value) for value in row] for row in islice(left, _AT_ONCE)]:
            tables[name].add(list(zip(*some, strict=True)))
    return folder / f"{name}.{file_format}"


@contextmanager
def open_tables(
    names: Sequence[str], folder: Path, file_format: str, scratch: Path
) -> Iterator[dict[str, CsvTable | ParquetTable]]:
    """Tables to add columns of text to; they appear in `folder`, whole, when all went well.

    They grow in `scratch`, which must be on the same disk. Raises OSError when one of the folders
    cannot be written.
    """
    partial = {f"{name}.{file_format}": scratch / f"{name}.{file_format}.part" for name in names}
    kind = CsvTable if file_format == "csv" else ParquetTable
    try:
        with ExitStack() as opened:
            streams = [opened.enter_context(path.open("wb")) for path in partial.values()]
            tables = {name: kind(name, each) for name, each in zip(names, streams, strict=True)}
            for table in tables.values():
                opened.callback(table.discard)
            yield tables
            for table, stream in zip(tables.values(), streams, strict=True):
                table.finish()
                stream.flush()
                os.fsync(stream.fileno())
        for name, path in partial.items():
            os.replace(path, folder / name)
    finally:
        for path in partial.values():
            path.unlink(missing_ok=True)


def texts(values: Sequence[str | None]) -> Any:
    """Text as an Arrow array; an Arrow array stays what it is."""
    import pyarrow

    if isinstance(values, pyarrow.Array):
        return values
    # pyarrow.array would import pandas, which takes longer than reading some reports.
    builder = pyarrow.lib.StringBuilder()
    builder.append_values(values)
    return builder.finish()


def harmless(text: str | None) -> str | None:
    """A text as CSV holds it: with an apostrophe in front where a spreadsheet would run it.

    Printed numbers and blanks (+2, -62, -) stay as they are. `as_was` turns it back.

    >>> harmless("=1+1"), harmless("-62"), as_was(harmless("'@x")) == "'@x"
    ("'=1+1", '-62', True)
    """
    return f"'{text}" if text and _is_formula(text) else text


def as_was(text: str) -> str:
    """The text that `harmless` made this of."""
    return text[1:] if text.startswith("'") and _is_formula(text[1:]) else text


def _is_formula(text: str) -> bool:
    # Apostrophes in front change nothing: what was put there can be told from what stood there.
    bare = text.lstrip("'")
    if bare[:1] in _CONTROLS:
        return True
    if bare.lstrip()[:1] not in _SIGNS:
        return False
    return not is_blank(bare) and parse_number(bare) is None


def quoting_of(texts: Iterable[str | None]) -> Literal[0, 1]:
    """How the csv module is to quote these: it leaves a carriage return bare, which ends a row."""
    return csv.QUOTE_ALL if _ends_rows(texts) else csv.QUOTE_MINIMAL


def _ends_rows(texts: Iterable[str | None]) -> bool:
    return "\r" in "".join(filter(None, texts))


class CsvTable:
    """A table written as UTF-8 CSV; texts that a spreadsheet would run are `harmless` in it."""

    def __init__(self, name: str, stream: BinaryIO) -> None:
        self._text = TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
        csv.writer(self._text, lineterminator="\n").writerow(columns(name))
        self._kinds = list(columns(name).values())

    def add(self, values: Columns) -> None:
        """Add rows, given as columns of text in the order of the table (lists or Arrow arrays)."""
        lists = [getattr(column, "to_pylist", lambda kept=column: kept)() for column in values]
        lists = [
            list(map(harmless, texts)) if kind == "string" else texts
            for kind, texts in zip(self._kinds, lists, strict=True)
        ]
        rows = zip(*lists, strict=True)
        if any(map(_ends_rows, lists)):
            for row in rows:
                csv.writer(self._text, lineterminator="\n", quoting=quoting_of(row)).writerow(row)
        else:
            csv.writer(self._text, lineterminator="\n").writerows(rows)

    def finish(self) -> None:
        """Write what is still held."""
        self._text.flush()

    def discard(self) -> None:
        """Let the stream go, whether finished or not."""
        with suppress(OSError, ValueError):
            self._text.detach()


class ParquetTable:
    """A table written as Parquet; where row groups end depends on the rows only."""

    def __init__(self, name: str, stream: BinaryIO) -> None:
        import pyarrow  # slow to import, and CSV does not need it
        from pyarrow import parquet

        self._schema = pyarrow.schema(list(columns(name).items()))
        self._writer = parquet.ParquetWriter(stream, self._schema)
        self._held: list[Any] = []

    def add(self, values: Columns) -> None:
        """Add rows, given as columns of text in the order of the table (lists or Arrow arrays)."""
        import pyarrow

        arrays = [
            texts(column).cast(field.type)
            for column, field in zip(values, self._schema, strict=True)
        ]
        if not len(arrays[0]):
            return
        self._held.append(pyarrow.Table.from_arrays(arrays, schema=self._schema))
        if sum(table.num_rows for table in self._held) >= _GROUP:
            self._write()

    def finish(self) -> None:
        """Write what is still held."""
        self._write()
        self._writer.close()

    def discard(self) -> None:
        """Let the stream go, whether finished or not."""
        # Else it would be written to when the memory is freed.
        self._writer.is_open = False

    def _write(self) -> None:
        import pyarrow

        if self._held:
            self._writer.write_table(pyarrow.concat_tables(self._held))
        self._held.clear()


def read_table(name: str, folder: Path) -> pandas.DataFrame:
    """One written table as a DataFrame: identifiers as text, empty text as "", no number as NaN.

    Needs the extra `notebooks`. Raises FileNotFoundError with the command that writes the table.
    """
    for file_format in FORMATS:
        path = folder / f"{name}.{file_format}"
        if path.exists():
            return _typed(name, path)
    raise FileNotFoundError(
        f"{folder / name}.csv is missing: run `govstats build` or `govstats extract` first"
    )


def _typed(name: str, path: Path) -> pandas.DataFrame:
    import pandas

    kinds = columns(name)
    types = {c: "str" if kind == "string" else "float64" for c, kind in kinds.items()}
    table = (
        # Only the empty field is nothing: a place or phrase may well be called NA or None.
        pandas.read_csv(path, dtype=types, keep_default_na=False, na_values=[""])
        if path.suffix == ".csv"
        else pandas.read_parquet(path)
    )
    # The panel need not hold every measure that is described.
    held = {column: kind for column, kind in kinds.items() if column in table}
    texts = {column: "" for column, kind in held.items() if kind == "string"}
    if path.suffix == ".csv":
        for column in texts:
            marked = table[column].str.startswith("'", na=False)
            if marked.any():
                table.loc[marked, column] = table.loc[marked, column].map(as_was)
    whole = {column: "Int64" for column, kind in held.items() if kind == "int64"}
    # One copy in the end: hundreds of columns set one by one leave a frame in pieces.
    return table.fillna(texts).astype(whole).copy()
