"""Caveats of results in the words of a printed table: codes by their names, or in Chinese."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from govstats import vocabulary
from govstats.plots.words import language, term


def in_words(caveat: str) -> str:
    """The caveat as tables print it, in the language of the figures; see caveats.toml.

    >>> in_words("3 rows do not state not_held and answered and are left out")
    'reports left out that do not state both not held and answered: 3'
    """
    for pattern, entry in _patterns():
        found = pattern.fullmatch(caveat)
        if found and (text := entry.get(language())):
            caught = map(in_words if entry.get("inner") else _named, found.groups())
            return str(text.format(*caught))
    return caveat


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], dict[str, Any]], ...]:
    entries = vocabulary.words("caveats.toml")["caveat"]
    return tuple((re.compile(entry["pattern"]), entry) for entry in entries)


def _named(caught: str) -> str:
    """A list of codes by their names; numbers and places as they are."""
    return ", ".join(map(term, caught.split(", ")))
