"""The words the readers go by, as data files, loaded once and only when first asked for."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def words(name: str) -> dict[str, Any]:
    """Return one of the TOML files of this folder as a dictionary."""
    return tomllib.loads(files(__name__).joinpath(name).read_text(encoding="utf-8"))


def table(name: str) -> list[dict[str, str]]:
    """Return one of the CSV files of this folder, a dictionary a row."""
    text = files(__name__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def rules() -> dict[str, Any]:
    """Return prose.toml as a dictionary: parts, bearings, read, label, agreement, topics."""
    return words("prose.toml")


@cache
def measures() -> dict[str, dict[str, str]]:
    """Return measures.csv by measure: its cell expression, unit and definition.

    The row X_share stands for the share of every reply that its definition names.

    >>> measures()["carried_in"]["cell"], measures()["granted_share"]["unit"]
    ('requests.carried_in.total', 'percent')
    """
    rows = {row["measure"]: row for row in table("measures.csv")}
    shares = rows.pop("X_share")
    named = shares["definition"].partition("(")[2].rstrip(")").split(", ")
    return rows | {f"{name}_share": shares for name in named}


@cache
def themes() -> dict[str, str]:
    """Return themes.csv as a dictionary from topic phrase to theme."""
    return {row["topic"]: row["theme"] for row in table("themes.csv")}
