"""What figures say, in English or Chinese, by the variable GOVSTATS_LANG."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from govstats import vocabulary

if TYPE_CHECKING:
    import pandas

_LANGUAGES = ("en", "zh")
# Of a file name in a figure this many Latin letters have room.
_WIDEST = 26
_CJK_FROM = 0x2E80


def language() -> str:
    """Return the language of labels: en, or what GOVSTATS_LANG says (en or zh).

    Raises ValueError for any other.
    """
    chosen = os.environ.get("GOVSTATS_LANG") or "en"
    if chosen not in _LANGUAGES:
        raise ValueError(f"GOVSTATS_LANG is {chosen}: set it to {' or '.join(_LANGUAGES)}")
    return chosen


def say(english: str, chinese: str = "") -> str:
    """Return the label in the language of the figures.

    Chinese is `chinese` or the row of vocabulary/labels.csv. Raises ValueError where neither is.

    >>> say("requests", "申请") if language() == "en" else "requests"
    'requests'
    """
    if language() == "en":
        return english
    if not (found := chinese or _labels().get(english, "")):
        raise ValueError(f'no Chinese for the label "{english}": add it to vocabulary/labels.csv')
    return found


@cache
def _labels() -> dict[str, str]:
    return {row["en"]: row["zh"] for row in vocabulary.table("labels.csv")}


def term(code: str) -> str:
    """Return what a code of the panel (scope, level, kind of organ, reply) is called in a figure.

    A code without a name of its own (a year, a place) is returned as it is.
    """
    named = _terms().get(str(code))
    return named[language()] if named else str(code)


@cache
def _terms() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in vocabulary.table("terms.csv")}


def short(name: str) -> str:
    """Return a file name, or the end of a long one, which tells the files of a folder apart.

    >>> short("示例县水务局.pdf")
    '示例县水务局.pdf'
    """
    kept = name
    while width(kept) > _WIDEST:
        kept = kept[1:]
    return kept if kept == name else "…" + kept


def width(text: str) -> int:
    """Return how wide a text is in Latin letters; Chinese characters are twice as wide."""
    return sum(2 if ord(letter) > _CJK_FROM else 1 for letter in text)


def extent(rows: pandas.DataFrame, english: str, chinese: str) -> str:
    """Return how many rows there are and of which years (column year), for a source line.

    english, chinese: what a row is, such as "rows of the panel".
    """
    known = rows["year"].dropna()
    years = f", {known.min()}–{known.max()}" if len(known) else ""
    return say(f"{len(rows)} {english}{years}", f"{chinese} {len(rows)}{years.replace(', ', '，')}")


def source(rows: pandas.DataFrame, sample: str) -> str:
    """Return how many reports of which years stand in a figure, and which `sample` they are."""
    return extent(rows, "annual reports held by govstats", "govstats所收年度报告") + ", " + sample
