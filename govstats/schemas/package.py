"""The Frictionless data package of a folder of tables: datapackage.json.

Written by the specification Data Package v1 (specs.frictionlessdata.io). It holds no time and no
version of a program, so that the same tables give the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from govstats.schemas.fields import Field, Metrics, Table, names, table

PACKAGE = "datapackage.json"
_TYPES = {"text": "string", "whole": "integer", "number": "number"}
_PARQUET = "application/vnd.apache.parquet"
_LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}


def datapackage(folder: Path, metrics: Metrics | None = None) -> dict[str, Any]:
    """Return the data package of the tables in a folder: NAME.csv with schema, NAME.parquet.

    Every resource has its size and SHA-256. Raises ValueError for a table or column that
    fields.toml does not describe, and FileNotFoundError where the folder holds no table.
    """
    found = [part for name in names() for part in _resources(folder, name, metrics)]
    if not found:
        raise FileNotFoundError(f"{folder} holds no table: build it first")
    known = {part["path"] for part in found}
    present = {path.name for path in folder.iterdir() if path.suffix in (".csv", ".parquet")}
    if strange := sorted(present - known):
        raise ValueError(f"{strange[0]} is not in govstats/vocabulary/fields.toml: describe it")
    return {
        "name": "govstats",
        "title": "Annual reports on open government information / 政府信息公开工作年度报告数据",
        "description": "Self-reported annual figures of Chinese public bodies, from a convenience"
        " sample of published reports. 各机关自行公布的年度数据，样本为便利样本。",
        "licenses": [_LICENCE],
        "resources": found,
    }


def write_datapackage(folder: Path, metrics: Metrics | None = None) -> Path:
    """Write datapackage.json into the folder and return its path. Raises as `datapackage` does.

    The file appears whole or not at all.
    """
    text = json.dumps(datapackage(folder, metrics), ensure_ascii=False, indent=2) + "\n"
    path = folder / PACKAGE
    partial = path.with_suffix(".part")
    partial.write_text(text, encoding="utf-8", newline="\n")
    os.replace(partial, path)
    return path


def _resources(folder: Path, name: str, metrics: Metrics | None) -> Iterator[dict[str, Any]]:
    described = table(name, metrics=metrics)
    path = folder / f"{name}.csv"
    if path.is_file():
        yield {
            **_file(path, name.replace("_", "-"), described),
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": _schema(path, described),
        }
    path = folder / f"{name}.parquet"
    if path.is_file():
        about = _file(path, f"{name.replace('_', '-')}-parquet", described)
        # Beside the CSV the same table a second time: bytes to be checked, not rows.
        yield {**about, "type": "file", "format": "parquet", "mediatype": _PARQUET}


def _file(path: Path, name: str, described: Table) -> dict[str, Any]:
    data = path.read_bytes()
    return {
        "name": name,
        "path": path.name,
        "title": f"{described.title} / {described.label}",
        "description": f"{described.en} {described.zh}",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
    }


def _schema(path: Path, described: Table) -> dict[str, Any]:
    """The fields in the order of the file, so that a file without a measure is described too."""
    known = {field.name: field for field in described.fields}
    with path.open(encoding="utf-8", newline="") as stream:
        head = next(csv.reader(stream), [])
    for column in head:
        if column not in known:
            raise ValueError(
                f"{path.name}: column {column} is not in govstats/vocabulary/fields.toml:"
                " describe it there"
            )
    found = {"fields": [_field(known[column]) for column in head], "missingValues": [""]}
    # A primary key may not be empty in any part; such keys are held by `check_table` alone.
    if described.key and all(known[part].required for part in described.key):
        found["primaryKey"] = list(described.key)
    return found


def _field(field: Field) -> dict[str, Any]:
    english = field.name.replace("_", " ")
    found = {
        "name": field.name,
        "type": _TYPES[field.type],
        "title": f"{english} / {field.label}",
        "description": f"{field.en} / {field.zh}",
    }
    if field.unit:
        found["unit"] = field.unit
    limits = {
        "required": field.required or None,
        "unique": field.unique or None,
        "enum": list(field.enum) or None,
        "minimum": field.minimum,
        "maximum": field.maximum,
        "pattern": field.pattern or None,
    }
    constraints = {name: limit for name, limit in limits.items() if limit is not None}
    return {**found, "constraints": constraints} if constraints else found
