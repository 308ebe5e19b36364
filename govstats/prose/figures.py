"""The figures that the sentences of a report state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from govstats import vocabulary
from govstats.prose import numerals
from govstats.prose.bearings import Bearings, Report, Scope, report
from govstats.prose.patterns import Pattern, compiled, cued, labelled
from govstats.prose.sentences import Paragraph, paragraphs

# A sentence without any of these states no figure.
_TELLING = re.compile(
    r"\d|[未无没均零]|全部|免费|百分之|[一二两三四五六七八九十百千万][余多]?[件宗起次条份期场人篇个例]"
)
_SHORTEST = 5  # characters; what is shorter names no measure
_STEMS = {"review": "reviews", "suit": "suits", "review_and_suit": "reviews_and_suits"}
_NAME_END = re.compile("[、和及与,]")
_SHARE = "[,，(]?(?:其中)?约?占@c{0,12}?@p"
_EACH = (
    r"(?P<names>[^,，。;；:\d]{2,60}?)分别(?:为|有|是|达|共)?(?P<numbers>@n1@u(?:[、,，和]@m@u)+)"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as a sentence states it.

    value is in `unit` (12.5 % is 12.5, a decrease is negative); section is the heading it stood
    under, "" before the first; start and end span the printed figure in the text given, or the
    words where no number is printed: those of a negation (未收到...) or of "all" (均...).
    """

    measure: str
    value: int | Decimal
    unit: Literal["count", "percent", "yuan"]
    approximate: bool
    scope: Scope
    section: str
    start: int
    end: int


def read_prose(
    text: str, tables: Sequence[tuple[int, int]] = (), year: int | None = None
) -> list[Figure]:
    """Return the figures of the report's own year, in the order of the text.

    Args:
        text: the whole plain text; stray white space does no harm.
        tables: character spans to leave out (the form tables).
        year: the report's year; without it the title or the first lines are asked.

    Measures and units are those of measures.csv, scopes those of prose.toml, [scope].

    >>> figures = read_prose("2023年,本机关收到政府信息公开申请12件,答复11件。", year=2023)
    >>> [(figure.measure, figure.value, figure.unit) for figure in figures]
    [('received', 12, 'count'), ('answered', 11, 'count')]
    """
    return figures_of(paragraphs(text, tables), report(text, year))


def figures_of(parts: Iterable[Paragraph], whole: Report) -> list[Figure]:
    """Return the figures of the paragraphs of a report, in the order of the text."""
    figures: list[Figure] = []
    for paragraph in parts:
        if _TELLING.search(paragraph.text):
            figures.extend(_Reader(paragraph, whole).read())
    return sorted(figures, key=lambda figure: (figure.start, figure.end, figure.measure))


@dataclass(slots=True)
class _Stated:
    """A figure in the coordinates of its paragraph; measure "": a number that is no figure."""

    start: int
    end: int
    measure: str
    value: int | Decimal = 0
    approximate: bool = False
    scope: Scope = "unknown"


