"""Title line and year of a report.

The year stands in the title, else in the sentence on the period covered, else in front of
政府信息公开. A bare 2019年度 is never taken: a report for 2020 speaks of the accounts of 2019.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from govstats.labels import normalise

_YEAR = r"(20[0-3]\d)"
_TITLE = re.compile(
    r"(?:政府信息公开|政务公开)(?:工作)?(?:情况)?(?:的)?年度?(?:工作)?报告?(?:\(.*\)|全文)?$"
)
_TITLE_YEAR = re.compile(rf"{_YEAR}年")
# Damage eats characters of dates (自202111日起, 20251月1日): four digits are left of a year.
_PERIOD = (
    re.compile(rf"(?:统计期限|时限|期限).{{0,12}}?{_YEAR}"),
    re.compile(rf"截至(?:到)?{_YEAR}年?12月31日"),
    re.compile(rf"自{_YEAR}年?1月?1日"),
)
_LEADING_YEAR = re.compile(rf"{_YEAR}年度?(?:[^\d，。,；]{{0,20}})?政府信息公开")
_LONGEST_TITLE = 60
_SUFFIX = re.compile(r"\.(?:docx?|wps|pdf|html?|txt)$", re.I)
_JOINED = re.compile(r"\s+")


def find_title(lines: Iterable[str]) -> str:
    """The line that is the report's title, without a file ending, or "" when none stands alone.

    >>> find_title(["首页", "示例县水务局2022年政府信息公开工作年度报告.docx"])
    '示例县水务局2022年政府信息公开工作年度报告'
    """
    best = ""
    for line in lines:
        text = _SUFFIX.sub("", _JOINED.sub(" ", line).strip())
        if len(normalise(text)) <= _LONGEST_TITLE and _is_title(normalise(text)):
            if _TITLE_YEAR.search(normalise(text)):
                return text
            best = best or text
    return best


def _is_title(text: str) -> bool:
    # A title ends with the word report; menus and links (…年报 > 区政府) go on.
    return _TITLE.search(text) is not None and not text.startswith(("《", "附件"))


def find_year(title: str, text: str) -> int | None:
    """Year the report is about, or None when it is not said where a year counts.

    >>> find_year("示例县水务局2022年政府信息公开工作年度报告", "")
    2022
    """
    for candidate in _years(normalise(title), normalise(text)):
        return int(candidate)
    return None


def _years(title: str, text: str) -> Iterator[str]:
    found = _TITLE_YEAR.search(title)
    if found:
        yield found[1]
    for pattern in (*_PERIOD, _LEADING_YEAR):
        found = pattern.search(text)
        if found:
            yield found[1]
