"""Which elements of a page its own style sheets hide: tinycss2 reads them, cssselect matches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from govstats.readers.limits import MOST_MATCHES, refuse

if TYPE_CHECKING:
    from lxml.etree import _Element

_HIDES = re.compile(r"\b(?:none|hidden|collapse)\b", re.I)
_NAME = re.compile(r"[.#]([\w-]+)")
_ON_SCREEN = frozenset({"", "all", "screen"})
# What holds more of the page's text than this is shown by a script later on.
_MOST = 0.5
_Priority = tuple[bool, tuple[int, int, int], int]


def hidden_elements(root: _Element) -> dict[_Element, str]:
    """Element -> `display` (takes no place) or `visibility` (an empty place), where not inline.

    Style elements are read for the screen; sheets in other files are not there, and rules for
    print or for narrow screens are no rule here. Inline styles are the caller's.
    """
    sheets = [sheet for sheet in root.iter("style") if _HIDES.search(sheet.text or "")]
    if not sheets:
        return {}
    try:
        won = _won(root, sheets)
    except RecursionError as error:
        raise refuse("is an HTML page of style rules nested too deep") from error
    whole = _letters(root)
    hidden = {}
    # The strongest rule last; one without !important yields to the element's own style.
    for (element, name), ((important, *_), value) in sorted(won.items(), key=_by_priority):
        inline = re.search(rf"\b{name}\s*:", element.get("style", ""))
        if value not in ("none", "hidden", "collapse") or (inline and not important):
            continue
        if _letters(element) <= _MOST * whole:
            hidden[element] = name
    return hidden


def _won(
    root: _Element, sheets: list[_Element]
) -> dict[tuple[_Element, str], tuple[_Priority, str]]:
    """Element and property -> the strongest of the rules that set it, and the value set."""
    won: dict[tuple[_Element, str], tuple[_Priority, str]] = {}
    names, left = _names(root), MOST_MATCHES
    elements = sum(1 for _ in root.iter())
    for order, (rule, name, value, important) in enumerate(_rules(sheets)):
        if not _may_match(rule, names):
            continue
        left -= elements
        if left < 0:
            raise refuse("is an HTML page of too many style rules")
        for element, specificity in _matches(root, rule):
            priority = (important, specificity, order)
            before = won.get((element, name))
            if before is None or before[0] <= priority:
                won[element, name] = (priority, value)
    return won


def _names(root: _Element) -> set[str]:
    """Classes and identifiers that the page uses."""
    found = {name for each in root.iter("*") for name in each.get("class", "").split()}
    return found | {each.get("id", "") for each in root.iter("*")}


def _may_match(text: str, names: set[str]) -> bool:
    """False where each selector of a list asks for a name that the page does not use.

    Most rules of a style sheet are for other pages; matching them one by one takes seconds.
    """
    wanted = (_NAME.findall(part) for part in text.split(","))
    return re.search(r"[(\[\\]", text) is not None or any(names.issuperset(part) for part in wanted)


def _letters(element: _Element) -> int:
    """How much text an element holds, scripts and styles left out."""
    return sum(
        len((each.text or "").strip())
        + (len((each.tail or "").strip()) if each is not element else 0)
        for each in element.iter()
        if isinstance(each.tag, str) and each.tag not in ("script", "style", "head", "title")
    )


def _by_priority(item: tuple[object, tuple[_Priority, str]]) -> _Priority:
    return item[1][0]


def _rules(sheets: list[_Element]) -> Iterator[tuple[Any, str, str, bool]]:
    """Prelude, property, value and importance of each declaration that shows or hides."""
    import tinycss2

    for sheet in sheets:
        if sheet.get("media", "").strip().lower() not in _ON_SCREEN:
            continue
        for rule in _flat(tinycss2.parse_stylesheet(sheet.text or "", True, True)):
            for each in tinycss2.parse_declaration_list(rule.content, True, True):
                name = getattr(each, "lower_name", "")
                if each.type == "declaration" and name in ("display", "visibility"):
                    value = tinycss2.serialize(each.value).strip().lower()
                    yield tinycss2.serialize(rule.prelude), name, value, each.important


def _flat(rules: list[Any]) -> Iterator[Any]:
    """Plain rules, also those inside @media for any screen."""
    import tinycss2

    for rule in rules:
        if rule.type == "qualified-rule":
            yield rule
        elif rule.type == "at-rule" and rule.lower_at_keyword == "media":
            medium = tinycss2.serialize(rule.prelude).strip().lower()
            if medium in _ON_SCREEN and rule.content:
                yield from _flat(tinycss2.parse_rule_list(rule.content, True, True))


def _matches(root: _Element, text: str) -> Iterator[tuple[_Element, tuple[int, int, int]]]:
    """Elements that a selector list fits, with its specificity; none for one that is unknown."""
    import cssselect

    translator = cssselect.HTMLTranslator()
    try:
        found = [
            (selector, translator.selector_to_xpath(selector))
            for selector in cssselect.parse(text)
            if selector.pseudo_element is None
        ]
    except cssselect.SelectorError:
        return
    for selector, path in found:
        specificity = selector.specificity()
        elements = cast("list[_Element]", root.xpath(path))
        yield from ((element, specificity) for element in elements)