class _Reader:
    """Reads one paragraph, sentence by sentence."""

    def __init__(self, paragraph: Paragraph, whole: Report) -> None:
        self.paragraph = paragraph
        self.text = paragraph.text
        self.bearings = Bearings(paragraph.text, paragraph.section, whole)
        self.stated: list[_Stated] = []
        self.numbers: list[int] = []
        self.start = self.end = 0

    def read(self) -> Iterator[Figure]:
        """Yield the figures of the paragraph."""
        for start, end in self.paragraph.sentences():
            self.start, self.end = start, end
            sentence = self.text[start:end]
            if len(sentence) >= _SHORTEST and _TELLING.search(sentence):
                self.stated = []
                self._read_sentence(sentence)
                yield from (self._figure(stated) for stated in self.stated if stated.measure)

    def _read_sentence(self, sentence: str) -> None:
        numbers = compiled("@n").finditer(self.text, self.start, self.end)
        self.numbers = [found.start() for found in numbers]
        if "分别" in sentence:
            self._enumerations()
        for pattern in cued(sentence, bool(self.numbers)):
            self._apply(pattern, sentence)

    def _apply(self, pattern: Pattern, sentence: str) -> None:
        if pattern.needs and not pattern.needs.search(sentence):
            return
        if pattern.lacks and pattern.lacks.search(sentence):
            return
        for found in self._matches(pattern):
            spans = _spans(found, len(pattern.measures))
            if any(self._is_taken(*span) for span in spans):
                continue
            if self._stands(pattern, found, spans[0][0]):
                self._state(pattern, found, spans)

    def _matches(self, pattern: Pattern) -> Iterator[re.Match[str]]:
        if not pattern.leading:
            yield from pattern.regex.finditer(self.text, self.start, self.end)
            return
        for number in self.numbers:
            if found := pattern.regex.match(self.text, number, self.end):
                yield found

    def _stands(self, pattern: Pattern, found: re.Match[str], position: int) -> bool:
        """Tell whether what stands around a match is as the pattern asks."""
        start = found.start()
        if pattern.matter is not None and self._matter(pattern, found) not in pattern.matter:
            return False
        if pattern.before and not pattern.before.search(self.text, self.start, start):
            return False
        if pattern.not_before and pattern.not_before.search(self.text, self.start, start):
            return False
        if pattern.not_clause:
            clause = self.bearings.clause(self.start, start) + self.text[start:position]
            if pattern.not_clause.search(clause):
                return False
        if pattern.whole and _of_which(self.text[self.start : start]):
            return False
        wanted = pattern.of or pattern.after
        return not wanted or self._nearest(start).measure in wanted

    def _matter(self, pattern: Pattern, found: re.Match[str]) -> str:
        matter = self.bearings.matter(found.start())
        if not matter and pattern.leading:  # 3件申请已答复 names what it is about itself
            return self.bearings.matter(found.end() - 1)
        return matter

    def _state(self, pattern: Pattern, found: re.Match[str], spans: list[tuple[int, int]]) -> None:
        for measure, (start, end) in zip(pattern.measures, spans, strict=True):
            scope = self.bearings.scope(pattern.scope, self.start, start)
            if pattern.beside and not self._beside(pattern.beside, scope, start):
                return
            away = not pattern.any_year and self.bearings.other_year(self.start, start, self.end)
            name = measure.replace("@", _STEMS.get(self.bearings.matter(found.start()), "@"))
            value, approximate = self._value(pattern, found, start, end)
            stated = _Stated(start, end, "")
            if not away and scope and value is not None and name in vocabulary.measures():
                stated = _Stated(start, end, name, value, approximate, scope)
            self.stated.append(stated)
            self._share(stated, found.end())

    def _value(
        self, pattern: Pattern, found: re.Match[str], start: int, end: int
    ) -> tuple[int | Decimal | None, bool]:
        if pattern.of:
            source = self._nearest(found.start())
            return source.value, source.approximate
        if pattern.value is not None:
            return pattern.value, False
        value = numerals.number(self.text[start:end])
        if value is None or (_is_count(pattern.measures[0]) and not isinstance(value, int)):
            return None, False
        return value * pattern.sign, numerals.is_approximate(self.text, start, end)

    def _share(self, counted: _Stated, end: int) -> None:
        """State the share printed behind a count: 予以公开3件,占25%."""
        found = compiled(_SHARE).match(self.text, end, self.end)
        if not counted.measure or found is None:
            return
        start, end = found.span("n")
        share = f"{counted.measure}_share"
        value = numerals.number(found["n"])
        if share not in vocabulary.measures() or value is None:
            self.stated.append(_Stated(start, end, ""))
            return
        about = numerals.is_approximate(self.text, start, end) or "约" in found.group()
        self.stated.append(_Stated(start, end, share, value, about, counted.scope))

    def _enumerations(self) -> None:
        """State "A, B and C were 1, 2 and 3", each number under its own name."""
        for found in compiled(_EACH).finditer(self.text, self.start, self.end):
            names = [name for name in _NAME_END.split(found["names"]) if name]
            numbers = list(compiled("@n1").finditer(self.text, *found.span("numbers")))
            if len(names) < len(numbers):
                names = [""] * len(numbers)
            for name, number in zip(names[-len(numbers) :], numbers, strict=True):
                if pattern := labelled(name):
                    self._state(pattern, number, [number.span()])
                else:
                    self.stated.append(_Stated(*number.span(), ""))

    def _is_taken(self, start: int, end: int) -> bool:
        return any(start < taken.end and taken.start < end for taken in self.stated)

    def _nearest(self, position: int) -> _Stated:
        before = [stated for stated in self.stated if stated.start < position]
        return max(before, key=lambda stated: stated.start, default=_Stated(0, 0, ""))

    def _beside(self, measure: str, scope: Scope | None, position: int) -> bool:
        return any(
            stated.measure == measure and stated.scope == scope and stated.start < position
            for stated in self.stated
        )

    def _figure(self, stated: _Stated) -> Figure:
        unit = vocabulary.measures()[stated.measure]["unit"]
        return Figure(
            measure=stated.measure,
            value=stated.value,
            unit=unit,  # type: ignore[arg-type]
            approximate=stated.approximate,
            scope=stated.scope,
            section=self.paragraph.section,
            start=self.paragraph.place(stated.start),
            end=self.paragraph.place(stated.end - 1) + 1,
        )


def _is_count(measure: str) -> bool:
    return vocabulary.measures().get(measure, {}).get("unit") == "count"


def _spans(found: re.Match[str], wanted: int) -> list[tuple[int, int]]:
    """Return the span of each number: one for all measures, one for each, or the match's."""
    groups = found.re.groupindex
    for name in ("n", "z"):
        if name in groups and found[name] is not None:
            return [found.span(name)] * wanted
    return [found.span()] * wanted


def _of_which(text: str) -> bool:
    # "of which in 2012 ..." behind a total of many years names the year's own total
    return bool(re.search("其中(?!:?[,，]?(?:20|今年|本年|全年))[^;；]*$", text))
