"""From the name of an issuer to the place it stands for. Nothing is guessed.

A name is read from its head as a chain of places (province, prefecture, county), each of which
must lie in the one before. Where several places fit, only what they have in common is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from govstats.issuers.gazetteer import Entry, gazetteer
from govstats.issuers.words import pattern, words

Chain = tuple[Entry, ...]

# A short county name behind its city stands only before words of a zone (西安临潼…开发区),
# or where nothing more follows (重庆垫江).
ZONE_AHEAD = re.compile(
    r"[一-龥]{0,8}?(?:开发区|高新|工业园|产业园|园区|度假区|保税|[城港]管理?委)|$"
)
# A street or town called after a city is not that city: 北京路街道, 石家庄镇.
STREET_AHEAD = re.compile(r"[一-龥]{0,4}?(?:街道|路|镇|乡(?!村))")
# The last word of a place that is the first of another: 南湖区域合作中心.
OTHER_WORD = re.compile(r"区[域块间]|市场|县域")
# The district of a branch office stands before 分局: 公安局渝中区分局, 双台子国土分局.
BRANCH = re.compile(r"(?:^|[局厅])([^局厅]{2,10}?)(?:国土|公安|税务)?(?:分局|监管局)$")


@dataclass(frozen=True)
class Place:
    """Province, prefecture and county by name, and the GB/T 2260 code of the narrowest one.

    gb2260 is '' where only places above the issuer's are known. A town has the place and code of
    its county. `place_source` says what the parts rest on, joined by '; ': 'name' (printed in the
    name), 'parent of county', 'parent of prefecture', 'short name', 'former name X', 'zone',
    'common to N places of the name', 'hint'. Every field is '' where nothing is certain.
    """

    province: str = ""
    prefecture: str = ""
    county: str = ""
    gb2260: str = ""
    place_source: str = ""


@dataclass(frozen=True)
class Reading:
    """A name as read: possible chains of places (more than one = ambiguous) and what follows."""

    chains: tuple[Chain, ...]
    rest: str

    @property
    def level(self) -> str:
        """The level of the last place, where all chains agree; else ''."""
        levels = {chain[-1].level for chain in self.chains}
        return levels.pop() if len(levels) == 1 else ""

    @property
    def zone(self) -> bool:
        """True if the last place is a zone or new area rather than a district."""
        return bool(self.chains) and all(_is_zone(chain[-1]) for chain in self.chains)

    @property
    def printed(self) -> str:
        """The places as printed at the head of the name; '' if none."""
        return "".join(entry.text for entry in self.chains[0]) if self.chains else ""


def _is_zone(entry: Entry) -> bool:
    # The list of places holds development zones too; their codes end in 7x.
    return entry.kind == "zone" or (entry.codes[2][4:5] == "7" and entry.name[-1] != "县")


def _lies_in(entry: Entry, before: Entry) -> bool:
    if before.kind == "former" and before.codes[1]:  # a county of today under its city's old name
        return entry.level == "county" and before.codes[1] == entry.codes[1]
    return before.name in entry.under


def _may_stand(entry: Entry, before: Entry | None, ahead: str) -> bool:
    """Whether this spelling may be taken here, given the place before and the text after."""
    if before is not None and not _lies_in(entry, before):
        return False
    if entry.kind != "short":
        general = before is None and entry.text in words()["plain_full"]
        return not general and not OTHER_WORD.match(entry.text[-1] + ahead)
    if entry.text in words()["plain_words"]:
        return False
    if entry.level == "county":
        return before is not None and ZONE_AHEAD.match(ahead) is not None
    return before is not None or not STREET_AHEAD.match(ahead)


def _steps(name: str, start: int, before: Entry | None) -> list[Entry]:
    """The entries of the longest spelling at `start` that may stand there."""
    for found in gazetteer().at(name, start):
        ahead = name[start + len(found[0].text) :]
        fit = [entry for entry in found if _may_stand(entry, before, ahead)]
        if before is not None and before.level == "county":
            # Only where a prefecture of that time had the name of a county of today (巢湖市).
            fit = [entry for entry in fit if entry.kind == "former"]
        top = [entry for entry in fit if entry.level == "province"]
        if fit:
            return top or fit  # 吉林, 海南: the short name of a province goes before others
    return []


def _chains(name: str, start: int, before: Entry | None) -> Iterator[tuple[Chain, int]]:
    for entry in _steps(name, start, before):
        end = start + len(entry.text)
        longer = [((entry, *chain), stop) for chain, stop in _chains(name, end, entry)]
        if longer:
            yield from longer
        elif before is not None or not _shared(entry):
            yield (entry,), end


def _shared(entry: Entry) -> bool:
    """True for a short name that a place elsewhere has too (朝阳, 河北), so not one to go by."""
    others = gazetteer().entries[entry.text]
    return entry.kind == "short" and any(
        other.codes != entry.codes and not _lies_in(other, entry) for other in others
    )


def _branch(before: list[Chain], rest: str) -> list[Chain]:
    """Chains that a branch office's own district makes longer (…局东丽分局)."""
    match = BRANCH.search(rest)
    if not match:
        return []
    district = match.group(1)
    county = [e for e in gazetteer().entries.get(district, []) if e.level == "county"]
    if not before:  # alone it must be more than a common word
        return [(e,) for e in county if len(district) > 2 and district not in words()["plain_full"]]
    return [(*chain, e) for chain in before for e in county if _lies_in(e, chain[-1])]


