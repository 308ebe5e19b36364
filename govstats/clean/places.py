"""Rules for the place of a record: present names and codes of GB/T 2260."""

from __future__ import annotations

from collections.abc import Iterator

from govstats.clean.changes import Edit, Record
from govstats.issuers import Place, place
from govstats.issuers.gazetteer import GROUPING

PARTS = ("province", "prefecture", "county")
# The part that must be known before a body of a level gets a code, so that a town or zone whose
# county is not known does not pass for its whole city; for all other levels the county.
NEEDED = {"province": "province", "prefecture": "prefecture"}


def _given(record: Record) -> Place:
    return place("".join(record[part] for part in PARTS))


def _sourced(record: Record, words: str) -> Edit:
    return Edit("place_source", "; ".join(filter(None, (record["place_source"], words))))


def place_present(record: Record) -> Iterator[Edit]:
    """Given places get their present full name, so that one place has one name in all years.

    Former names go to their successor where there is one (密云县 -> 密云区), short ones to the full
    one, and a prefecture that only groups counties or repeats its municipality goes.
    """
    if record["prefecture"] and record["prefecture"] in {record["province"], *GROUPING}:
        yield Edit("prefecture", "")
        record = {**record, "prefecture": ""}
    found = _given(record)
    old = []
    for part in PARTS:
        present = getattr(found, part)
        if record[part] and present and present != record[part]:
            old.append(record[part])
            yield Edit(part, present, found.place_source)
    if old:
        yield _sourced(record, "given as " + ", ".join(old))


def place_differs(record: Record) -> Iterator[Edit]:
    """Remark only: the name says another place than the one given, which stays.

    Who transcribed the report saw the page, the name alone may mislead.
    """
    yield from _contradictions(record)


def _contradictions(record: Record) -> Iterator[Edit]:
    found = place(record["issuer"])
    for part in PARTS:
        said = getattr(found, part)
        if record[part] and said and said != record[part]:
            yield Edit(part, record[part], f"the name says {said}")


def place_filled(record: Record) -> Iterator[Edit]:
    """Blank places are filled from what is sure: the places given, then the issuer's name.

    Given places choose between places of one name. A name that contradicts them fills nothing.
    """
    by_name = place(record["issuer"], record["province"], record["prefecture"])
    blank = [part for part in PARTS if not record[part]]
    sources = [(_given(record), "parents of the place given")]
    if not any(_contradictions(record)):
        sources.append((by_name, "name"))
    record = dict(record)
    for found, words in sources:
        filled = [part for part in blank if getattr(found, part)]
        yield from (Edit(part, getattr(found, part), words) for part in filled)
        if filled:
            source = _sourced(record, f"{', '.join(filled)}: {words}")
            record["place_source"] = source.value  # of a copy, for the second turn
            yield source
        blank = [part for part in blank if part not in filled]


def place_code(record: Record) -> Iterator[Edit]:
    """The code of the narrowest place, where place and level are known to go with it.

    A zone that the list does not hold has none, nor has a county body whose county is not known.
    """
    found = _given(record)
    named = tuple(record[part] for part in PARTS)
    same = named == (found.province, found.prefecture, found.county)
    needed = NEEDED.get(record["level"], "county")
    code = found.gb2260 if same and record[needed] else ""
    yield Edit("gb2260", code)


def place_uncoded(record: Record) -> Iterator[Edit]:
    """Remark only: a place is given, and its code is not known, so no map or frame can hold it."""
    if any(record[part] for part in PARTS) and not record["gb2260"]:
        yield Edit("gb2260", "", "no code: " + _why(record))


def _why(record: Record) -> str:
    narrowest = next(part for part in reversed(PARTS) if record[part])
    if getattr(_given(record), narrowest) != record[narrowest]:
        return f"{record[narrowest]} is not in the list of places at this level"
    return "only places above the issuer's are known"
