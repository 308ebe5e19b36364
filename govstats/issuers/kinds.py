"""At which level an issuer stands and what kind of body it is, by the words of its name.

The words and their order of precedence are in vocabulary/issuers.toml.
"""

from __future__ import annotations

from govstats.issuers.places import Reading, read
from govstats.issuers.words import pattern, words


def is_central(name: str) -> bool:
    """True for ministries and other central bodies, not for their local branches."""
    return pattern("central", "head").match(name) is not None and not read(name).chains


def level_and_body(name: str) -> tuple[str, str]:
    """(level, body) of the issuer called `name`.

    level: central | province | prefecture | county | township, '' if the name does not tell;
    body: government | department | zone | other. An empty name gives ('', '').

    >>> level_and_body("合肥市教育局"), level_and_body("")
    (('prefecture', 'department'), ('', ''))
    """
    if not name:
        return "", ""
    if is_central(name):
        return "central", "government" if name.startswith("国务院办公厅") else "department"
    reading = read(name)
    return _level(reading), _body(reading)


def _level(reading: Reading) -> str:
    rest = reading.rest
    if pattern("level", "township").search(rest):
        return "township"
    if rest.endswith("管理区") and reading.level in ("county", ""):
        return "township"  # a farm or reservoir area run as a town
    if reading.level == "county" or reading.zone:
        return reading.level
    if pattern("level", "zone").search(rest) or _is_committee(reading):
        return "county"
    if pattern("level", "branch").search(rest) and _is_city(reading):
        return "county"
    return reading.level or _level_word(rest)


def _level_word(rest: str) -> str:
    for level in words()["level_words"]:
        if pattern("level_words", level).search(rest):
            return str(level)
    return ""


def _is_city(reading: Reading) -> bool:
    """True where one step below is a county: in a prefecture or a municipality."""
    return reading.level == "prefecture" or any(
        chain[-1].level == "province" and chain[-1].name.endswith("市") for chain in reading.chains
    )


def _is_committee(reading: Reading) -> bool:
    """True for the committee of a zone, false for a 管理委员会 that is a department."""
    match = pattern("body", "committee").search(reading.rest)
    if not match:
        return False
    owner = reading.rest[: match.start()]
    return (not owner and reading.zone) or bool(pattern("body", "committee_of").search(owner))


def _body(reading: Reading) -> str:
    if _is_committee(reading):
        return "zone"
    for body in ("government", "other", "department"):
        if pattern("body", body).search(reading.rest):
            return "zone" if body == "government" and not reading.rest and reading.zone else body
    return "other"
