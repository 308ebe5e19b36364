"""Printed numbers: digits, Chinese numerals, 万 and 亿, and whether they are approximate."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

import cn2an  # type: ignore[import-untyped]

# One or two digits of 一..九 in a row and nothing else ("四五") mean "four or five": no number.
_VAGUE = re.compile(r"[一二两三四五六七八九]{2,}")
_MORE = re.compile("[余多来]")
_NEARLY = re.compile("(?:近|约|大约|将近|接近|逾|超|超过|突破|不少于|至少)$")
_OR_SO = re.compile("(?:件|宗|条|次|人|篇|个|元|%)*(?:余|多|以上|左右|上下)")


def number(printed: str) -> int | Decimal | None:
    """Return the value of a printed number, None where it says none ("四五", "数").

    Digits, 1,234, 1.3万, 2万3千, 二十一, 两, 十余 and 百余 are read; 余, 多 and 来 are left out.

    >>> number("1.3万"), number("二十一"), number("1,234"), number("数")
    (13000, 21, 1234, None)
    """
    bare = _MORE.sub("", printed).replace(",", "")
    value = _plain(bare)
    if bare and value is None and not _VAGUE.fullmatch(bare):
        value = _chinese(bare)
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else value


def _plain(bare: str) -> Decimal | None:
    try:
        return Decimal(bare)
    except InvalidOperation:
        return None


def _chinese(bare: str) -> Decimal | None:
    # cn2an wants a digit before the unit: 百 alone means one hundred.
    for wording in (bare, "一" + bare):
        try:
            return Decimal(str(cn2an.cn2an(wording, "smart")))
        except ValueError:
            continue
    return None


def is_approximate(text: str, start: int, end: int) -> bool:
    """Tell whether the number printed at text[start:end] is said to be near, above or about.

    >>> is_approximate("近300件", 1, 4), is_approximate("共300件", 1, 4)
    (True, False)
    """
    return bool(
        _MORE.search(text, start, end)
        or _NEARLY.search(text[max(0, start - 3) : start])
        or _OR_SO.match(text, end, end + 5)
    )
