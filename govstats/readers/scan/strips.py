"""Strips of a page that hold one fragment each, as the model wants them."""

from __future__ import annotations

import cv2
import numpy as np

from govstats.readers.scan.light import PAPER
from govstats.readers.scan.marks import Box

# Paper left around a fragment, in characters: on both sides, and from the middle up and down.
SIDE, HALF = 0.25, 0.65
WIDER_SIDE, WIDER_HALF = 0.5, 0.8


def cut_strip(
    page: np.ndarray, box: Box, em: float, side: float = SIDE, half: float = HALF
) -> np.ndarray:
    """The part of the page with the fragment and some paper around it."""
    middle = (box.top + box.bottom) / 2
    reach = max(half * em, (box.bottom - box.top) / 2 + 2)
    top, bottom = round(middle - reach), round(middle + reach)
    left, right = round(box.left - side * em), round(box.right + side * em)
    height, width = page.shape
    inner = page[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
    return cv2.copyMakeBorder(
        inner,
        max(0, -top),
        max(0, bottom - height),
        max(0, -left),
        max(0, right - width),
        cv2.BORDER_CONSTANT,
        value=PAPER,
    )


def cut_alone(page: np.ndarray, box: Box, em: float) -> np.ndarray:
    """The fragment with nothing beside it but paper."""
    strip = cut_strip(page, box, em)
    edge = max(0, round(SIDE * em) - 2)
    strip[:, :edge] = PAPER
    strip[:, strip.shape[1] - edge :] = PAPER
    return strip
