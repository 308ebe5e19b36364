"""Labels of the statutory form as they are really printed: spaces, brackets and numbering vary.

Two labels are the same when their *core* is the same: full-width forms folded (NFKC), white space,
quotation marks, punctuation, leading numbering and bracketed asides set aside.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from govstats.characters import plain

_SPACE = re.compile(r"[\s\u200b\ufeff]+")
_NUMBERING = r"(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[.、])"
NUMBERED = re.compile(rf"{_NUMBERING}+")
# An aside is a bracket that is no numbering; a line break may have cut off its closing half.
_ASIDE = re.compile(r"\((?![一二三四五六七八九十]{1,3}\))[^()]*(?:\)|$)")
_PUNCTUATION = re.compile(r"[，,。.、:;/“”\"'‘’《》·]")

_MARK = re.compile(r"\(?([一二三四五六七八九十]|\d{1,2})[)、.]")
_NUMERALS = "一二三四五六七八九十"

# A label set one character a line has fewer pieces; more stand in menus and lists.
MOST_PIECES = 40
# A shorter cut-off label would fit too many rows.
SHORTEST_CUT = 4
# Misprints of one or two characters stay above this; different rows of the forms stay below it.
ALIKE = 0.8


@lru_cache(maxsize=8192)
def normalise(text: str) -> str:
    """Fold full-width and traditional characters, drop pinyin in brackets and all white space."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", plain(text)))


@lru_cache(maxsize=8192)
def core(text: str) -> str:
    """The words of a label: no numbering in front, no asides in brackets, no punctuation.

    >>> core("（三） 不予公开")
    '不予公开'
    >>> core("2.部分公开（区分处理的，只计这一情形，不计其他情形）")
    '部分公开'
    """
    words = normalise(text)
    numbering = NUMBERED.match(words)
    if numbering:
        words = words[numbering.end() :]
    return _PUNCTUATION.sub("", _ASIDE.sub("", words))


class Codes(dict[str, str]):
    """Words of a label -> its code; never changed, so that what was looked up can be kept."""

    def __hash__(self) -> int:  # type: ignore[override]
        return id(self)


def find_exact(pieces: Sequence[str], codes: Mapping[str, str]) -> str | None:
    """Code of the label that the last pieces spell out when joined, the longest first."""
    pieces = pieces[-MOST_PIECES:]
    for start in range(len(pieces)):
        code = codes.get(core("".join(pieces[start:])))
        if code is not None:
            return code
    return None


def find_row(pieces: Sequence[str], codes: Codes) -> str | None:
    """Code of the row whose label stands last in the joined pieces, or None.

    Group labels may be glued in front, the end may be cut off or followed by a remark, and a
    character or two may be misprinted. Where two rows fit equally, none is taken.
    """
    return _find_row(tuple(pieces[-MOST_PIECES:]), codes)


@lru_cache(maxsize=8192)
def _find_row(pieces: tuple[str, ...], codes: Codes) -> str | None:
    exact = find_exact(pieces, codes)
    if exact is not None:
        return exact
    # What stands in front of the last numbered piece is another label, such as a group's.
    numbered = [i for i, piece in enumerate(pieces) if NUMBERED.match(normalise(piece))]
    last = "".join(pieces[numbered[-1] :] if numbered else pieces)
    joined = core(last)
    return (
        _suffix(joined, codes)
        or _cut(joined, codes)
        or find_alike(_last_item(pieces[-1]), codes)
        or _inside(joined, codes)
        or find_alike(_last_item(last), codes)
    )


def _suffix(text: str, codes: Mapping[str, str]) -> str | None:
    return next((codes[text[i:]] for i in range(len(text)) if text[i:] in codes), None)


def _cut(text: str, codes: Mapping[str, str]) -> str | None:
    for start in range(len(text) - SHORTEST_CUT + 1):
        tail = text[start:]
        found = {code for label, code in codes.items() if label.startswith(tail)}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _inside(text: str, codes: Mapping[str, str]) -> str | None:
    ends = [
        (text.rfind(label) + len(label), len(label), code)
        for label, code in codes.items()
        if len(label) >= SHORTEST_CUT and label in text
    ]
    return max(ends)[2] if ends else None


def unnumbered(text: str) -> str:
    """The words of labels printed one behind another, without any numbering.

    >>> unnumbered("三、本年度办理结果(三)不予公开")
    '本年度办理结果不予公开'
    """
    return _PUNCTUATION.sub("", re.sub(_NUMBERING, "", normalise(text)))


def item_number(text: str) -> int | None:
    """The number that stands in front of a label's last words, 6 for (六) and for 6., or None.

    >>> item_number("三、本年度办理结果(六)其他处理"), item_number("3.其他"), item_number("总计")
    (6, 3, None)
    """
    marks = _MARK.findall(normalise(text))
    if not marks:
        return None
    return int(marks[-1]) if marks[-1].isdigit() else _NUMERALS.find(marks[-1]) + 1 or None


def _last_item(text: str) -> str:
    """The words behind the last numbering: a group's label may be glued in front."""
    return core(re.split(_NUMBERING, normalise(text))[-1])


@lru_cache(maxsize=8192)
def find_alike(text: str, codes: Codes) -> str | None:
    """Code of the only label that differs from the text by a misprint, or None."""
    if len(text) < SHORTEST_CUT:
        return None
    scores: dict[str, float] = {}
    for label, code in codes.items():
        if abs(len(label) - len(text)) <= 2:
            ratio = SequenceMatcher(None, label, text).ratio()
            scores[code] = max(ratio, scores.get(code, 0.0))
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] < ALIKE or (len(ranked) > 1 and ranked[1][1] >= ALIKE):
        return None
    return ranked[0][0]


def find_all(pieces: Sequence[str], codes: Codes, longest: int = 4) -> Iterator[tuple[int, str]]:
    """Every label in a run of pieces, in order: (index of its first piece, code).

    A label may be broken over up to `longest` pieces.
    """
    return iter(_find_all(tuple(pieces), codes, longest))


# The same run is searched for each version of a form, and again by each way to read it.
@lru_cache(maxsize=2048)
def _find_all(pieces: tuple[str, ...], codes: Codes, longest: int) -> tuple[tuple[int, str], ...]:
    found = []
    start = 0
    while start < len(pieces):
        code, length = _label_in_front(pieces[start : start + longest], codes)
        if code is not None:
            found.append((start, code))
        start += length
    return tuple(found)


# Labels stand beside the same others in most reports.
@lru_cache(maxsize=8192)
def _label_in_front(pieces: tuple[str, ...], codes: Codes) -> tuple[str | None, int]:
    """Code of the longest label with which the pieces begin, and how many of them it has."""
    for end in range(len(pieces), 0, -1):
        code = codes.get(core("".join(pieces[:end])))
        if code is not None:
            return code, end
    return None, 1
