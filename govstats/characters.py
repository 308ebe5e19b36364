"""Traditional characters and pinyin in brackets, put aside for matching: 條(tiáo)例 reads 条例.

Every character keeps its place, so that what is found in the plain text stands at the same place
in the source. Conversion: OpenCC (t2s, by phrases: 乾淨 is 干净, 乾隆 stays). Of the libraries
tried it is the one with a permissive licence, wheels and upkeep, and 40 times as fast as the pure
Python one; it is imported only where a text holds characters that GB 2312, the set of simplified
text, lacks.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

# Letters as pinyin has them, tone marks included, behind a Chinese character.
_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹêɡ"
PINYIN = re.compile(rf"(?<=[一-鿿])[(（]\s*[a-z{_TONES}]{{1,6}}\s*[)）]")


def plain(text: str) -> str:
    """The text in simplified characters, blanks for pinyin in brackets; as long as the text.

    >>> plain("條(tiáo)例")
    '条      例'
    """
    return _without_pinyin(simplified(text))


def simplified(text: str) -> str:
    """The text with traditional characters turned into simplified ones, one for one."""
    return _convert(text) if _has_traditional(text) else text


def _without_pinyin(text: str) -> str:
    # What has no tone mark may be an abbreviation; with pinyin beside it, it is pinyin too.
    if not any(sign in text for sign in _TONES):
        return text
    return PINYIN.sub(lambda found: " " * len(found.group()), text)


def _has_traditional(text: str) -> bool:
    """Whether Chinese characters occur that GB 2312 lacks: most traditional ones, some rare."""
    return not text.isascii() and _not_simplified().search(text) is not None


@lru_cache(maxsize=1)
def _not_simplified() -> re.Pattern[str]:
    """The characters of the block of Chinese ones that GB 2312 lacks, in ten milliseconds."""
    every = "".join(map(chr, range(ord("一"), ord("鿿") + 1)))
    simple = set(every.encode("gb2312", "ignore").decode("gb2312"))
    return re.compile(f"[{''.join(sign for sign in every if sign not in simple)}]")


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    from opencc import OpenCC  # noqa: PLC0415 - few documents need it

    return OpenCC("t2s")


def _convert(text: str) -> str:
    converted: str = _converter().convert(text)
    if len(converted) == len(text):
        return converted
    return "".join(map(_convert_sign, text))


@lru_cache(maxsize=8192)
def _convert_sign(sign: str) -> str:
    """One character alone, where a phrase would change the length of the text."""
    converted: str = _converter().convert(sign)
    return converted if len(converted) == 1 else sign
