"""Whose requests a report counts: its issuer's own, or those of all bodies below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from govstats.issuers.words import pattern, words

SENTENCE = re.compile(r"[^。;；!！\n]+")


@cache
def _subject() -> re.Pattern[str]:
    scope = words()["scope"]
    parts = (f"(?P<{kind}>{'|'.join(scope[kind])})" for kind in ("system", "own"))
    return re.compile("|".join(parts))


def statements(flat: str) -> Iterator[tuple[str, int | None]]:
    """('system' or 'own', number of requests or None) for each sentence on requests received."""
    for sentence in SENTENCE.findall(flat.replace("\n", "")):
        if "申请" not in sentence:
            continue
        verb = pattern("scope", "received").search(sentence)
        while verb:
            told = _told(sentence, verb.start(), verb.end())
            if told:
                yield told
            verb = pattern("scope", "received").search(sentence, verb.end())


def _told(sentence: str, start: int, end: int) -> tuple[str, int | None] | None:
    """What one 'received' says: the nearest subject before it, the requests after it."""
    subjects = list(_subject().finditer(sentence[max(0, start - 40) : start]))
    object_ = pattern("scope", "requests").search(sentence[end : end + 60])
    if not subjects or not object_:
        return None
    between = sentence[end : end + object_.end()]
    if pattern("scope", "not_requests").search(between) or len(between) > 45:
        return None
    kind = next(kind for kind, text in subjects[-1].groupdict().items() if text)
    return kind, int(object_.group(1)) if object_.group(1) else None


def scope_of(flat: str, body: str, level: str, table_requests_total: int | None = None) -> str:
    """'system', 'own' or 'unknown'.

    What the text states goes first, and of several statements the one whose number is the table's
    total. Where nothing is stated, departments, towns and other bodies report on themselves; for
    governments, their offices and zones it stays unknown.
    """
    told = list(statements(flat))
    matching = {
        kind for kind, number in told if number is not None and number == table_requests_total
    }
    kinds = matching or {kind for kind, _ in told}
    if "system" in kinds:
        return "system"
    if "own" in kinds:
        less = any(n is not None and n < (table_requests_total or 0) for _, n in told)
        return "unknown" if less and not matching and body == "government" else "own"
    return "own" if body in ("department", "other") or level == "township" else "unknown"
