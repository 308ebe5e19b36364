"""The tables that extraction writes: their columns, writing them and reading them back."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govstats.schemas.fields import columns

if TYPE_CHECKING:
    import pandas

FORMATS = ("csv", "parquet")


def processed_folder() -> Path:
    """The folder that notebooks read: the one GOVSTATS_DATA names, or the shipped one."""
    return Path(os.environ.get("GOVSTATS_DATA", "data/processed"))


# The tables of `govstats extract`; their columns: govstats/vocabulary/fields.toml.
EXTRACTED = ("reports", "cells", "checks", "prose", "topics", "failures")


def write_table(name: str, rows: Iterable[Sequence[Any]], folder: Path, file_format: str) -> Path:
    """Write one table as UTF-8 CSV (numbers exact) or Parquet (numbers as 64-bit floats).

    The file appears whole or not at all. Raises OSError when the folder cannot be written.
    """
    path = folder / f"{name}.{file_format}"
    partial = path.with_suffix(path.suffix + ".part")
    writer = _write_csv if file_format == "csv" else _write_parquet
    writer(name, rows, partial)
    os.replace(partial, path)
    return path


def _write_csv(name: str, rows: Iterable[Sequence[Any]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns(name))
        writer.writerows(
            [format(v, "f") if isinstance(v, Decimal) else v for v in row] for row in rows
        )


def _write_parquet(name: str, rows: Iterable[Sequence[Any]], path: Path) -> None:
    import pyarrow  # noqa: PLC0415 - slow to import, and CSV does not need it
    from pyarrow import parquet  # noqa: PLC0415

    kinds = columns(name)
    values = list(zip(*rows, strict=True)) or [()] * len(kinds)
    arrays = [
        pyarrow.array(
            [float(v) if kind == "float64" and v is not None else v for v in column], kind
        )
        for column, kind in zip(values, kinds.values(), strict=True)
    ]
    parquet.write_table(pyarrow.Table.from_arrays(arrays, names=list(kinds)), path)


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
    whole = {column: "Int64" for column, kind in held.items() if kind == "int64"}
    # One copy in the end: hundreds of columns set one by one leave a frame in pieces.
    return table.fillna(texts).astype(whole).copy()
