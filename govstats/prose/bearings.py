"""Where a number stands: whose it is, which year's it is and what it is about.

The words are in prose.toml under [scope], [time] and [matter]; how far each of them reaches is
said there.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from govstats import vocabulary
from govstats.prose.patterns import compiled

Scope = Literal["own", "system", "unknown"]
_TITLE = re.compile("《[^《》]{1,80}》|〈[^〈〉]{1,80}〉")
_CLAUSE_END = re.compile("[,，。;；:]")
_TAIL_END = re.compile("[。;；!?！？]")
_DAY = re.compile(r"\d+月\d+日")
_FAR = 1500  # characters: nothing behind 其中 reaches further
_BACK = 100  # actors: nobody named before so many others is still meant


@dataclass(frozen=True, slots=True)
class Report:
    """What holds for the whole report: its year, None where not found, and its scope."""

    year: int | None
    scope: Scope


def report(text: str, year: int | None = None) -> Report:
    """Return the year and scope of a report from its title, else from its first lines."""
    head = "".join(text[:4000].split())
    words = vocabulary.rules()["scope"]["report"]
    title = compiled(words["title"]).search(head)
    if year is None:
        rules = vocabulary.rules()["year"]
        found = title or compiled(rules["period"]).search(head)
        found = found or compiled(rules["title"]).search(head)
        year = int(found["year"]) if found else None
    if title is None:
        return Report(year, "own" if compiled(words["self"]).search(head) else "unknown")
    if compiled(words["own"]).search(title["who"]):
        return Report(year, "own")
    bare = compiled(words["system"]).search(title["who"])
    author = compiled(words["author"]).search(head)
    return Report(year, "system" if bare and not author else "unknown")


@dataclass(slots=True)
class Bearings:
    """The bearings of one paragraph; what is asked for is worked out once, when first asked."""

    text: str
    heading: str
    report: Report
    _masked: str = ""
    _actors: list[tuple[int, str, int]] | None = None
    _matters: list[tuple[int, str]] | None = None
    _times: dict[int, list[tuple[int, bool, int]]] = field(default_factory=dict)

    def clause(self, start: int, position: int) -> str:
        """Return the clause up to `position`, looked for no further back than `start`."""
        ends = [found.end() for found in _CLAUSE_END.finditer(self.text, start, position)]
        return self.text[ends[-1] if ends else start : position]

    def matter(self, position: int) -> str:
        """Return what was last named before `position`, else what the heading names, else ""."""
        if self._matters is None:
            self._matters = [(place, kind) for place, kind in _matters(self.text)]
        nth = bisect_left(self._matters, (position, ""))
        if nth:
            return self._matters[nth - 1][1]
        return next((kind for _, kind in _matters(self.heading)), "")

    def scope(self, manner: str, start: int, position: int) -> Scope | None:
        """Return the scope of a number in the sentence from `start`; None: a part's, no figure."""
        if manner == "documents":
            return _documents(self.text[start:position])
        if manner == "clause":
            clause = self.clause(start, position)
            named = [kind for _, kind, _ in _actors(clause) if kind != "part"]
            return _scope(named[-1]) if named else "unknown"
        if manner != "carry":
            return _scope(manner)
        if self._actors is None:
            self._actors = list(_actors(self.text))
        nth = bisect_left(self._actors, (position,))
        for place, kind, reach in reversed(self._actors[max(0, nth - _BACK) : nth]):
            if position > reach:
                continue
            if kind != "part":
                return _scope(kind)
            if start <= place:
                return None
        return self.report.scope

    def other_year(self, start: int, position: int, end: int) -> bool:
        """Tell whether a number in the sentence is said of other years, or planned."""
        if not self._masked:
            # years inside the titles of documents say nothing of the figures
            self._masked = _TITLE.sub(lambda found: "□" * len(found.group()), self.text)
        if start not in self._times:
            self._times[start] = list(_times(self._masked[start:end], self.report.year))
        other = False
        for place, says_other, reach in self._times[start]:
            if place >= position - start:
                break
            if position - start <= reach:
                other = says_other
        return other


