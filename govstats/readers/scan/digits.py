"""Reading fragments; numbers are read twice, counted and measured, and marked where in doubt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

import cv2
import numpy as np

from govstats.document import DOUBT
from govstats.numbers import is_blank, parse_number
from govstats.readers.scan.engine import Reading, recognise
from govstats.readers.scan.marks import Box
from govstats.readers.scan.strips import cut_bold, cut_strip

# A digit less sure than this is in doubt.
SURE = 0.9
_DIGITS = re.compile(r"\d")
_RUNS = re.compile(r"\d+")


class Fragment(NamedTuple):
    """A fragment with its first reading."""

    box: Box
    reading: Reading
    text: str


class Reader:
    """Reads the fragments of one page."""

    def __init__(self, grey: np.ndarray, ink: np.ndarray, boxes: Sequence[Box], em: float) -> None:
        self._grey, self._ink, self._em = grey, ink, em
        readings = [recognise(cut_strip(grey, box, em)) for box in boxes]
        self._fragments = [
            Fragment(box, reading, plain(reading.text))
            for box, reading in zip(boxes, readings, strict=True)
        ]

    def texts(self) -> Iterator[str]:
        """The text of each fragment; what is in doubt is marked."""
        for fragment in self._fragments:
            yield self._text(fragment)

    def _text(self, fragment: Fragment) -> str:
        box, reading, text = fragment
        if not _DIGITS.search(text):
            return text
        again = recognise(cut_bold(self._ink, box, self._em))
        if parse_number(text) is None:
            return text
        other = plain(again.text)
        if other == text and reading.least >= SURE:
            return text
        return text + DOUBT


def plain(text: str) -> str:
    """The text with half-width signs and without white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())
