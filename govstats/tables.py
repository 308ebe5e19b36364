"""The tables that extraction writes: their columns, writing them and reading them back."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

FORMATS = ("csv", "parquet")

# Column -> type, in written order. Meaning of every column: data/README.md.
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "reports": {
        "report_id": "string",
        "source": "string",
        "sha256": "string",
        "format": "string",
        "title": "string",
        "year": "int64",
        "form_disclosure": "string",
        "form_requests": "string",
        "form_remedies": "string",
        "cells_stated": "int64",
        "cells_unread": "int64",
        "checks_violated": "int64",
        "issuer": "string",
        "issuer_source": "string",
        "province": "string",
        "prefecture": "string",
        "county": "string",
        "gb2260": "string",
        "place_source": "string",
        "level": "string",
        "body": "string",
        "scope": "string",
    },
    "cells": {
        "report_id": "string",
        "table": "string",
        "row": "string",
        "column": "string",
        "value": "float64",
        "unit": "string",
        "printed": "string",
        "status": "string",
        "low": "float64",
        "high": "float64",
        "form": "string",
        "locator": "string",
        "label": "string",
    },
    "checks": {
        "report_id": "string",
        "check": "string",
        "address": "string",
        "left": "float64",
        "right": "float64",
        "difference": "float64",
        "verdict": "string",
    },
    "prose": {
        "report_id": "string",
        "measure": "string",
        "value": "float64",
        "unit": "string",
        "approximate": "string",
        "scope": "string",
        "section": "string",
        "start": "int64",
        "end": "int64",
    },
    "topics": {
        "report_id": "string",
        "topic": "string",
        "theme": "string",
        "about": "string",
        "count": "int64",
    },
    "failures": {"source": "string", "stage": "string", "error": "string"},
}


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
        writer.writerow(COLUMNS[name])
        writer.writerows(
            [format(v, "f") if isinstance(v, Decimal) else v for v in row] for row in rows
        )


def _write_parquet(name: str, rows: Iterable[Sequence[Any]], path: Path) -> None:
    import pyarrow  # noqa: PLC0415 - slow to import, and CSV does not need it
    from pyarrow import parquet  # noqa: PLC0415

    columns = COLUMNS[name]
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [
        pyarrow.array(
            [float(v) if kind == "float64" and v is not None else v for v in column], kind
        )
        for column, kind in zip(values, columns.values(), strict=True)
    ]
    parquet.write_table(pyarrow.Table.from_arrays(arrays, names=list(columns)), path)


def read_table(name: str, folder: Path) -> pandas.DataFrame:
    """One written table as a DataFrame: identifiers as text, empty text as "", no number as NaN.

    Needs the extra `notebooks`. Raises FileNotFoundError with the command that writes the table.
    """
    import pandas

    kinds = COLUMNS[name]
    for file_format in FORMATS:
        path = folder / f"{name}.{file_format}"
        if path.exists():
            types = {c: "str" if kind == "string" else "float64" for c, kind in kinds.items()}
            whole = {c: "Int64" for c, kind in kinds.items() if kind == "int64"}
            texts = {c: "" for c, kind in kinds.items() if kind == "string"}
            table = (
                pandas.read_csv(path, dtype=types)
                if file_format == "csv"
                else pandas.read_parquet(path)
            )
            return table.fillna(texts).astype(whole)
    raise FileNotFoundError(f"{folder / name}.csv is missing: run `govstats extract` first")
