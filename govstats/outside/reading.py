"""Rows of `beside` in words: labels for a figure, sentences for a text."""

from __future__ import annotations

from typing import Any

import pandas as pd

from govstats import vocabulary
from govstats.outside.compare import counterpart


def labels(rows: pd.DataFrame, language: str = "en") -> list[str]:
    """Statistic, place and year of rows of `beside` in few words, for a figure (en or zh)."""
    return [_label(row, language) for row in rows.to_dict("records")]


def _label(row: dict[str, Any], language: str) -> str:
    entry = counterpart(row)
    what = entry.get("zh_label" if language == "zh" else "label", row["statistic"])
    year = row["year"]
    if language == "zh":
        year = f"至{year.removeprefix('to ')}" if year.startswith("to ") else year
    comma = "，" if language == "zh" else ", "
    return f"{what}{comma}{_place_name(row['place'], language)} {year}"


def reading(rows: pd.DataFrame) -> list[str]:
    """A sentence for each row of `beside` that was compared: both numbers, and why they differ."""
    return [_sentence(row) for row in rows[rows["kind"] != "none"].to_dict("records")]


def _sentence(row: dict[str, Any]) -> str:
    form = ",.1f" if row["unit"] == "percent" else ",.0f"
    limits = "" if pd.isna(row["low"]) else f" ({row['low']:.1f} to {row['high']:.1f})"
    theirs = ("at least " if row["at_least"] else "") + f"{row['theirs']:{form}} {row['unit']}"
    return (
        f"{row['statistic']}, {row['place']} {row['year']}: [{theirs}]({row['source_url']}); ours "
        f"{row['ours']:{form}}{limits}, {row['verdict']}: {row['computed']}. Why they differ: "
        f"{row['why']}."
    )


def _place_name(place: str, language: str) -> str:
    """A place in the language of the figure; one that is not named stays as it was published."""
    tiles = {row["zh"]: row for row in vocabulary.table("tiles.csv")}
    known = vocabulary.words("counterparts.toml")["places"] | tiles
    return str(known[place][language]) if place in known else place
