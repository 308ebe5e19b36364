"""What is on a straight page: ruled lines, and fragments of text lines between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np

# Marks of at least this many pixels' height may be characters.
SMALLEST = 6
# A rule is at least so many characters long, and at most so thick.
LEVEL_LENGTH, UPRIGHT_LENGTH, THICKEST = 2.6, 1.3, 0.3
# It is made of runs longer than a stroke of a character, over breaks of this length.
LEVEL_RUN, UPRIGHT_RUN, BREAK = 1.5, 1.15, 0.4
# Strokes of text that chance to be in line have text beside them: more ink than this share. Rules
# longer than so many characters are none of these.
CROWDED, SURE = 0.15, 16.0
# Text further apart than this, in characters, is two fragments.
APART = 0.9
# A fragment higher than this holds several lines.
ONE_LINE = 1.75
# What is higher than this and thinner than that is the rest of a rule.
RULE = 1.05, 0.35
# What is higher than this after lines were cut apart is a drawing.
HIGHEST = 3.0
# A mark of this height carries the smaller ones beside it; a line is at most so high.
FULL, FULL_LINE = 0.45, 1.35
# A page with more marks than this is no text.
MOST_PARTS = 6000
# Specks have less ink than this share of a character's square.
SPECK = 0.012


class Box(NamedTuple):
    """A part of the page in pixels, its right and lower end outside."""

    left: int
    top: int
    right: int
    bottom: int


class Stroke(NamedTuple):
    """A ruled line: its place across, its start and end along, in pixels."""

    at: float
    start: float
    end: float


def character_height(ink: np.ndarray) -> float:
    """Height of a full character in pixels, 0 where nothing looks like text."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    heights, widths = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_WIDTH]
    likely = (heights >= SMALLEST) & (heights < ink.shape[0] / 12) & (widths < 4 * heights)
    likely &= widths >= 3
    return float(np.percentile(heights[likely], 75)) * 1.1 if likely.sum() >= 4 else 0.0


def find_rules(ink: np.ndarray, em: float) -> tuple[list[Stroke], list[Stroke], np.ndarray]:
    """Level and upright rules, and the mask of both."""
    flat, level = _lines(ink, ink, em, LEVEL_LENGTH, LEVEL_RUN)
    text = np.ascontiguousarray(cv2.subtract(ink, cv2.dilate(level, np.ones((5, 5), np.uint8))).T)
    turned = np.ascontiguousarray(ink.T)
    standing, upright = _lines(turned, text, em, UPRIGHT_LENGTH, UPRIGHT_RUN)
    mask = cv2.bitwise_or(level, np.ascontiguousarray(upright.T))
    return flat, standing, cv2.dilate(mask, np.ones((5, 5), np.uint8))


def _lines(
    ink: np.ndarray, text: np.ndarray, em: float, length: float, run: float
) -> tuple[list[Stroke], np.ndarray]:
    """Level lines of at least `length` characters, made of such runs of ink, and their mask.

    `text` is the ink that tells lines from strokes of characters: without crossing lines.
    """
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8))
    runs = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, round(run * em)), np.uint8))
    # What skew is left lifts a line by a pixel here and there.
    tied = cv2.dilate(runs, np.ones((3, 1), np.uint8))
    tied = cv2.morphologyEx(tied, cv2.MORPH_CLOSE, np.ones((1, round(BREAK * em)), np.uint8))
    count, labels, stats, centres = cv2.connectedComponentsWithStats(tied, connectivity=8)
    kept, found = np.zeros(count, bool), []
    for index in range(1, count):
        left, top, width, height, area = stats[index].tolist()
        box = Box(left, top, left + width, top + height)
        if width < length * em or area / width > 2 + max(5.0, THICKEST * em):
            continue
        if width >= SURE * em or not _crowded(box, text, em):
            kept[index] = True
            found.append(Stroke(float(centres[index][1]), float(left), float(left + width)))
    return found, np.where(kept[labels], runs, np.uint8(0))


def _crowded(box: Box, ink: np.ndarray, em: float) -> bool:
    """True when there is text close above or below."""
    start, reach = max(2, round(0.1 * em)), round(0.35 * em)
    above = ink[max(0, box.top - reach) : max(0, box.top - start), box.left : box.right]
    below = ink[box.bottom + start : box.bottom + reach, box.left : box.right]
    return any(part.size and (part > 0).mean() > CROWDED for part in (above, below))


