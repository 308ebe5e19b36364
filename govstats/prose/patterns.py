"""The patterns of prose.toml, compiled once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from govstats import vocabulary

_WORDS = "digits|chinese|next|last|self|alien|documents|some|not|n1|nu|[nmutorpc]"
_TOKEN = re.compile(f"@({_WORDS})")
_NOT_SAID = ("request", "items", "")  # what a label may stand under unless it says otherwise


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way of saying one or several measures; the fields are explained in prose.toml.

    numbered: it needs a printed number; leading: it begins with that number.
    """

    name: str
    measures: tuple[str, ...]
    cue: tuple[str, ...]
    regex: re.Pattern[str]
    numbered: bool = True
    leading: bool = False
    value: int | None = None
    sign: int = 1
    of: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    beside: str = ""
    matter: tuple[str, ...] | None = None
    scope: str = "carry"
    any_year: bool = False
    whole: bool = False
    before: re.Pattern[str] | None = None
    not_before: re.Pattern[str] | None = None
    needs: re.Pattern[str] | None = None
    lacks: re.Pattern[str] | None = None
    not_clause: re.Pattern[str] | None = None


def expand(source: str) -> str:
    """Put the [parts] of prose.toml in for @name; raise KeyError for an unknown part."""
    parts = vocabulary.rules()["parts"]
    while _TOKEN.search(source):
        source = _TOKEN.sub(lambda found: parts[found.group(1)], source)
    return source


@cache
def compiled(source: str) -> re.Pattern[str]:
    """Return a pattern of prose.toml, its parts put in, compiled."""
    return re.compile(expand(source))


@cache
def patterns() -> tuple[Pattern, ...]:
    """Return every pattern in the order in which it is tried.

    Whole patterns first, then labels before their number, shares, labels behind their number,
    and at the end the patterns that look back at the figure before.
    """
    rules = vocabulary.rules()
    labels = rules["label"]
    reversible = [entry for entry in labels if entry.get("reverse", True)]
    reads = [_pattern(entry, entry["regex"]) for entry in rules["read"]]
    return (
        *(read for read in reads if not (read.of or read.after)),
        *(_pattern(entry, _forward(entry), _NOT_SAID) for entry in labels),
        *(_share(entry) for entry in labels if entry.get("share")),
        *(_pattern(entry, _backward(entry), _NOT_SAID) for entry in reversible),
        *(read for read in reads if read.of or read.after),
    )


@cache
def _by_cue() -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for nth, pattern in enumerate(patterns()):
        for cue in pattern.cue:
            found.setdefault(cue, []).append(nth)
    return {cue: tuple(nths) for cue, nths in found.items()}


def cued(sentence: str, numbered: bool) -> list[Pattern]:
    """Return, in order, the patterns a cue of which stands in the sentence.

    Without `numbered`, those that need a printed number are left out.
    """
    nths = {nth for cue, found in _by_cue().items() if cue in sentence for nth in found}
    chosen = [patterns()[nth] for nth in sorted(nths)]
    return chosen if numbered else [pattern for pattern in chosen if not pattern.numbered]


def labelled(name: str) -> Pattern | None:
    """Return the pattern of the label that ends a word of an enumeration, None if there is none."""
    return next((pattern for pattern in _names() if pattern.regex.search(name)), None)


@cache
def _names() -> tuple[Pattern, ...]:
    labels = vocabulary.rules()["label"]
    return tuple(_pattern(entry, f"(?:{entry['label']})(?:@t)$", _NOT_SAID) for entry in labels)


def _forward(entry: dict[str, Any]) -> str:
    number = "@n" + entry["unit"] if "unit" in entry else "@nu"
    return f'(?:{entry["label"]})[”"』」]?@t{number}@alien'


def _backward(entry: dict[str, Any]) -> str:
    unit = entry.get("unit", "@u")
    verb = "(?:已|均|为|来自|属于?|系|是|被|作出|予以|因|经|由申请人|涉及|结果|法院|主动){0,3}"
    return f"@n{unit}的?(?:@r|信息|案件)?{verb}(?:{entry['label']})(?!@t@m)"


def _share(entry: dict[str, Any]) -> Pattern:
    regex = f"(?:{entry['label']})(?:的|答复|信息|申请|类|:){{0,3}}(?:占|比例|比重)@c{{0,12}}?@p"
    named = {"name": entry["name"] + ", share", "measure": entry["measure"] + "_share"}
    return _pattern({"cue": entry["cue"], **named}, regex, _NOT_SAID)


def _pattern(entry: dict[str, Any], regex: str, matter: tuple[str, ...] | None = None) -> Pattern:
    if "matter" in entry:
        matter = tuple(entry["matter"])
    tests = ("before", "not_before", "needs", "lacks", "not_clause")
    return Pattern(
        name=entry["name"],
        measures=tuple(entry.get("measures", [entry.get("measure")])),
        cue=tuple(entry["cue"]),
        regex=compiled(regex),
        numbered="value" not in entry and "of" not in entry,
        leading=regex.startswith("@n@u"),
        value=entry.get("value"),
        sign=entry.get("sign", 1),
        of=tuple(entry.get("of", ())),
        after=tuple(entry.get("after", ())),
        beside=entry.get("beside", ""),
        matter=matter,
        scope=entry.get("scope", "carry"),
        any_year=entry.get("any_year", False),
        whole=entry.get("whole", False),
        **{test: compiled(entry[test]) for test in tests if test in entry},
    )
