"""The numbers that Word sets in front of paragraphs by itself, such as 一、 or （三）: w:numPr.

They are no part of the text in the file, but readers see them, and headings and row labels are
told by them. A number in a format that is not known here is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "〇一二三四五六七八九"
_PLACE = re.compile(r"%([1-9])")
# Styles are based on each other; a chain that goes on after this runs in a circle.
_LONGEST_CHAIN = 20
# Word counts by letters up to zzz…z of thirty.
_MOST_LETTERS = 780


def chinese(number: int) -> str:
    """Counting number below one hundred: 一, 十, 十二, 二十三; digits beyond.

    >>> chinese(3), chinese(10), chinese(23)
    ('三', '十', '二十三')
    """
    tens, ones = divmod(number, 10)
    if not 0 < number < 100:
        return str(number)
    front = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return front + (_DIGITS[ones] if ones else "")


def _letter(number: int) -> str:
    if not 0 < number <= _MOST_LETTERS:
        return str(number)
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _circle(number: int) -> str:
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": str,
    "decimalHalfWidth": str,
    "decimalEnclosedCircle": _circle,
    "decimalEnclosedCircleChinese": _circle,
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "japaneseDigitalTenThousand": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "ideographDigital": lambda number: "".join(_DIGITS[int(digit)] for digit in str(number)),
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
}


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    format: str
    text: str


@dataclass
class _List:
    """A w:num: its levels, and which counters it shares."""

    counters: str
    levels: dict[int, _Level]
    starts: dict[int, int] = field(default_factory=dict)


def value_of(element: _Element | None, default: str = "") -> str:
    """The w:val of an element, or the default where there is none."""
    return default if element is None else element.get(f"{W}val", default)


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else otherwise


class Numbering:
    """Counts a document's numbered paragraphs in the order in which they are asked for."""

    def __init__(self, numbering: _Element | None, styles: _Element | None) -> None:
        self._lists: dict[str, _List] = {}
        self._styles = {
            style.get(f"{W}styleId", ""): style
            for style in (styles.iterchildren(f"{W}style") if styles is not None else ())
        }
        self._counts: dict[str, dict[int, int]] = {}
        self._started: set[str] = set()
        if numbering is not None:
            self._read(numbering)

    def _read(self, numbering: _Element) -> None:
        abstract = {
            element.get(f"{W}abstractNumId", ""): element
            for element in numbering.iterchildren(f"{W}abstractNum")
        }
        for num in numbering.iterchildren(f"{W}num"):
            key = value_of(num.find(f"{W}abstractNumId"))
            levels = _levels(abstract[key]) if key in abstract else {}
            found = _List(key, levels)
            for override in num.iterchildren(f"{W}lvlOverride"):
                level = _whole(override.get(f"{W}ilvl", ""), 0)
                found.levels.update(_levels(override))
                start = value_of(override.find(f"{W}startOverride"))
                if start:
                    found.starts[level] = _whole(start, 1)
            self._lists[num.get(f"{W}numId", "")] = found

    def number(self, paragraph: _Element) -> str:
        """What Word sets in front of the paragraph ("" for nothing); the next one counts on."""
        key, level = self._place(paragraph)
        found = self._lists.get(key)
        if found is None or level not in found.levels:
            return ""
        counts = self._counts.setdefault(found.counters, {})
        if key not in self._started:
            self._started.add(key)
            for started, start in found.starts.items():
                counts[started] = start - 1
        counts[level] = counts.get(level, found.levels[level].start - 1) + 1
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        return _written(found.levels, level, counts)

    def _place(self, paragraph: _Element) -> tuple[str, int]:
        """List and level of a paragraph: its own, else those of its style."""
        properties = paragraph.find(f"{W}pPr")
        key, level = _num(properties)
        style = value_of(properties.find(f"{W}pStyle")) if properties is not None else ""
        for _ in range(_LONGEST_CHAIN):
            if (key and level) or style not in self._styles:
                break
            element = self._styles[style]
            of_style = _num(element.find(f"{W}pPr"))
            key, level = key or of_style[0], level or of_style[1]
            style = value_of(element.find(f"{W}basedOn"))
        return key, _whole(level, 0)


def _num(properties: _Element | None) -> tuple[str, str]:
    found = properties.find(f"{W}numPr") if properties is not None else None
    if found is None:
        return "", ""
    return value_of(found.find(f"{W}numId")), value_of(found.find(f"{W}ilvl"))


def _levels(parent: _Element) -> dict[int, _Level]:
    levels = {}
    for level in parent.iterchildren(f"{W}lvl"):
        levels[_whole(level.get(f"{W}ilvl", ""), 0)] = _Level(
            _whole(value_of(level.find(f"{W}start")), 1),
            value_of(level.find(f"{W}numFmt"), "decimal"),
            value_of(level.find(f"{W}lvlText")),
        )
    return levels


def _written(levels: dict[int, _Level], level: int, counts: dict[int, int]) -> str:
    """The level's pattern (（%1）) filled in; "" when a part of it is in an unknown format."""

    def fill(place: re.Match[str]) -> str:
        at = int(place[1]) - 1
        return _FORMATS[levels[at].format](counts.get(at, levels[at].start))

    if levels[level].format == "bullet":
        return ""
    try:
        return _PLACE.sub(fill, levels[level].text)
    except KeyError:
        return ""