def find_fragments(ink: np.ndarray, rules: np.ndarray, em: float) -> tuple[list[Box], np.ndarray]:
    """Boxes of text that belongs together, never over a rule, and the ink without rules and specks.

    The boxes stand in no special order.
    """
    free = without_specks(cv2.bitwise_and(ink, cv2.bitwise_not(rules)), em)
    reach = max(3, round(APART * em / 2))
    joined = cv2.morphologyEx(free, cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8))
    joined = cv2.bitwise_or(joined, free)
    joined[rules > 0] = 0
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = [Box(x, y, x + w, y + h) for x, y, w, h, _ in stats[1:].tolist()]
    parts = [part for box in boxes if _may_be_text(box, em) for part in _cut(box, free, em)]
    if len(parts) > MOST_PARTS:
        return [], free
    return [box for box in _grouped(parts, rules, em) if box.bottom - box.top < HIGHEST * em], free


def _may_be_text(box: Box, em: float) -> bool:
    """False for what is higher and thinner than any digit."""
    return box.bottom - box.top <= RULE[0] * em or box.right - box.left >= RULE[1] * em


def without_specks(ink: np.ndarray, em: float) -> np.ndarray:
    """The ink without dots too small to be a decimal point."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    large = stats[:, cv2.CC_STAT_AREA] >= max(4.0, SPECK * em * em)
    large[0] = False
    return np.where(large[labels], np.uint8(255), np.uint8(0))


def _grouped(boxes: list[Box], rules: np.ndarray, em: float) -> list[Box]:
    """Parts of one line near each other as one: strokes of a character, characters of a word."""
    group = list(range(len(boxes)))

    def root(index: int) -> int:
        while group[index] != index:
            group[index] = group[group[index]]
            index = group[index]
        return index

    for one, two in _neighbours(boxes, em):
        if root(one) != root(two) and not _ruled_off(boxes[one], boxes[two], rules):
            group[root(one)] = root(two)
    together: dict[int, list[Box]] = {}
    for index, box in enumerate(boxes):
        together.setdefault(root(index), []).append(box)
    return [_around(parts) for parts in together.values()]


def _neighbours(boxes: list[Box], em: float) -> Iterator[tuple[int, int]]:
    """Pairs of boxes that stand beside each other in a line, or are parts of one character."""
    if not boxes:
        return
    left, top, right, bottom = np.array(boxes).T.astype(np.float64)
    low, high = np.minimum.outer(bottom, bottom), np.maximum.outer(top, top)
    gap = np.maximum.outer(left, left) - np.minimum.outer(right, right)
    height = np.maximum.outer(bottom, bottom) - np.minimum.outer(top, top)
    least = np.minimum.outer(bottom - top, bottom - top)
    tall = np.maximum.outer(bottom - top, bottom - top) >= FULL * em
    beside = (low - high >= 0.5 * least) & (gap <= APART * em) & tall
    stacked = (gap <= 0.1 * em) & (low - high >= -0.55 * em)
    near = (height <= FULL_LINE * em) & (beside | stacked)
    yield from ((int(i), int(j)) for i, j in zip(*np.nonzero(np.triu(near, 1)), strict=True))


def _ruled_off(one: Box, two: Box, rules: np.ndarray) -> bool:
    """True when a rule runs between two boxes."""
    first, second = sorted((one, two))
    if second.left > first.right:
        top, bottom = max(one.top, two.top), min(one.bottom, two.bottom)
        middle = (top + bottom) // 2
        return bool(rules[middle, first.right : second.left].any())
    upper, lower = sorted((one, two), key=lambda box: box.top)
    middle = (max(one.left, two.left) + min(one.right, two.right)) // 2
    return bool(rules[upper.bottom : lower.top, middle].any())


def _around(parts: list[Box]) -> Box:
    left, top, right, bottom = zip(*parts, strict=True)
    return Box(min(left), min(top), max(right), max(bottom))


def _cut(box: Box, ink: np.ndarray, em: float) -> list[Box]:
    """A box of several lines cut where the fewest pixels have ink."""
    height = box.bottom - box.top
    if height <= ONE_LINE * em:
        return [box]
    rows = (ink[box.top : box.bottom, box.left : box.right] > 0).sum(axis=1)
    inner = slice(round(0.6 * em), height - round(0.6 * em))
    if inner.stop <= inner.start:
        return [box]
    at = box.top + inner.start + int(np.argmin(rows[inner]))
    return [
        *_cut(_fitted(Box(box.left, box.top, box.right, at), ink), ink, em),
        *_cut(_fitted(Box(box.left, at, box.right, box.bottom), ink), ink, em),
    ]


def _fitted(box: Box, ink: np.ndarray) -> Box:
    """The box without its empty margins."""
    part = ink[box.top : box.bottom, box.left : box.right]
    columns, rows = np.flatnonzero(part.any(axis=0)), np.flatnonzero(part.any(axis=1))
    if not len(columns):
        return box
    left, top = box.left, box.top
    return Box(
        left + int(columns[0]),
        top + int(rows[0]),
        left + int(columns[-1]) + 1,
        top + int(rows[-1]) + 1,
    )