@lru_cache(maxsize=4096)
def read(name: str) -> Reading:
    """Read the places at the head of a name; a central body's own name before them is skipped."""
    central = pattern("central", "head").match(name)
    start = central.end() if central else 0
    found = list(_chains(name, start, None))
    if not found:
        return Reading(_distinct(_branch([], name)), name)
    end = max(stop for _, stop in found)
    chains = [chain for chain, stop in found if stop == end]
    rest = name[end:]
    longer = _branch(chains, rest) if chains[0][-1].level != "county" else []
    return Reading(_distinct(longer or chains), rest)


def _distinct(chains: Iterable[Chain]) -> tuple[Chain, ...]:
    """One chain per place: a former and a present name of one area are no two places."""
    by_place = {(chain[-1].codes, chain[-1].level): chain for chain in reversed(list(chains))}
    return tuple(by_place.values())


def narrow(reading: Reading, province: str = "", prefecture: str = "") -> Reading:
    """Keep the chains that agree with the hints, which may be short names."""

    def agrees(entry: Entry) -> bool:
        names = [gazetteer().names.get(code, "") for code in entry.codes[:2]]
        above = {*names, *entry.under}
        return all(
            not hint or any(n.startswith(hint) for n in above) for hint in (province, prefecture)
        )

    return replace(reading, chains=tuple(c for c in reading.chains if agrees(c[-1])))


def located(chains: tuple[Chain, ...], source: str) -> Place:
    """The place that all chains have in common, with `source` for what is printed."""
    if not chains:
        return Place()
    common = [
        code if len({chain[-1].codes[i] for chain in chains}) == 1 else ""
        for i, code in enumerate(chains[0][-1].codes)
    ]
    if not common[0]:
        return Place()
    province, prefecture, county = (gazetteer().names.get(code, "") for code in common)
    # No code where only what lies above the place is sure: a zone, one of several of a name, a
    # county divided among others.
    depth = min(_depth(chain[-1]) for chain in chains)
    exact = common[depth] and not (chains[0][-1].kind == "zone" and not common[2])
    narrowest = common[depth] if exact and source != "hint" else ""
    return Place(province, prefecture, county, narrowest, _source(chains, common, source))


def _source(chains: tuple[Chain, ...], common: list[str], source: str) -> str:
    chain, last = chains[0], chains[0][-1]
    if len(chains) > 1:
        return f"{source}; common to {len(chains)} places of the name"
    parts = [source]
    if last.kind == "former":
        parts.append(f"former name {last.name}")
    elif last.kind in ("short", "zone"):
        parts.append({"short": "short name", "zone": "zone"}[last.kind])
    printed = {code for entry in chain for code in entry.codes[_depth(entry) : _depth(entry) + 1]}
    if any(code and code not in printed for code in common[: _depth(last)]):
        parts.append(f"parent of {last.level}")
    return "; ".join(parts)


def _depth(entry: Entry) -> int:
    return ("province", "prefecture", "county").index(entry.level)


def place(name: str, province: str = "", prefecture: str = "") -> Place:
    """Where the issuer called `name` stands.

    `province` and `prefecture` are hints (full or short names) that choose between places of one
    name, and stand in for the place where the name prints none. A name with no place, or with
    several that the hints do not tell apart, gives '' for what is not certain.
    """
    reading = read(name)
    if reading.chains:
        return located(narrow(reading, province, prefecture).chains, "name")
    if province or prefecture:
        return located(read(province + prefecture).chains, "hint")
    return Place()
