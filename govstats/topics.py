"""What requests were about, as the sentences of a report state it, coded to themes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from govstats import vocabulary
from govstats.prose import numerals
from govstats.prose.bearings import Bearings, Report
from govstats.prose.patterns import compiled
from govstats.prose.sentences import Paragraph, paragraphs

_STATED = Report(None, "unknown")
_CLAUSE = re.compile("[^,，。;；:]+")
_ITEM = re.compile("[^、]+")
_COUNTED = "^(?P<topic>[^0-9]+?)(?:的|类申请|申请|有|共)*(?P<n>@digits|@chinese)@u$"
_JOINED = re.compile("以及|和|及|与")


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as stated.

    theme is that of themes.csv, `uncoded` for a phrase not in it; about is what it is a topic
    of; count is None where the text gives none; start and end span the phrase in the text given.
    """

    topic: str
    theme: str
    about: str
    count: int | None
    start: int
    end: int


def read_topics(text: str, tables: Sequence[tuple[int, int]] = ()) -> list[Topic]:
    """Return the topics of requests in the order of the text, tables left out."""
    return topics_of(paragraphs(text, tables))


def topics_of(parts: Iterable[Paragraph]) -> list[Topic]:
    """Return the topics of the paragraphs of a report, in the order of the text."""
    return [topic for paragraph in parts for topic in _of_paragraph(paragraph)]


def theme(phrase: str) -> str:
    """Return the theme of a topic phrase, `uncoded` where themes.csv has none.

    >>> theme("土地征收"), theme("示例词")
    ('land_expropriation', 'uncoded')
    """
    trim = compiled(vocabulary.rules()["topics"]["trim"])
    for _ in range(4):
        if found := vocabulary.themes().get(phrase):
            return found
        phrase, changed = trim.subn("", phrase, count=1)
        if not changed:
            break
    return "uncoded"


def _of_paragraph(paragraph: Paragraph) -> Iterator[Topic]:
    rules = vocabulary.rules()["topics"]
    bearings = Bearings(paragraph.text, paragraph.section, _STATED)
    for start, end in paragraph.sentences():
        sentence = paragraph.text[start:end]
        if "申请" not in sentence and "申请" not in paragraph.section:
            continue
        if not compiled(rules["needs"]).search(sentence):
            continue
        done = start
        for lead in compiled(rules["lead"]).finditer(paragraph.text, start, end):
            if lead.start() < done or _strange(bearings, rules, lead, start):
                continue
            for low, high, count in _listed(paragraph.text, lead.end(), end):
                done = high
                yield _topic(paragraph, low, high, count)


def _strange(bearings: Bearings, rules: dict[str, str], lead: re.Match[str], start: int) -> bool:
    near = bearings.text[max(start, lead.start() - 20) : lead.end()]
    matter = "request" if "申请" in lead.group() else bearings.matter(lead.start())
    return matter != "request" or bool(compiled(rules["lacks"]).search(near))


def _listed(text: str, start: int, end: int) -> Iterator[tuple[int, int, int | None]]:
    """Yield place and count of each topic of a list; behind its clause only counted ones go on."""
    for nth, clause in enumerate(_CLAUSE.finditer(text, start, end)):
        if nth == 0 and clause.start() != start:
            return
        found = [item for place in _ITEM.finditer(*_body(text, clause)) for item in _item(place)]
        if nth and not (found and all(count is not None for _, _, count in found)):
            return
        yield from found


def _body(text: str, clause: re.Match[str]) -> tuple[str, int, int]:
    tail = compiled(vocabulary.rules()["topics"]["tail"])
    found = tail.search(text, clause.start() + 1, clause.end())
    return text, clause.start(), found.start() if found else clause.end()


def _item(place: re.Match[str]) -> Iterator[tuple[int, int, int | None]]:
    phrase, start, count = place.group(), place.start(), None
    if counted := compiled(_COUNTED).match(phrase):
        value = numerals.number(counted["n"])
        count = int(value) if value is not None else None
        phrase = counted["topic"]
    if not 2 <= len(phrase) <= 24:
        return
    if compiled(vocabulary.rules()["topics"]["not_topic"]).search(phrase):
        return
    for low, high in _parts(phrase):
        yield start + low, start + high, count


def _parts(phrase: str) -> list[tuple[int, int]]:
    """Split "A和B" where both are known topics and the whole is not."""
    if theme(phrase) == "uncoded":
        for joint in _JOINED.finditer(phrase):
            if "uncoded" not in (theme(phrase[: joint.start()]), theme(phrase[joint.end() :])):
                return [(0, joint.start()), (joint.end(), len(phrase))]
    return [(0, len(phrase))]


def _topic(paragraph: Paragraph, start: int, end: int, count: int | None) -> Topic:
    phrase = paragraph.text[start:end]
    place, stop = paragraph.place(start), paragraph.place(end - 1) + 1
    return Topic(phrase, theme(phrase), "requests", count, place, stop)
