"""A page's grey values made even, turned straight, and cut into ink and paper."""

from __future__ import annotations

import cv2
import numpy as np

# Grey of the paper of an evened page: light spots may be a little brighter.
PAPER = 235
# Skew is looked for within so many degrees, in steps that a fine search divides.
MOST_SKEW, STEP = 4.0, 0.25
# Below this share of a degree a page is straight.
STRAIGHT = 0.03
# The picture in which skew and light are measured has about so many pixels on its longer side.
SMALL = 1000
# Ink is darker than paper by this much, and by so many times the grain of the paper, or by this.
FAINTEST, GRAIN, DARKEST = 45.0, 5.0, 100.0


def even(page: np.ndarray) -> np.ndarray:
    """The page divided by its paper: shadows and yellowed paper become white."""
    share = SMALL / 2 / max(page.shape)
    small = cv2.resize(
        page, None, fx=min(1.0, share), fy=min(1.0, share), interpolation=cv2.INTER_AREA
    )
    # The paper is what is brighter than any stroke nearby.
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((13, 13), np.uint8))
    paper = cv2.medianBlur(paper, 11)
    paper = cv2.resize(paper, page.shape[::-1], interpolation=cv2.INTER_LINEAR)
    lit = page.astype(np.float32) * (PAPER / np.maximum(paper, 32).astype(np.float32))
    return np.clip(lit, 0, 255).astype(np.uint8)


def ink_of(page: np.ndarray) -> np.ndarray:
    """Where an evened page has ink: 255, elsewhere 0. Ink is what the grain of the paper is not."""
    soft = cv2.GaussianBlur(page, (0, 0), 0.8)
    sample = soft[::3, ::3].astype(np.int16)
    paper = float(np.median(sample))
    grain = 1.5 * float(np.median(np.abs(sample - paper)))
    limit = paper - min(max(FAINTEST, GRAIN * grain), DARKEST)
    return (soft < limit).astype(np.uint8) * 255


def straighten(page: np.ndarray) -> np.ndarray:
    """The page turned by its skew, if that is within a few degrees."""
    angle = skew(page)
    if abs(angle) < STRAIGHT:
        return page
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    return cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=PAPER)


def skew(page: np.ndarray) -> float:
    """Degrees by which the page must be turned for its lines to be level.

    Rows of pixels are then either full of ink or empty.
    """
    share = min(1.0, SMALL / max(page.shape))
    ink = cv2.resize(ink_of(page), None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    edge = max(4, round(0.02 * SMALL))
    ink = ink[edge:-edge, edge:-edge]
    if not ink.any():
        return 0.0
    best, step = 0.0, STEP
    reach = MOST_SKEW
    while step > STRAIGHT / 2:
        tried = np.arange(best - reach, best + reach + step / 2, step)
        best = float(max(tried, key=lambda angle: _contrast(ink, angle)))
        reach, step = step, step / 5
    return best


def _contrast(ink: np.ndarray, angle: float) -> float:
    height, width = ink.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(angle), 1)
    rows = cv2.warpAffine(ink, turn, (width, height)).sum(axis=1, dtype=np.float64)
    return float(np.square(np.diff(rows)).sum())
