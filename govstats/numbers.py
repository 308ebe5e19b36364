"""Numbers as cells print them: +2, -62, 1,234, 00, 124宗, 44.48万元, full-width digits."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from govstats.characters import simplified
from govstats.document import DOUBT

Value = int | Decimal

# House rule: all of these are printed blanks, told apart from zero; the printed text is kept.
# Full-width signs are folded before; a dash may be drawn with any of them, once or several times.
BLANKS = frozenset({"", "/", "//", "\\", "无"})
_DASHES = "-—–―─−"

_PLAIN_UNIT = "件次|人次|批次|亿元|万元|元|件|宗|条|项|个|次|人|份|篇|期|户"
# Units that stand in a cell or a piece of their own.
UNITS = frozenset(_PLAIN_UNIT.split("|"))
_UNIT = rf"{_PLAIN_UNIT}|\((?:{_PLAIN_UNIT})\)"
_NUMBER = re.compile(
    rf"(?P<sign>[+\-−])?\s*(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d+)(?P<fraction>\.\d+)?\s*(?P<unit>{_UNIT})?"
)
_SPACE = re.compile(r"\s+")
_DOUBTED = re.compile(rf"[\d.,+\-\s{DOUBT}]+")
# 单位:万元 in a column header holds for the whole column.
_HEADER_UNIT = re.compile(r"单位:?(亿元|万元|元|件|条|项|个)")


class Number(NamedTuple):
    """A printed number: exact value and the unit printed with it ("" where there is none)."""

    value: Value
    unit: str


# Digits that a 64-bit float, and so every tool that reads the tables, holds exactly.
MOST_DIGITS = 15
# Characters of the longest number or blank with the spaces in and around it; what is longer is not
# looked at, nor kept in the caches.
_LONGEST = 200


def is_blank(text: str) -> bool:
    """True for a cell printed empty or with one of the signs that stand for empty."""
    if len(text) > _LONGEST:
        return not text.strip()
    return _is_blank(text)


@lru_cache(maxsize=8192)
def _is_blank(text: str) -> bool:
    sign = _SPACE.sub("", unicodedata.normalize("NFKC", simplified(text)))
    return sign.strip(_DASHES) == "" or sign in BLANKS


def parse_number(text: str) -> Number | None:
    """Read a whole cell as one number, or None when it is anything else.

    White space between digits is not closed up: "1 2" may be two cells. A number of more than
    `MOST_DIGITS` digits is no count.

    >>> parse_number("44.48万元")
    Number(value=Decimal('44.48'), unit='万元')
    >>> parse_number("+2"), parse_number("00"), parse_number("第3项")
    (Number(value=2, unit=''), Number(value=0, unit=''), None)
    """
    return _parse(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=8192)
def _parse(text: str) -> Number | None:
    match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", simplified(text)).strip())
    if match is None:
        return None
    exact = Decimal(match["digits"].replace(",", "") + (match["fraction"] or ""))
    if len(exact.as_tuple().digits) > MOST_DIGITS:
        return None
    value: Value = int(exact) if exact == exact.to_integral_value() else exact.normalize()
    if match["sign"] in ("-", "−"):
        value = -value
    return Number(value, (match["unit"] or "").strip("()"))


def exact(value: float | None) -> Value | None:
    """A number of a table as cells hold it: whole, or the decimal as written; None for none.

    >>> exact(3.0), exact(43.788), exact(float("nan"))
    (3, Decimal('43.788'), None)
    """
    if value is None or math.isnan(value):
        return None
    return int(value) if value == int(value) else Decimal(str(value))


def doubtful_values(text: str) -> frozenset[Value] | None:
    """Values that a cell read with doubt may have, none where nothing was read.

    None for any other text; every reading ends in the mark of doubt.

    >>> doubtful_values("12\\ufffd17\\ufffd") == {12, 17}, doubtful_values("12")
    (True, None)
    """
    *readings, rest = text.strip().split(DOUBT)
    if not readings or rest:
        return None
    numbers = [parse_number(reading) for reading in readings]
    if any(number is None and reading for number, reading in zip(numbers, readings, strict=True)):
        return frozenset() if _DOUBTED.fullmatch(text.strip()) else None
    return frozenset(number.value for number in numbers if number is not None)


def header_unit(text: str) -> str:
    """Unit that a column header states, such as 万元 in 本年收费金额（单位：万元）, or ""."""
    match = _HEADER_UNIT.search(_SPACE.sub("", unicodedata.normalize("NFKC", simplified(text))))
    return match[1] if match else ""
