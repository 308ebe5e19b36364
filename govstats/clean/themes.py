"""Rules for topics of requests: from the phrase as stated to a theme."""

from __future__ import annotations

from collections.abc import Iterator

from govstats.clean.changes import Edit, Record
from govstats.topics import theme

UNCODED = "uncoded"


def theme_filled(topic: Record) -> Iterator[Edit]:
    """A topic gets its theme by vocabulary/themes.csv, `uncoded` where the list lacks it."""
    if not topic["theme"]:
        yield Edit("theme", theme(topic["topic"]), topic["topic"])


def theme_differs(topic: Record) -> Iterator[Edit]:
    """Remark only: the list says another theme than the one given, which stays."""
    said = theme(topic["topic"])
    if said not in (topic["theme"], UNCODED):
        yield Edit("theme", topic["theme"], f"{topic['topic']}: the list says {said}")


def theme_uncoded(topic: Record) -> Iterator[Edit]:
    """Remark only: the phrase has no theme; to be added to vocabulary/themes.csv by hand."""
    if topic["theme"] == UNCODED:
        yield Edit("theme", UNCODED, topic["topic"])
