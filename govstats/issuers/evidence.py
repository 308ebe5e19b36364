"""What the title and the running text of a report say about who issued it, and where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from govstats.issuers.gazetteer import Entry, gazetteer
from govstats.issuers.kinds import is_central, level_and_body
from govstats.issuers.places import Chain, Reading, read
from govstats.issuers.words import pattern, words

BLANKS = re.compile(r"[ \t\r\u3000\xa0]+")
YEAR = r"(?:20\d\d|二[〇○Ｏ零0][一二三四五六七八九〇○零\d]{2})\s*年?(?:度|上半年)?"
REPORT = r"(?:政府)?信息公开(?:工作)?"
TITLES = (
    re.compile(rf"^(?:关于)?(?P<name>[一-龥()（）·]{{2,40}}?)(?:关于)?{YEAR}.{{0,6}}?{REPORT}"),
    re.compile(rf"^{YEAR}(?P<name>[一-龥()（）·]{{2,40}}?)(?:关于)?{REPORT}.*?报"),
    re.compile(rf"^(?P<name>[一-龥()（）·]{{2,40}}?)(?:关于)?{REPORT}.*?报"),
)
LONGEST_TITLE = 60
LONGEST_NAME = 24


def squash(text: str) -> str:
    """The text without blanks; line ends stay, for they bound names."""
    return BLANKS.sub("", text)


def titled(title: str) -> str:
    """The issuer's name in a title line, '' if it holds none."""
    line = re.sub(r"\s+", "", title)
    for form in TITLES:
        match = form.match(line)
        if match:
            name = match.group("name").removesuffix("的").strip("()（）·")
            # 政府 before 信息公开 belongs to the name if 人民 stands before it.
            name = name + "政府" if name.endswith("人民") else name
            if is_body(name):
                return name
    return ""


def is_body(name: str) -> bool:
    """True if the words can be the name of an issuer: a place, or a word for a body at the end."""
    return has_place(name) or is_central(name) or level_and_body(name)[1] not in ("", "other")


def title_line(text: str) -> str:
    """The first line that reads as the title of such a report, '' if none."""
    lines = [
        line
        for line in text.splitlines()[:40]
        if len(line) <= LONGEST_TITLE and "信息公开" in line and titled(line)
    ]
    dated = [line for line in lines if re.search(YEAR, line)]  # others may be menus of the site
    return next(iter(dated or lines), "")


def has_place(name: str) -> bool:
    """True if the name prints a place."""
    return bool(read(name).chains)


def compiler(flat: str) -> str:
    """The government or its office that says it compiled the report, with a place; else ''."""
    for match in pattern("text", "compiler").finditer(flat):
        name = match.group(1)
        if has_place(name) and level_and_body(name)[1] == "government":
            return name
    return ""


def signature(flat: str) -> str:
    """The body signed above the date at the end; '' if none that prints a place."""
    names = [m.group(1) for m in pattern("text", "signature").finditer(flat[-1500:])]
    return names[-1] if names and has_place(names[-1]) and read(names[-1]).rest else ""


def host(flat: str) -> str:
    """The public body that runs the site, from the footer; '' if none that prints a place."""
    for match in pattern("text", "host").finditer(flat):
        name = match.group(1).removesuffix("地址").removesuffix("版权所有")
        # A company that copies reports has its own place, which says nothing about the issuer.
        if has_place(name) and pattern("text", "public_body").search(name):
            return name
    return ""


def site_code(flat: str) -> str:
    """The place code inside the site's identification code; '' if there is none."""
    match = pattern("text", "site_code").search(flat)
    return match.group(1) if match and match.group(1) in gazetteer().names else ""


def printed_before(flat: str, body: str) -> Iterator[Reading]:
    """Readings of every place that the text prints right before `body`."""
    for match in re.finditer(re.escape(body), flat):
        head = flat[max(0, match.start() - LONGEST_NAME) : match.start()]
        for start in range(len(head) - 1):
            reading = read(head[start:])
            if reading.chains and not reading.rest:
                yield reading
                break


def named_in(flat: str, body: str) -> str:
    """The one full name that the text prints for `body` at the text's own level; else ''."""
    found: dict[tuple[Chain, ...], str] = {}
    ending = self_place(flat)
    for reading in printed_before(flat, body):
        last = reading.chains[0][-1]
        if last.text.endswith(ending) or not ending:
            known = found.get(_key(reading), "")
            found[_key(reading)] = max(known, reading.printed, key=len)
    return next(iter(found.values())) + body if len(found) == 1 else ""


def _key(reading: Reading) -> tuple[Chain, ...]:
    return tuple((chain[-1],) for chain in reading.chains)


def self_body(flat: str) -> str:
    """The last word of the issuer's name as it calls itself (我局 -> 局); '' if unclear."""
    return _commonest(pattern("text", "self_body").findall(flat))


def self_place(flat: str) -> str:
    """The kind of place the issuer speaks for (我县, 全县, 县政府网 -> 县); '' if unclear."""
    for key in ("self_place", "self_site"):
        ending = _commonest(pattern("text", key).findall(flat))
        if ending:
            return ending
    return ""


def _commonest(found: list[str]) -> str:
    ranked = Counter(found).most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return ""
    return ranked[0][0]


def supported(reading: Reading, flat: str) -> tuple[Reading, str]:
    """Of several places of one name, the one that the text prints under its own city.

    Returns the reading with the chains left and 'text' or 'code'; unchanged with '' if the text
    does not tell them apart.
    """
    code = site_code(flat)
    by_code = tuple(c for c in reading.chains if code and code in c[-1].codes)
    by_text = tuple(c for c in reading.chains if _under_its_city(c[-1], flat))
    for chains, source in ((by_code, "code"), (by_text, "text")):
        if len(chains) == 1:
            return Reading(chains, reading.rest), source
    return reading, ""


def _under_its_city(entry: Entry, flat: str) -> bool:
    name = gazetteer().names.get(entry.codes[1] or entry.codes[0], "")
    return bool(name) and any(city + entry.name in flat for city in (name, name[:-1]))


def places_in(flat: str) -> dict[Entry, str]:
    """Counties that the text prints behind their own province or city, with the words printed.

    Short names count here (重庆垫江), because the place before them leaves no doubt. Only counties
    of the kind the issuer speaks for (我县): an address may name another.
    """
    found: dict[Entry, str] = {}
    table, ending = gazetteer(), self_place(flat)
    if not ending:
        return found
    for start in range(len(flat) - 3):
        if flat[start : start + 2] not in table.heads:
            continue
        for above in (e for es in table.at(flat, start) for e in es if e.level != "county"):
            end = start + len(above.text)
            for below in (e for es in table.at(flat, end) for e in es if above.name in e.under):
                present = below.level == "county" and below.kind != "former"
                if present and below.name.endswith(ending):
                    found.setdefault(below._replace(text="", kind=""), above.text + below.text)
    return found


def unit_words(flat: str) -> tuple[str, str]:
    """The body whose subordinate units the text names, and the word found; ('', '') if unclear."""
    hits = [
        (body, word) for body, units in words()["derive"].items() for word in units if word in flat
    ]
    return hits[0] if len({body for body, _ in hits}) == 1 else ("", "")
