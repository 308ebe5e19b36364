"""Reading fragments; numbers are read twice, counted and measured, and marked where in doubt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from statistics import median

import cv2
import numpy as np

from govstats.document import DOUBT
from govstats.readers.scan.engine import Reading, recognise
from govstats.readers.scan.marks import Box
from govstats.readers.scan.strips import WIDER_HALF, WIDER_SIDE, cut_alone, cut_strip

# Of two readings the better is at least so sure of each character, the other so sure.
SURE, LEGIBLE = 0.9, 0.5
# A digit is at least so high, as a share of the highest mark of its number.
DIGIT = 0.6
# The least of several marks has this share of the height of the highest, if they are all digits.
ALIKE = 0.8
# A decimal point is as wide as this share of a digit; the sign for percent has so many parts.
POINT, PARTS = 0.5, 3
# Digits of any font are this wide, in characters; those of one page alike, but for part of a digit.
NARROWEST, WIDEST, TOLERANCE = 0.35, 0.75, 0.45
# So many numbers of several digits tell how wide the digits of a page are.
FEWEST = 4
# A mark no larger than this, in characters, may be a speck; one no higher than this is a dash, if
# it is not as wide as the character for one.
DOT, FLAT, ONE = 0.3, 0.3, 0.7
_DIGITS = re.compile(r"\d+")
_NUMERIC = re.compile(r"[+\-−]?[\d.,]*\d[\d.,]*%?")
_SHORT = re.compile(r"[^\u2e80-\U0003ffff]{0,5}|.")
_DASHES = frozenset("-—–―─一")
_SLASHES = frozenset("/\\")
_POINTS = frozenset(".,、·'\"`:;-_~°。")
# Letters that are read where a digit is printed.
_ALIKE = str.maketrans("OoQDUlI|iZzSsB〇", "000001111225580")


class Reader:
    """Reads the fragments of one page."""

    def __init__(self, grey: np.ndarray, ink: np.ndarray, boxes: Sequence[Box], em: float) -> None:
        self._grey, self._ink, self._em, self._boxes = grey, ink, em, boxes
        self._pitch = 0.0

    def texts(self) -> list[str]:
        """The text of each fragment; what is in doubt is marked."""
        first = [recognise(cut_alone(self._grey, box, self._em)) for box in self._boxes]
        self._pitch = self._usual_pitch(first)
        return [self._text(*pair) for pair in zip(self._boxes, first, strict=True)]

    def _usual_pitch(self, readings: Sequence[Reading]) -> float:
        """How wide a digit of the page's numbers usually is, in characters; 0 where it has few."""
        found = [
            (box.right - box.left) / self._em / len(text)
            for box, reading in zip(self._boxes, readings, strict=True)
            if len(text := plain(reading.text)) > 1 and text.isdigit() and reading.least > SURE
        ]
        return median(found) if len(found) >= FEWEST else 0.0

    def _text(self, box: Box, first: Reading) -> str:
        text = plain(first.text)
        short = _SHORT.fullmatch(text) is not None
        if not short and not _DIGITS.search(text):
            return text
        second = recognise(cut_strip(self._grey, box, self._em, WIDER_SIDE, WIDER_HALF))
        if _NUMERIC.fullmatch(text) and text[0] in "-−":
            # The rest of a broken rule looks like the sign.
            return f"{text}{DOUBT}{text[1:]}{DOUBT}"
        if _NUMERIC.fullmatch(text):
            return text if self._is_certain(box, first, second) else doubted(text, second)
        if short:
            return self._sign(box, text, first, second)
        return _marked(text, first, second)

    def _sign(self, box: Box, text: str, first: Reading, second: Reading) -> str:
        """A fragment of few signs: one for an empty cell, a speck, a misread digit, a word."""
        width, height = box.right - box.left, box.bottom - box.top
        other, em = plain(second.text), self._em
        if first.least >= SURE and not text.isascii() and not set(text) <= _DASHES:
            return text
        if _DIGITS.search(other):
            return doubted(text.translate(_ALIKE), second)
        if set(text) <= _DASHES and text and height <= FLAT * em and width < ONE * em:
            return "-"
        if set(text) <= _POINTS and max(width, height) <= DOT * em:
            return ""
        alike = text.translate(_ALIKE)
        if _NUMERIC.fullmatch(alike):
            return alike + DOUBT
        same = text == other and min(first.least, second.least) >= SURE
        if set(text) <= _SLASHES or text.isalnum() and text.isascii() or not text:
            return text if same and text else DOUBT
        return text if max(first.least, second.least) >= LEGIBLE else DOUBT

    def _is_certain(self, box: Box, first: Reading, second: Reading) -> bool:
        """Whether both readings agree, and the ink may be just so many digits."""
        text = plain(first.text)
        least, most = sorted((first.least, second.least))
        sure = text == plain(second.text) and least >= LEGIBLE and most >= SURE
        return sure and self._is_even(box, text) and self._is_wide(box, text)

    def _is_wide(self, box: Box, text: str) -> bool:
        """Whether a number is as wide as its digits are: one that is lost or doubled shows."""
        width = (box.right - box.left) / self._em
        count = sum(sign.isdigit() for sign in text)
        if count == 1 and count == len(text):
            return width <= WIDEST
        points = text.count(".") + text.count(",")
        if count + points < len(text):
            return count * NARROWEST <= width <= (len(text) + 0.5) * WIDEST
        pitches = count + POINT * points
        if not self._pitch:
            return NARROWEST <= width / pitches <= WIDEST
        return abs(width / self._pitch - pitches) <= TOLERANCE

    def _is_even(self, box: Box, text: str) -> bool:
        """Whether a number has no more marks than signs, and its digits are of a height."""
        part = self._ink[box.top : box.bottom, box.left : box.right]
        _, _, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
        heights = stats[1:, cv2.CC_STAT_HEIGHT]
        tall = heights[heights >= DIGIT * (box.bottom - box.top)]
        small = sum(sign in ".,+-−" for sign in text) + PARTS * text.count("%")
        alone = text.isdigit() and len(tall) > 1
        fits = len(tall) <= len(text) and len(heights) - len(tall) <= small
        return fits and not (alone and tall.min() < ALIKE * tall.max())


def plain(text: str) -> str:
    """The text with half-width signs and without white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def doubted(text: str, second: Reading) -> str:
    """A number in doubt with its mark; where the readings differ, both."""
    found = [text, plain(second.text)] if plain(second.text) != text else [text]
    numbers = [number for number in found if _NUMERIC.fullmatch(number)]
    return "".join(number + DOUBT for number in numbers) or DOUBT


def _marked(text: str, first: Reading, second: Reading) -> str:
    """A sentence or label with the runs of digits marked about which the readings do not agree."""
    runs, others = _DIGITS.findall(text), _DIGITS.findall(plain(second.text))
    sure = [least for sign, least in zip(first.text, first.sure, strict=True) if sign.isdigit()]
    agreed = runs == others and min(sure, default=1.0) >= SURE
    return text if agreed else _DIGITS.sub(DOUBT, text)
