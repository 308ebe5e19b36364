"""A picture of a page -> pieces of text and rules in points, as a page of a PDF has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from govstats.readers.pdf.glyphs import Piece
from govstats.readers.pdf.rules import MOST_RULES, Rule, join_rules
from govstats.readers.scan.digits import Reader
from govstats.readers.scan.engine import Reading
from govstats.readers.scan.light import PAPER, even, ink_of, straighten
from govstats.readers.scan.marks import (
    Box,
    Stroke,
    character_height,
    find_fragments,
    find_rules,
)
from govstats.readers.scan.strips import cut_strip

# Characters smaller than this are enlarged, to about the other size, in pixels.
TOO_SMALL, ENLARGED = 19.0, 26.0
# The widest fragments tell which way up a page is; at least so sure must their reading be.
SAMPLE, LEGIBLE = 8, 0.8
# Shorter than this, in characters, a fragment tells nothing.
TELLING = 2.0
# This share of a Chinese character lies below the middle of its line, down to the baseline.
TO_BASE = 0.38


class Sheet(NamedTuple):
    """A page as it is read: even, straight and upright grey values, and what stands on it."""

    grey: np.ndarray
    ink: np.ndarray
    level: Sequence[Stroke]
    upright: Sequence[Stroke]
    fragments: Sequence[Box]
    em: float


class Scan(NamedTuple):
    """What is read on a page: pieces and rules, width and height, all in points."""

    pieces: list[Piece]
    level: list[Rule]
    upright: list[Rule]
    size: tuple[float, float]


def read_page(grey: np.ndarray, points: float) -> Scan | None:
    """Read a page of grey values whose pixels are `points` wide; None without legible words."""
    sheet = _upright(even(grey))
    if sheet is None:
        return None
    points *= max(grey.shape) / max(sheet.grey.shape)
    height, width = sheet.grey.shape
    reader = Reader(sheet.grey, sheet.ink, sheet.fragments, sheet.em)
    pieces = [
        _piece(text, box, sheet.em, points)
        for box, text in zip(sheet.fragments, reader.texts(), strict=True)
        if text
    ]
    level, upright = (
        join_rules(Rule(r.at * points, r.start * points, r.end * points) for r in rules)
        for rules in (sheet.level, sheet.upright)
    )
    if len(level) + len(upright) > MOST_RULES:
        level, upright = [], []
    return Scan(pieces, level, upright, (width * points, height * points))


def _upright(flat: np.ndarray) -> Sheet | None:
    """The page turned upright, or None where none of the four ways gives legible words."""
    for turns in (0, 2, 1, 3):
        sheet = _look(np.ascontiguousarray(np.rot90(flat, turns)) if turns else flat)
        if sheet is not None and _legible(sheet):
            return sheet
    return None


def _look(flat: np.ndarray) -> Sheet | None:
    page = straighten(flat)
    em = character_height(ink_of(page))
    if not em:
        return None
    if em < TOO_SMALL:
        share = ENLARGED / em
        page = cv2.resize(page, None, fx=share, fy=share, interpolation=cv2.INTER_CUBIC)
        em = ENLARGED
    ink = ink_of(page)
    level, upright, mask = find_rules(ink, em)
    fragments, free = find_fragments(ink, mask, em)
    clean = page.copy()
    clean[mask > 0] = PAPER
    return Sheet(clean, free, level, upright, fragments, em)


def _legible(sheet: Sheet) -> bool:
    wide = [box for box in sheet.fragments if box.right - box.left >= TELLING * sheet.em]
    wide.sort(key=lambda box: box.left - box.right)
    readings = [_read(sheet, box) for box in wide[:SAMPLE]]
    signs = [sure for reading in readings for sure in reading.sure]
    return bool(signs) and sum(signs) / len(signs) >= LEGIBLE


def _read(sheet: Sheet, box: Box) -> Reading:
    from govstats.readers.scan.engine import recognise

    return recognise(cut_strip(sheet.grey, box, sheet.em))


def _piece(text: str, box: Box, em: float, points: float) -> Piece:
    """The fragment with the box that its font gives a line, whatever its ink."""
    middle, half = (box.top + box.bottom) / 2, em / 2
    return Piece(
        text,
        box.left * points,
        (middle - half) * points,
        box.right * points,
        (middle + half) * points,
        (middle + TO_BASE * em) * points,
    )
