"""Which tokens belong to which table, told by labels that stand alone in a cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from govstats.extract.tokens import Kind, Token, fill_gaps
from govstats.forms import TABLES, candidates
from govstats.labels import core, normalise

# 第二十条第(五)项, with or without its last character.
ARTICLE = re.compile(r"第二十条第\([一五六八九]\)项?$")
_HEADING = re.compile(r"^[一二三四五六七八九十]{1,2}、")
# Shorter labels stand in ordinary text too (其他, 总计, 予以公开).
_SHORTEST = 5
# No label of a form is longer; longer cells are prose.
_LONGEST = 60
_SENTENCE = re.compile(r"[。;!?]")


@lru_cache(maxsize=1)
def _signs() -> Mapping[str, str]:
    """Words that occur in one table only -> that table."""
    found: dict[str, set[str]] = {}
    for name in TABLES:
        for table in candidates(name):
            rows = table.row_codes if name != "disclosure" else ()
            for text in (*table.column_codes, *rows, *table.head_cores):
                found.setdefault(text, set()).add(name)
    ambiguous = {"其他", "总计", "予以公开", "部分公开", "不予公开"}
    return {
        text: names.pop()
        for text, names in found.items()
        if len(names) == 1 and text not in ambiguous
    }


def _table_of(token: Token) -> str | None:
    text = normalise(token.text)
    if ARTICLE.match(text):
        return "disclosure"
    if _is_prose(token):
        return None
    words, signs = core(token.text), _signs()
    if words in signs:
        return signs[words]
    tails = (words[i:] for i in range(1, len(words) - _SHORTEST + 1))
    return next((signs[tail] for tail in tails if tail in signs), None)


def _is_prose(token: Token) -> bool:
    return len(token.text) > _LONGEST or _SENTENCE.search(token.text) is not None


def _is_heading(token: Token) -> bool:
    """A section heading, not a numbered row whose label is cut or glued."""
    if not _HEADING.match(normalise(token.text)):
        return False
    words = core(token.text)
    labels = (
        text for table in candidates("requests") for text in (*table.row_codes, *table.head_cores)
    )
    return len(words) >= _SHORTEST and not any(
        text.startswith(words) or words.startswith(text)
        for text in labels
        if text not in ("其他", "总计")
    )


@dataclass
class Region:
    """A table's tokens, and the spans of the running text that they cover."""

    tokens: list[Token] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)

    def add(self, token: Token, goes_on: bool) -> None:
        """Add a token; `goes_on` when the token before it belongs to the same table."""
        self.tokens.append(token)
        if token.start < 0:
            return
        end = token.start + len(token.text)
        if goes_on and self.spans:
            self.spans[-1] = (self.spans[-1][0], end)
        else:
            self.spans.append((token.start, end))


def find_regions(tokens: Iterable[Token]) -> dict[str, Region]:
    """Table name -> its tokens, labels and values, from its first own label to the next heading."""
    regions: dict[str, Region] = {}
    current: str | None = None
    for token in tokens:
        before = current
        if token.kind is Kind.LABEL:
            found = _table_of(token)
            if found is not None:
                current = found
            elif _is_prose(token) or _is_heading(token):
                current = None
        if current is not None:
            regions.setdefault(current, Region()).add(token, before == current)
    kept = {name: region for name, region in regions.items() if _has_data(region.tokens)}
    return {name: Region(fill_gaps(region.tokens), region.spans) for name, region in kept.items()}


def _has_data(region: Sequence[Token]) -> bool:
    return any(token.kind is Kind.NUMBER for token in region) or _has_rows(region)


def _has_rows(region: Sequence[Token]) -> bool:
    """An empty table still prints most of its labels: text that merely mentions some is none."""
    cores = {core(token.text) for token in region if token.kind is Kind.LABEL}
    known = candidates(_table_of(region[0]) or TABLES[0])[-1]
    labels = {
        label.code: set(label.cores())
        for block in known.blocks
        for label in (*block.rows, *block.columns)
    }
    present = sum(bool(words & cores) for words in labels.values())
    return 2 * present >= len(labels) and any(token.is_value for token in region)
