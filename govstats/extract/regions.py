"""Which tokens belong to which table, told by labels that stand alone in a cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from govstats.extract.tokens import LABEL, MOST_PIECES, NUMBER, Token, fill_gaps
from govstats.forms import TABLES, candidates
from govstats.labels import Codes, core, find_alike, find_all, normalise

# 第二十条第(五)项, with or without its last character.
ARTICLE = re.compile(r"第二十条第\([一五六八九]\)项?$")
_HEADING = re.compile(r"^[一二三四五六七八九十]{1,2}、")
# Shorter labels stand in ordinary text too (其他, 总计, 予以公开).
_SHORTEST = 5
# Fewer labels than this are a menu or a subheading, whatever numbers follow.
_FEWEST_LABELS = 2
# No label of a form is longer; longer cells are prose.
_LONGEST = 60
# The number of a page is no label: it does not part what stands above it from what goes on below.
_PAGE = re.compile(r"(?:[-—–―]+\d{1,4}[-—–―]+|第\d{1,4}页(?:[,/]?共\d{1,4}页)?|\d{1,4}/\d{1,4})$")
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
    # 本年新 is the cut label of a request row and the first half of 本年新制作数量.
    ambiguous = {"其他", "总计", "予以公开", "部分公开", "不予公开", "本年新"}
    return {
        text: names.pop()
        for text, names in found.items()
        if len(names) == 1 and text not in ambiguous
    }


@lru_cache(maxsize=8192)
def _table_of(label: str) -> str | None:
    """The table that a label belongs to, if it is a label of one table alone."""
    if ARTICLE.match(normalise(label)):
        return "disclosure"
    if _is_prose(label):
        return None
    words, signs = core(label), _signs()
    if words in signs:
        return signs[words]
    tails = (words[i:] for i in range(1, len(words) - _SHORTEST + 1))
    return next((signs[tail] for tail in tails if tail in signs), None)


def _is_piece(label: Token) -> bool:
    """A label within a line of words and numbers, where white space also breaks labels."""
    if label.whole_line or label.line == 0:
        return False
    return not _is_prose(label.text) and not _is_heading(label.text)


def _table_of_pieces(broken: Sequence[Token]) -> str | None:
    """The table that a label broken at white space belongs to, told by all its pieces."""
    texts = [token.text for token in broken]
    joined = (core("".join(texts[start:])) for start in range(len(texts) - 1))
    return next((_signs()[words] for words in joined if words in _signs()), None)


@lru_cache(maxsize=8192)
def _is_prose(text: str) -> bool:
    return _SENTENCE.search(text) is not None or len(normalise(text)) > _LONGEST


@lru_cache(maxsize=8192)
def _is_heading(text: str) -> bool:
    """A section heading, not a numbered row whose label is cut or glued."""
    if not _HEADING.match(normalise(text)):
        return False
    words, labels = core(text), _numbered_labels()
    if len(words) < _SHORTEST or find_alike(words, labels) is not None:
        return False
    starts = Codes({text[: len(words)]: "cut" for text in labels})
    glued = any(words.startswith(text) for text in labels)
    return not glued and words not in starts and find_alike(words, starts) is None


@lru_cache(maxsize=1)
def _numbered_labels() -> Codes:
    """Words of the requests table's rows and groups, which are numbered as headings are."""
    tables = candidates("requests")
    found = {text for table in tables for text in (*table.row_codes, *table.head_cores)}
    return Codes({text: "requests" for text in found if text not in ("其他", "总计")})


@dataclass
class Region:
    """A table's tokens, and the spans of the running text that they cover.

    `in_grid` is True once values stood in a grid: numbers in lines between or below its parts are
    page numbers and counters of the site, and would fill cells that are printed blank.
    """

    tokens: list[Token] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    in_grid: bool = False

    def add(self, token: Token, goes_on: bool) -> None:
        """Add a token; `goes_on` when the token before it belongs to the same table."""
        self.tokens.append(token)
        if token.columns is not None and token.is_value:
            self.in_grid = True
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
    broken: list[Token] = []
    tokens = list(tokens)
    filled = {t.row for t in tokens if t.columns and t.kind is NUMBER}
    for token in tokens:
        before = current
        if token.kind is not LABEL:
            broken = []
        else:
            broken = [*broken[1 - MOST_PIECES :], token] if _is_piece(token) else []
            found = _table_of(token.text) or _table_of_pieces(broken)
            if found is not None:
                if current is None:
                    for piece in broken[:-1]:
                        regions.setdefault(found, Region()).add(piece, piece is not broken[0])
                    before = found if len(broken) > 1 else None
                current = found
            elif _is_prose(token.text) or (_is_heading(token.text) and token.row not in filled):
                current = None
        if current is not None:
            region = regions.get(current) or regions.setdefault(current, Region())
            if not (region.in_grid and token.columns is None and token.is_value):
                region.add(token, before == current)
    kept = {name: region for name, region in regions.items() if _has_data(name, region.tokens)}
    return {
        name: Region(
            [token for token in fill_gaps(region.tokens) if not _is_page_number(token)],
            region.spans,
        )
        for name, region in kept.items()
    }


def _is_page_number(token: Token) -> bool:
    return token.number is None and _PAGE.match(normalise(token.text)) is not None


def _has_data(name: str, region: Sequence[Token]) -> bool:
    """Numbers under two labels at least, or most labels of a table without: else a mere mention.

    In a grid a cell with other words (未统计) is one too, although it is no value.
    """
    texts = [token.text for token in region if token.kind is LABEL]
    if any(token.kind is NUMBER for token in region):
        return any(len(present) >= _FEWEST_LABELS for present, _ in _labels_in(texts, name))
    has_cells = any(token.is_value or token.columns is not None for token in region)
    return has_cells and any(2 * len(found) >= every for found, every in _labels_in(texts, name))


def _labels_in(texts: Sequence[str], name: str) -> Iterator[tuple[set[str], int]]:
    """For each form: codes of the rows and columns that are named there, and how many it has."""
    for table in candidates(name):
        codes = table.label_codes
        yield {code for _, code in find_all(texts, codes)}, len(set(codes.values()))
