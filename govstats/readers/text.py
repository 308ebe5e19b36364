"""Plain text -> Document. Tabs and pipes inside lines are left to the extraction."""

from __future__ import annotations

from govstats.document import Document, Line


def read_text(text: str) -> Document:
    """One Line for every line of the text, empty ones included: their number is a clue."""
    lines = (Line(line, number) for number, line in enumerate(text.split("\n"), start=1))
    return Document("text", tuple(lines))
