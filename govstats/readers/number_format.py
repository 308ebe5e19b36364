"""How a spreadsheet shows a stored value: number formats such as 0.00%, #,##0 or 0"件".

Formats that are not understood here (fractions, powers of ten, Chinese numerals, conditions) show
the stored number itself: nothing that changes its size is among them. What readers see counts: a
zero that its format shows as - or not at all is a printed blank.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from govstats.numbers import parse_number

# A quoted text, an escaped character, a gap (_x), a filler (*x), a bracket, or one character.
_PART = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|.', re.S)
_CURRENCY = re.compile(r"\[\$([^\-\]]*)")
_PATTERN = re.compile(r"([0#?,]*)(?:(\.)([0#?]*))?")
_NOT_UNDERSTOOD = re.compile(r"[Ee][+\-]|/|\[(?:DBNum|[<>=])", re.I)
# What Excel calls the short date of the reader's own country.
_SHORT_DATE = "mm-dd-yy"
# Digits that a spreadsheet keeps; what a binary fraction adds behind them was never typed.
_PRECISION = ".15g"
# Characters of a format; spreadsheets keep no longer one.
_LONGEST = 255
# Far above any figure; rounding larger ones needs more digits than Decimal keeps.
_HUGE = 10**18


def show_number(value: float, code: str) -> str:
    """A number as its format shows it; a negative one always with a minus sign.

    >>> show_number(12.0, "General"), show_number(0.256, "0.0%"), show_number(1234, "#,##0")
    ('12', '25.6%', '1,234')
    >>> show_number(0, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ '), show_number(-5, "0;[Red]0")
    ('-', '-5')
    """
    exact = Decimal(format(value, _PRECISION))
    if len(code) > _LONGEST or not exact.is_finite():
        return str(value)
    sections = _sections(code)
    section = _section_for(exact, sections)
    if section == "" and len(sections) > 1:
        return ""
    text = _fill(abs(exact), section)
    if text is None:
        return _plain(exact)
    negative = exact < 0 and any(digit in text for digit in "123456789")
    # A colour or brackets may stand for the sign: a figure without it would read as another.
    return "-" + text.strip("-()") if negative else text


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else "0"


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[str, ...]:
    """Parts of a format for positive numbers, negative ones, zero and text."""
    sections = [""]
    for part in _PART.findall(code):
        if part == ";":
            sections.append("")
        else:
            sections[-1] += part
    return tuple(sections[:3])


def _section_for(value: Decimal, sections: tuple[str, ...]) -> str:
    if value < 0 and len(sections) > 1:
        return sections[1]
    return sections[2] if value == 0 and len(sections) > 2 else sections[0]


def _fill(value: Decimal, section: str) -> str | None:
    """The section with the number in its placeholders; None when it is not understood."""
    parts = _PART.findall(section)
    bare = "".join(part for part in parts if len(part) == 1 or part.startswith("["))
    general = re.fullmatch(r"\s*(general|@)?\s*", bare, re.I)
    if _NOT_UNDERSTOOD.search(bare) or (general and not any(map(_literal, parts))):
        return None
    if "general" in bare.lower() or "@" in bare:
        return None
    value *= 100 ** bare.count("%")
    first = next((i for i, part in enumerate(parts) if part in "0#?.,"), len(parts))
    last = first
    while last < len(parts) and parts[last] in "0#?.,":
        last += 1
    front, behind = ("".join(map(_literal, each)) for each in (parts[:first], parts[last:]))
    if any(part in "0#?" for part in parts[last:]):
        return None
    digits = _digits(value, "".join(parts[first:last])) if last > first else ""
    return None if digits is None else (front + digits + behind).strip()


def _literal(part: str) -> str:
    """The text that a part of a format stands for, apart from digits."""
    if part.startswith('"'):
        return part.strip('"')
    if part.startswith("\\"):
        return part[1:]
    if part.startswith("["):
        currency = _CURRENCY.match(part)
        return currency[1] if currency else ""
    return "" if len(part) > 1 else part


def _digits(value: Decimal, pattern: str) -> str | None:
    """Digits of a number in a pattern such as #,##0.0#, rounded half up as spreadsheets do."""
    match = _PATTERN.fullmatch(pattern)
    if match is None or value >= _HUGE:
        return None
    whole, point, fraction = match[1], match[2] or "", match[3] or ""
    scaled = len(whole) - len(whole.rstrip(","))
    try:
        value = (value / 1000**scaled).quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    except InvalidOperation:  # more digits than Decimal keeps
        return None
    front, _, behind = format(value, "f").partition(".")
    least = len(fraction.rstrip("#?"))
    while len(behind) > least and behind.endswith("0"):
        behind = behind[:-1]
    front = front.lstrip("0").zfill(whole.count("0"))
    if "," in whole.rstrip(","):
        front = _grouped(front)
    return front + (point if behind or least else "") + behind


def _grouped(digits: str) -> str:
    return re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", digits)


def show_moment(value: datetime | date | time | timedelta, code: str) -> str:
    """A date or time as text: by its format where that has days only, else as ISO 8601.

    Never a bare number: a day shown alone could pass for a count.

    >>> show_moment(date(2022, 1, 5), 'yyyy"年"m"月"d"日"'), show_moment(date(2022, 1, 5), "d")
    ('2022年1月5日', '2022-01-05')
    """
    if isinstance(value, (time, timedelta)):
        return str(value)
    day = value.date() if isinstance(value, datetime) else value
    section = _sections(code)[0].lower()
    if section == _SHORT_DATE:
        return f"{day.year}/{day.month}/{day.day}"
    parts = re.findall(r'"[^"]*"|\\.|\[[^\]]*\]|y+|m+|d+|.', section, re.S)
    if any(part in ("h", "s", "a") for part in parts):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    text = "".join(_dated(day, part) for part in parts).strip()
    return day.isoformat() if parse_number(text) or not text else text


def _dated(day: date, part: str) -> str:
    numbers = {"y": day.year, "m": day.month, "d": day.day}
    if part[0] not in numbers:
        return "" if part in "@;" else _literal(part)
    if part == "yy":
        return f"{day.year % 100:02d}"
    return f"{numbers[part[0]]:0{2 if len(part) == 2 else 1}d}"
