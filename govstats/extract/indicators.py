"""Labels of the statistics forms, matched loosely: their wording differs by place and year.

A label's key is its words without numbering, 其中, 的 and a last 数 or 总数: 收到申请总数 is
收到申请. Some labels stand in the form twice (被依法纠错数); the order of the form says which is
meant, and where it does not, none is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from govstats.extract.tokens import Token
from govstats.forms import Table
from govstats.labels import SHORTEST_CUT, Codes, core, find_alike, normalise

# At the start a 的 may be a misprinted 不: 不同意公开 must not read 同意公开.
_IDLE = re.compile(r"其中|(?<=.)的|总(?=[件次]?数)|数量?$")
_ITEM = r"[\d一二三四五六七八九十]{1,2}"
_NUMBERING = re.compile(rf"^(?:其中:?|[①-⑳]|{_ITEM}[.、)]|\({_ITEM}\))+")
UNITS = frozenset(
    ("条", "件", "宗", "次", "篇", "份", "期", "个", "人", "人次", "名", "元", "万元", "亿元")
)
CUMULATIVE, NUMBER = "cumulative", "number"
# Numbers that the forms print beside those of the year, and that are not kept.
BESIDE = "beside"
_BESIDE = re.compile("上一?年|去年|同期|同比|增减|增长")
_YEAR_HEAD = re.compile(r"20[0-3]\d年?度?数?")
# 自2008年5月1日起累计 is a head, a sentence that says 累计 is none.
_LONGEST_HEAD = 16


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """The words by which two printings of a label are the same."""
    return _IDLE.sub("", core(_NUMBERING.sub("", normalise(text))))


def is_numbered(text: str) -> bool:
    """True where a label's numbering begins it, or 其中."""
    return _NUMBERING.match(normalise(text)) is not None


def is_unit(text: str) -> bool:
    """True for a cell of the unit column."""
    return normalise(text).strip("()") in UNITS


@dataclass(frozen=True)
class Words:
    """What the labels of a table mean: key -> codes of rows (several where a label stands twice).

    `alike` has the keys that stand for one row only, for misprints; `order` the place of each row.
    """

    rows: Mapping[str, tuple[str, ...]]
    alike: Codes
    columns: Mapping[str, str]
    heads: frozenset[str]
    groups: frozenset[str]
    order: Mapping[str, int]


@lru_cache(maxsize=8)
def words_of(table: Table) -> Words:
    """The words of a table of one number a row."""
    rows: dict[str, tuple[str, ...]] = {}
    labels = [row for block in table.blocks for row in block.rows]
    for row in labels:
        for text in dict.fromkeys(key(text) for text in (row.zh, *row.aliases)):
            rows[text] = (*rows.get(text, ()), row.code)
    return Words(
        rows,
        Codes({text: codes[0] for text, codes in rows.items() if len(codes) == 1}),
        table.column_codes,
        frozenset(core(text) for text in table.heads),
        frozenset(key(group.zh) for group in table.groups),
        {row.code: place for place, row in enumerate(labels)},
    )


def codes_of(text: str, words: Words, loose: bool = True) -> tuple[str, ...]:
    """Codes of the rows that a label can mean; a group's words may be glued in front.

    Without `loose` its words are those of the form; with it a character may be misprinted.
    """
    found = key(text)
    if found in words.rows:
        return words.rows[found]
    if found in words.groups or found in words.heads or not loose:
        return ()
    glued = next((g for g in words.groups if found.startswith(g)), "")
    if glued:
        return words.rows.get(key(found[len(glued) :]), ())
    alike = find_alike(found, words.alike) or _cut(found, words)
    return (alike,) if alike else ()


def _cut(found: str, words: Words) -> str | None:
    """The only row whose label begins with what is left of one."""
    if len(found) < SHORTEST_CUT:
        return None
    codes = {code for text, each in words.rows.items() if text.startswith(found) for code in each}
    return codes.pop() if len(codes) == 1 else None


def column_of(text: str, words: Words) -> str | None:
    """Column that a head names; a year as head is the year's number."""
    found = core(text)
    if found in words.columns:
        return words.columns[found]
    if len(found) > _LONGEST_HEAD or codes_of(text, words, loose=False):
        return None
    if _YEAR_HEAD.fullmatch(found):
        return NUMBER
    if "累计" in found and CUMULATIVE in words.columns.values():
        return CUMULATIVE
    return BESIDE if _BESIDE.search(found) else None


def columns_in(heads: Sequence[str], words: Words) -> list[str]:
    """Columns in printed order; where several years are printed, none is known to be the report's.

    Of several heads of one column the last counts: 数量 stands above 累计 and 本年度.
    """
    years = {core(text) for text in heads if _YEAR_HEAD.fullmatch(core(text))}
    found: dict[str, str] = {}
    for text in heads:
        column = column_of(text, words)
        if column is None:
            continue
        name = column
        if column == BESIDE or (len(years) > 1 and core(text) in years):
            name = f"{BESIDE} {core(text)}"
        found.pop(name, None)
        found[name] = name
    return list(found)


@dataclass
class Line:
    """One row as printed: its label (None where it has none), unit and cells, in reading order."""

    label: Token | None
    unit: str = ""
    values: list[Token] = field(default_factory=list)
    codes: tuple[str, ...] = ()


def settle(lines: Sequence[Line], words: Words) -> None:
    """Leave each line the one code that it stands for, or none.

    A label of several rows means the one that the form has between the rows printed around it; as
    many equal labels there as the form has are taken in its order.
    """
    sure = [line.codes[0] if len(line.codes) == 1 else "" for line in lines]
    gaps: dict[tuple[int, int, tuple[str, ...]], list[Line]] = {}
    for i, line in enumerate(lines):
        if len(line.codes) > 1:
            before = next((words.order[c] for c in reversed(sure[:i]) if c), -1)
            after = next((words.order[c] for c in sure[i + 1 :] if c), len(words.order))
            gaps.setdefault((before, after, line.codes), []).append(line)
    for (before, after, codes), inside in gaps.items():
        open_rows = [code for code in codes if before < words.order[code] < after]
        fits = len(open_rows) == len(inside)
        for i, line in enumerate(inside):
            line.codes = (open_rows[i],) if fits else ()