def _scope(kind: str) -> Scope:
    return "own" if kind == "own" else "system" if kind == "system" else "unknown"


def _documents(text: str) -> Scope:
    words = vocabulary.rules()["scope"]["documents"]
    if compiled(words["own"]).search(text):
        return "own"
    return "system" if compiled(words["system"]).search(text) else "unknown"


@cache
def _actor_pattern(behind: bool) -> re.Pattern[str]:
    words = vocabulary.rules()["scope"]
    kinds = ("system", "part", "own") if behind else ("of_which", "system", "own")
    named = "|".join(f"(?P<{kind}>{words[kind]})" for kind in kinds)
    return compiled(f"{named}|(?P<end>[。;；!?！？])")


def _actors(text: str) -> Iterator[tuple[int, str, int]]:
    """Yield place, kind and reach of each actor named; see [scope] in prose.toml."""
    not_after = compiled(vocabulary.rules()["scope"]["not_after"])
    behind = False  # behind 其中
    position = 0
    while found := _actor_pattern(behind).search(text, position):
        kind = str(found.lastgroup)
        start, position = found.span()
        if kind in ("of_which", "end"):
            behind = kind == "of_which"
        elif not not_after.search(text[max(0, start - 20) : start]):
            end = _TAIL_END.search(text, start, start + _FAR) if behind else None
            kind = "part" if behind and kind == "system" else kind
            reach = start + _FAR if behind else len(text)
            yield start, kind, end.start() if end else reach


@cache
def _matter_pattern() -> re.Pattern[str]:
    words = vocabulary.rules()["matter"]
    return compiled("|".join(f"(?P<{kind}>{word})" for kind, word in words.items()))


def _matters(text: str) -> Iterator[tuple[int, str]]:
    last, seen = "", 0
    for found in _matter_pattern().finditer(text):
        kind = str(found.lastgroup)
        if kind == "asked":
            same = last == "other_request" and "。" not in text[seen : found.start()]
            kind = last if same else "request"
        last, seen = kind, found.end()
        yield found.start(), kind


@cache
def _time_pattern() -> re.Pattern[str]:
    words = vocabulary.rules()["time"]
    kinds = ("compared", "cumulative", "this", "planned", "next_year", "other", "year")
    return compiled("|".join(f"(?P<{kind}>{_unnamed(words[kind], kind)})" for kind in kinds))


def _unnamed(source: str, kind: str) -> str:
    # one pattern of all kinds cannot name "year" twice, as group of a kind and of its digits
    return source.replace("(?P<year>", "(?P<digits>") if kind == "year" else source


def _times(sentence: str, year: int | None) -> Iterator[tuple[int, bool, int]]:
    """Yield place, whether it is another year, and reach, of the words of time in a sentence."""
    found_all = list(_time_pattern().finditer(sentence))
    if year is None:
        named = [
            int(found["digits"]) for found in found_all if found["digits"] and not _is_day(found)
        ]
        year = max(named, default=None)
    for found in found_all:
        kind = _kind(found)
        start = found.start()
        in_clause = kind in ("compared", "planned")
        end = (_CLAUSE_END if in_clause else _TAIL_END).search(sentence, found.end())
        other = in_clause or _is_other(found, kind, year)
        yield start, other, end.start() if end else len(sentence)


def _is_day(found: re.Match[str]) -> bool:
    return bool(_DAY.match(found.string, found.end()))


def _kind(found: re.Match[str]) -> str:
    kinds = ("compared", "cumulative", "this", "planned", "next_year", "other", "year")
    return next(kind for kind in kinds if found[kind])


def _is_other(found: re.Match[str], kind: str, year: int | None) -> bool:
    if kind == "year":
        return year is not None and int(found["digits"]) != year
    if kind == "cumulative":
        if found["from"]:
            return bool(found["from"] != found["to"])
        return not (found["since"] and int(found["since"]) == year)
    return kind != "this"
