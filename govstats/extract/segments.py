"""A table's tokens cut into segments: labels, then the values that follow (or precede) them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from govstats.extract.tokens import BLANK, LABEL, Token


@dataclass
class Segment:
    """Labels that stand together and the run of cells that goes with them.

    Once cut it is never changed: what is told of it is kept.
    """

    labels: list[Token] = field(default_factory=list)
    values: list[Token] = field(default_factory=list)

    @cached_property
    def pieces(self) -> list[str]:
        """Printed texts of the labels."""
        return [token.text for token in self.labels]

    @cached_property
    def filled(self) -> int:
        """Cells that are not blank."""
        return len([token for token in self.values if token.kind is not BLANK])


def cut_segments(tokens: Sequence[Token], labels_first: bool = True) -> list[Segment]:
    """Segments in printed order; with `labels_first` False the labels stand behind their values."""
    tokens = _without_row_ends(tokens)
    ordered = tokens if labels_first else tokens[::-1]
    segments: list[Segment] = []
    labels: list[Token] = []
    values: list[Token] = []
    for token in ordered:
        is_label = token.kind is LABEL
        if not segments or (is_label and values):
            labels, values = [], []
            segments.append(Segment(labels, values))
        (labels if is_label else values).append(token)
    if labels_first:
        return segments
    return [Segment(s.labels[::-1], s.values[::-1]) for s in reversed(segments)]


def _without_row_ends(tokens: Sequence[Token]) -> Sequence[Token]:
    """Where every line holds one cell, the tokens without the blanks that end a row (`6 ||`)."""
    filled: set[tuple[int, int]] = set()
    for token in tokens:
        if token.columns is not None or (token.kind is not BLANK and token.row in filled):
            return tokens
        if token.kind is not BLANK:
            filled.add(token.row)
    return [t for t in tokens if t.kind is not BLANK or t.row not in filled]


def beside_labels(segment: Segment) -> Segment:
    """The segment with the cells of its label's printed row only, where those are all blank.

    Numbers in a row below have lost their own label.
    """
    row = segment.labels[-1].row if segment.labels else None
    own = [token for token in segment.values if token.row == row]
    blank = bool(own) and all(token.kind is BLANK for token in own)
    return Segment(segment.labels, own) if blank else segment


def without_blank_rows(values: list[Token]) -> list[Token]:
    """The cells without those of printed rows that hold blanks only: such rows are heads.

    Where numbers stand one a row, a row of one blank is a cell.
    """
    filled = [token.row for token in values if token.kind is not BLANK]
    rows = set(filled)
    return [t for t in values if t.row in rows] if len(rows) < len(filled) else values


def trim(segments: Sequence[Segment], width: int) -> list[Segment]:
    """Drop the blank cells that every full row has too many in front or behind.

    Such cells are row ends or spare label columns of the layout, not data.
    """
    full = [s.values for s in segments if s.filled and len(s.values) > width]
    tight = any(s.filled and len(s.values) == width for s in segments)
    if not full or tight:
        return list(segments)
    front, back = min(map(_blanks_in_front, full)), min(map(_blanks_behind, full))
    spare = min(map(len, full)) - width
    back = min(back, spare)
    front = min(front, spare - back)
    return [
        Segment(s.labels, s.values[front : len(s.values) - back]) if len(s.values) > width else s
        for s in segments
    ]


def _blanks_in_front(values: Sequence[Token]) -> int:
    return next((i for i, token in enumerate(values) if token.kind is not BLANK), len(values))


def _blanks_behind(values: Sequence[Token]) -> int:
    return _blanks_in_front(values[::-1])
