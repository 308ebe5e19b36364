"""Who issued a report, where that body stands, what kind of body it is, whose figures it gives.

Front door: `identify` for a report, `place` and `level_and_body` for a bare name. What is printed
is told from what is derived, and what is not certain stays ''. Places come from the package's own
lists; nothing is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from govstats.issuers import evidence
from govstats.issuers.gazetteer import gazetteer
from govstats.issuers.kinds import is_central, level_and_body
from govstats.issuers.places import Place, located, place, read
from govstats.issuers.scope import scope_of
from govstats.issuers.words import pattern

__all__ = ["Issuer", "Place", "identify", "level_and_body", "place"]


@dataclass(frozen=True)
class Issuer:
    """The issuer of one report.

    issuer: the name as printed, or as derived; '' if the report does not tell.
    issuer_source: 'title', 'title (place only)', 'title; place from text', 'text',
        'text (signature)', 'text (site)', or 'derived: ' and the words it is derived from.
    province, prefecture, county, gb2260, place_source: see `Place`; the source begins with where
        the place is printed: title, text, code or derived.
    level: central | province | prefecture | county | township | ''.
    body: government | department | zone | other | ''.
    scope: own | system | unknown (whose requests the figures count).
    """

    issuer: str
    issuer_source: str
    province: str
    prefecture: str
    county: str
    gb2260: str
    place_source: str
    level: str
    body: str
    scope: str


def identify(title: str, text: str, table_requests_total: int | None = None) -> Issuer:
    """The issuer of a report, from its title line (may be '') and its whole plain text.

    `table_requests_total` is the total of requests newly received in the report's table, if
    there is one; it decides between statements of different scope. Never raises on odd input.

    >>> found = identify("瑶海区人民政府2019年政府信息公开工作年度报告", "")
    >>> found.prefecture, found.county, found.gb2260, found.level, found.body
    ('合肥市', '瑶海区', '340102', 'county', 'government')
    """
    flat = evidence.squash(text)
    printed = evidence.titled(title) or evidence.titled(evidence.title_line(flat))
    name, source, found = _named(printed, flat)
    level, body = level_and_body(name)
    scope = scope_of(flat, body, level, table_requests_total)
    return Issuer(name, source, found.province, found.prefecture, found.county, found.gb2260,
                  found.place_source, level, body, scope)  # fmt: skip


def _named(printed: str, flat: str) -> tuple[str, str, Place]:
    """Name, its source and its place: by the title, else by the text, else derived."""
    reading = read(printed)
    if printed and not reading.rest and not reading.zone:  # a place and no body
        writer = evidence.compiler(flat)
        if writer:
            return writer, "text", _placed(writer, "text", flat)
        name = printed + "人民政府"
        return name, "title (place only)", _placed(name, "title", flat)
    if printed and (reading.chains or is_central(printed)):
        return printed, "title", _placed(printed, "title", flat)
    if printed:
        return _completed(printed, flat)
    for find, source in ((evidence.compiler, "text"), (evidence.signature, "text (signature)")):
        name = find(flat)
        if name:
            return name, source, _placed(name, "text", flat)
    return _derived(flat)


def _placed(name: str, source: str, flat: str) -> Place:
    """The place of a name; where several share it, the text or the site's code may decide."""
    reading = read(name)
    if len(reading.chains) > 1:
        reading, decided = evidence.supported(reading, flat)
        source = f"{source}; {decided}" if decided else source
    return located(reading.chains, source)


def _completed(printed: str, flat: str) -> tuple[str, str, Place]:
    """A title that names a body and no place (政府办公室, 县司法局, 城关镇人民政府)."""
    body = pattern("text", "bare_head").sub("", printed)
    forms = [body]
    if pattern("text", "government").fullmatch(body):
        forms = ["人民政府" + body.removeprefix("人民").removeprefix("政府"), *forms]
    for form in forms:
        name = evidence.named_in(flat, form)
        if name:
            return name, "text", _placed(name, "text", flat)
    found, _ = _surroundings(flat)
    if level_and_body(printed)[0] == "township":
        return printed, "title", found
    if not found.county:  # the body may stand below the place found, so that has no code
        return printed, "title", replace(found, gb2260="")
    return found.county + forms[0], "title; place derived", found


def _derived(flat: str) -> tuple[str, str, Place]:
    """No name is printed: the word it calls itself by, its subordinate units and its place."""
    ending = evidence.self_body(flat)
    found, where = _surroundings(flat)
    body, word = evidence.unit_words(flat)
    if body and body.endswith(ending or "-") and found.county:
        return found.county + body, f"derived: 我{ending}, {where}, {word}", found
    site = evidence.host(flat)
    if site and not ending:
        return site, "text (site)", _placed(site, "text", flat)
    return "", "", found


def _surroundings(flat: str) -> tuple[Place, str]:
    """The place a report without one in its name belongs to, and the words that tell it."""
    site = evidence.host(flat)
    if site:
        return _placed(site, "text (site)", flat), site
    code = evidence.site_code(flat)
    if code:
        entry = next(e for e in gazetteer().entries[gazetteer().names[code]] if code in e.codes)
        return located(((entry,),), "code"), code
    counties = evidence.places_in(flat)
    if len(counties) == 1:
        entry, words_ = next(iter(counties.items()))
        return located(((entry,),), "derived: " + words_), words_
    return Place(), ""
