"""The list of places: every spelling of every place, with its codes and what may stand before it.

Read from vocabulary/places.csv (present places), vocabulary/former_places.csv (names that ended
since 2007, each with its one successor or none) and the zones of vocabulary/issuers.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from govstats import vocabulary
from govstats.issuers.words import words

# Rows that only group counties; no report prints them.
GROUPING = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
AUTONOMY = re.compile(r"自治([区州县旗])$")
ENDINGS = frozenset("省市县区旗盟")


class Entry(NamedTuple):
    """One spelling of one place; `codes` are those of province, prefecture, county ('' if none)."""

    text: str
    name: str
    level: str  # province | prefecture | county
    codes: tuple[str, str, str]
    under: tuple[str, ...]  # names that may be printed before it
    kind: str  # full | alias | short | former | zone


@dataclass(frozen=True)
class Gazetteer:
    """`names` by code, `entries` by spelling, `heads`: first two characters -> spelling lengths."""

    names: dict[str, str]
    entries: dict[str, list[Entry]]
    heads: dict[str, list[int]]

    def at(self, text: str, start: int) -> Iterator[list[Entry]]:
        """Entries whose spelling begins at `start`, longest spelling first."""
        for length in self.heads.get(text[start : start + 2], ()):
            found = self.entries.get(text[start : start + length])
            if found:
                yield found


def _rows(filename: str) -> list[list[str]]:
    return [list(row.values()) for row in vocabulary.table(filename)]


def _short(name: str, peoples: re.Pattern[str]) -> tuple[str, str]:
    """The short name, and for autonomous places the everyday one (化隆, 化隆县)."""
    auto = AUTONOMY.search(name) if "自治" in name else None
    if not auto:
        if name.endswith("地区"):
            return name[:-2], ""
        return (name[:-1] if name[-1] in ENDINGS else name), ""
    bare = name[: auto.start()]
    short = peoples.sub("", bare)
    if len(short) < 2:  # the place is called after its people: 东乡族自治县
        short = bare.removesuffix("族")
    return short, short + auto.group(1)


def _spellings(entry: Entry, peoples: re.Pattern[str]) -> list[Entry]:
    _, name, level, codes, under, _ = entry
    short, alias = _short(name, peoples)
    found = [entry]
    if alias and alias != name:
        found.append(Entry(alias, name, level, codes, under, "alias"))
    if len(short) > 1 and short != name:
        found.append(Entry(short, name, level, codes, under, "short"))
    return found


def _present() -> tuple[dict[str, str], dict[str, Entry]]:
    names: dict[str, str] = {}
    full: dict[str, Entry] = {}
    above: tuple[str, ...]
    for code, name, level, parent in _rows("places.csv"):
        # A city without counties stands in the list twice, as prefecture and as its own county.
        if names.get(parent) == name or (level == "prefecture" and name in GROUPING):
            continue
        names[code] = name
        province = code[:2] + "0000"
        if level == "county":
            # By the parent column, not the digits, and '' where the parent only groups.
            prefecture = parent if parent in names else ""
            above = (names[province], names[prefecture]) if prefecture else (names[province],)
            codes = (province, prefecture, code)
        else:
            above = (names[province],) if level == "prefecture" else ()
            codes = (province, code if level == "prefecture" else "", "")
        full[code] = Entry(name, name, level, codes, above, "full")
    return names, full


def _former(full: dict[str, Entry]) -> Iterator[Entry]:
    for code, name, level, prefecture, province, successor, _ in _rows("former_places.csv"):
        under = tuple(n for n in (province, prefecture) if n)
        if successor:
            codes = full[successor].codes
        else:  # split or gone: only what lay above it is sure
            above = code[:4] + "00"
            known = level == "county" and above in full and full[above].name == prefecture
            codes = (code[:2] + "0000", above if known else "", "")
        yield Entry(name, name, level, codes, under, "former")


def _zones(full: dict[str, Entry]) -> Iterator[Entry]:
    by_name = {e.name: e for e in full.values() if e.level != "county"}
    for zone in words()["zones"]:
        above = by_name[zone["under"][-1]]
        county = full[zone["county"]] if "county" in zone else above
        level = zone.get("level", "county")
        entry = Entry(zone["name"], zone["name"], level, county.codes, tuple(zone["under"]), "zone")
        yield entry
        short = above.name[:-1]
        if not zone["name"].startswith(short):
            yield entry._replace(text=short + zone["name"])


@cache
def gazetteer() -> Gazetteer:
    """All spellings; the package's own files are read once."""
    peoples = re.compile("|".join(sorted(words()["peoples"], key=len, reverse=True)))
    names, full = _present()
    grouped: dict[str, list[Entry]] = {}
    for base in full.values():
        for entry in _spellings(base, peoples):
            grouped.setdefault(entry.text, []).append(entry)
    for entry in [*_former(full), *_zones(full)]:
        grouped.setdefault(entry.text, []).append(entry)
    heads: dict[str, list[int]] = {}
    for text in sorted(grouped, key=len, reverse=True):
        sizes = heads.setdefault(text[:2], [])
        if len(text) not in sizes:
            sizes.append(len(text))
    return Gazetteer(names, grouped, heads)
