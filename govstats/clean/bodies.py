"""Rules for the issuer of a record: its name, level, kind of body and kind of organ; its scope."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from govstats import vocabulary
from govstats.clean.changes import Edit, Record
from govstats.issuers import level_and_body
from govstats.issuers.gazetteer import gazetteer
from govstats.issuers.places import Reading, narrow, read

# White space, and characters that show nothing.
BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
BRACKETS = str.maketrans("〔【[〕】]", "((()))")


def issuer_spelling(record: Record) -> Iterator[Edit]:
    """One spelling of characters: no white space, no full-width letters, round half-width brackets.

    The name as it came is kept in `issuer_printed`.
    """
    yield Edit("issuer_printed", record["issuer"])
    half = unicodedata.normalize("NFKC", record["issuer"])
    yield Edit("issuer", BLANKS.sub("", half).translate(BRACKETS))


@cache
def corrections() -> dict[tuple[str, str, str], tuple[str, str]]:
    """vocabulary/corrections.csv: (issuer, field, value given) -> (corrected value, reason)."""
    return {
        (row["issuer"], row["field"], row["given"]): (row["corrected"], row["reason"])
        for row in vocabulary.table("corrections.csv")
    }


def correction(record: Record) -> Iterator[Edit]:
    """What was given and is wrong by the issuer's own name, each listed with its reason.

    The list is vocabulary/corrections.csv; it fits only where the value given is the one listed.
    """
    for field in ("province", "prefecture", "county", "level", "body"):
        found = corrections().get((record["issuer"], field, record[field]))
        if found:
            yield Edit(field, *found)


def issuer_head(record: Record) -> Iterator[Edit]:
    """One name for one body: a district behind its city, other places by their full name alone.

    瑶海区人民政府 -> 合肥市瑶海区人民政府, 重庆市垫江县司法局 -> 垫江县司法局, 化隆县 -> 化隆回族
    自治县; this is how the collected reports have it, and one report is found under one name.
    Left as they are: branches, zones, short names that are part of a name, and former names,
    since a body keeps the name of its time.
    """
    issuer, reading = record["issuer"], _one(record)
    if reading and issuer.startswith(reading.printed) and not reading.zone:
        last = reading.chains[0][-1]
        head = last.name
        if last.level == "county" and last.name.endswith("区"):
            city = record["prefecture"] or record["province"]
            head = city + head if city.endswith(("市", "州", "地区", "盟")) else head
        yield Edit("issuer", head + issuer.removeprefix(reading.printed))


def _one(record: Record) -> Reading | None:
    """The reading of the name, if it is one place in full words and the record's own place."""
    reading = narrow(read(record["issuer"]), record["province"], record["prefecture"])
    if len(reading.chains) != 1 or any(e.kind not in ("full", "alias") for e in reading.chains[0]):
        return None
    names = [gazetteer().names.get(code, "") for code in reading.chains[0][-1].codes]
    given = [record[part] for part in ("province", "prefecture", "county")]
    return reading if names == given else None


def level_filled(record: Record) -> Iterator[Edit]:
    """A blank level is taken from the name."""
    if not record["level"]:
        yield Edit("level", level_and_body(record["issuer"])[0])


def level_differs(record: Record) -> Iterator[Edit]:
    """Remark only: the name says another level than the one given, which stays."""
    said = level_and_body(record["issuer"])[0]
    if said and said != record["level"]:
        yield Edit("level", record["level"], f"the name says {said}")


def body_filled(record: Record) -> Iterator[Edit]:
    """A blank kind of body is taken from the name."""
    if not record["body"]:
        yield Edit("body", level_and_body(record["issuer"])[1])


def body_differs(record: Record) -> Iterator[Edit]:
    """Remark only: the name says another kind of body than the one given, which stays."""
    said = level_and_body(record["issuer"])[1]
    if said and said != record["body"]:
        yield Edit("body", record["body"], f"the name says {said}")


@cache
def _organs() -> tuple[re.Pattern[str], list[tuple[str, re.Pattern[str]]]]:
    """The head of a name that is a zone's own, and the kinds with their patterns, in order."""
    listed = vocabulary.words("organs.toml")
    # No word of a body may stand in it: 财政局高新区分局 is an office of the 财政局.
    zone = re.compile(f"^[^局厅委院]{{2,14}}?(?:{'|'.join(listed['zone_words'])})(?!$)")
    kinds = [(each["kind"], re.compile("|".join(each["patterns"]))) for each in listed["organs"]]
    return zone, kinds


def organ_of(issuer: str) -> str:
    """The kind of organ of vocabulary/organs.toml that a name tells; '' for an empty name.

    Words of the place or zone are left out, so that 公安县 is no police and 旅游度假区 no culture;
    the first kind that fits wins.
    """
    if not issuer:
        return ""
    zone, kinds = _organs()
    rest = zone.sub("", read(issuer).rest)
    return next(kind for kind, words in kinds if words.search(rest))


def organ(record: Record) -> Iterator[Edit]:
    """The kind of organ, by the words of the name behind its place (vocabulary/organs.toml)."""
    yield Edit("organ", organ_of(record["issuer"]))


def scope_unknown(record: Record) -> Iterator[Edit]:
    """A blank scope is unknown. Given ones stay, `unknown` too: a scope guessed is a sum wrong."""
    if not record["scope"]:
        yield Edit("scope", "unknown")


def period_apart(record: Record) -> Iterator[Edit]:
    """Remark only: figures of half a year or another part stay a row of their own.

    They are not scaled to a year and not merged with one.
    """
    if record["period"] != "year":
        yield Edit("period", record["period"], "no full year: a row of its own in the panel")
