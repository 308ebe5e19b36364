"""What a report's replies add up to, and what follows for those it does not name.

A report that names replies which add up to all requests answered leaves nothing for the others:
they are implied 0, but for kinds of reply that no form of the report's time had. Information not
held has two legal grounds; printed apart they are added, one alone is a lower bound, and all
replies of the group unable to provide are an upper bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import NamedTuple

from govstats import bridge

TABLE, PROSE, IMPLIED, DERIVED = "table", "prose", "implied", "derived"
COMPLETE, PARTIAL, NONE = "complete", "partial", "none"


class Known(NamedTuple):
    """A measure's value and what it rests on."""

    value: float
    source: str
    approximate: bool = False


Measures = dict[str, Known]

# The groups of the form: the group's own measure, or else the parts of it that are named.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "granted_or_partial": ("granted", "partial"),
    "refused": (
        "refused_third_party",
        "refused_query_procedure",
        "refused_enforcement_file",
        "refused_process",
        "refused_internal_affairs",
        "refused_prohibited_by_law",
    ),
    "unable": ("not_held", "unable_other", "still_unclear"),
    "not_processed": ("repeated", "reconfirm"),
    "other_handling": ("not_supplemented", "withdrawn"),
}
# Replies of the years before 2019, or printed apart: in the total of some reports, not of others;
# each with the groups of the form in which other reports count it. Where the total needs it, what a
# report does not name of these groups is not 0 but counted under this name.
APART: Mapping[str, tuple[str, ...]] = {
    "already_public": ("granted_or_partial",),
    "not_government_information": ("not_processed", "other_handling"),
    "inquiry": ("not_processed", "other_handling"),
    "redirected": ("refused", "unable", "other_handling"),
    "transferred": ("unable", "other_handling"),
    "supplement_asked": ("unable", "other_handling"),
}
# What the sum of the replies and its total rest on.
_SUMMED = (
    *("received", "received_incl_carried_in", "carried_in", "carried_out", "answered"),
    *("not_this_body", "nonexistent", *GROUPS, *APART),
    *(part for parts in GROUPS.values() for part in parts),
)
_RESULTS = ("upheld", "corrected", "other", "pending")


def derive(known: Measures, complete: bool, earlier: bool = False) -> str:
    """Add to `known` what follows from it; the breakdown: complete, partial or none.

    `complete` says that every row of the requests table was read, `earlier` that the report is from
    before the form of 2019.
    """
    _add_up(known, "not_held", bridge.parts("prose", "not_held"))
    if "received" not in known and {"received_incl_carried_in", "carried_in"} <= known.keys():
        whole, before = known["received_incl_carried_in"].value, known["carried_in"].value
        known["received"] = Known(whole - before, DERIVED)
    breakdown = COMPLETE if complete else _breakdown(known)
    if breakdown == COMPLETE:
        _fill(known, set() if complete else _elsewhere(known), earlier)
    _add_up(known, "granted_or_partial", GROUPS["granted_or_partial"])
    _add_up(known, "unable", ("not_held", "unable_other"))
    _add_exposure(known)
    return breakdown


def _add_up(known: Measures, whole: str, parts: Iterable[str]) -> None:
    """The whole as the sum of its parts, where it is not known and they all are."""
    if whole not in known and all(part in known for part in parts):
        known[whole] = Known(sum(known[part].value for part in parts), DERIVED)


def _add_exposure(known: Measures) -> None:
    received, transferred = known.get("received"), known.get("transferred_in")
    if transferred is not None and (received is None or received.value == 0):
        known["exposure"] = Known(transferred.value, DERIVED)
    elif received is not None:
        known["exposure"] = Known(received.value, DERIVED)


def _named(known: Measures, group: str) -> list[float]:
    """The group's own number, or those of its parts that are named."""
    if group in known:
        return [known[group].value]
    return [known[part].value for part in parts_of(known, group)]


def parts_of(known: Measures, group: str) -> list[str]:
    """The named parts of a group, none of which contains another."""
    parts = list(GROUPS[group])
    if group == "unable" and "not_held" not in known:
        parts += ["not_this_body", "nonexistent"]
    return [part for part in parts if part in known]


def _elsewhere(known: Measures) -> set[str]:
    """Groups of which some replies are counted apart, where the total needs those apart."""
    groups = sum(value for group in GROUPS for value in _named(known, group))
    beside = known["withdrawn"].value if {"withdrawn", "other_handling"} <= known.keys() else 0.0
    if known["answered"].value in (groups, groups + beside):
        return set()
    used = [groups for name, groups in APART.items() if name in known and known[name].value > 0]
    return {group for groups in used for group in groups}


def reply_sums(known: Measures) -> set[float]:
    """What the named replies may add up to: those printed apart count or do not."""
    named = [value for group in GROUPS for value in _named(known, group)]
    apart = [known[name].value for name in APART if name in known]
    if not named and not apart:
        return set()
    beside = known.get("withdrawn") if "other_handling" in known else None
    withdrawn = (0.0, beside.value) if beside else (0.0,)
    both = product((0.0, sum(apart)), withdrawn)
    return {sum(named) + more + gone for more, gone in both}


def _totals(known: Measures) -> Iterator[float]:
    """What all replies add up to: answered, else what came in and was not carried out.

    Without `answered`, numbers carried in and out that are not stated are taken as none: that the
    replies then add up exactly is what bears it out.
    """
    if "answered" in known:
        yield known["answered"].value
        return
    carried_in, left = (
        known[name].value if name in known else 0.0 for name in ("carried_in", "carried_out")
    )
    if "received" in known:
        yield known["received"].value + carried_in - left
    if "received_incl_carried_in" in known:
        yield known["received_incl_carried_in"].value - left


def _breakdown(known: Measures) -> str:
    sums = reply_sums(known)
    if not sums:
        return NONE
    if any(known[name].approximate for name in _SUMMED if name in known):
        return PARTIAL  # about so many do not add up exactly
    for total in _totals(known):
        if total in sums:
            known.setdefault("answered", Known(total, DERIVED))
            return COMPLETE
    return PARTIAL


def _fill(known: Measures, elsewhere: set[str], earlier: bool) -> None:
    """Groups and parts that a complete breakdown does not name are implied, but for `elsewhere`."""
    for group, parts in GROUPS.items():
        named = _named(known, group)
        if group not in known:
            if group in elsewhere:
                continue
            known[group] = Known(sum(named), DERIVED if named else IMPLIED)
        if known[group].value == 0 or (named and group == "granted_or_partial"):
            had = [part for part in parts if not earlier or part in bridge.measures()]
            _fill_parts(known, group, had)
    if "not_held" not in known and "unable" in known:
        grounds = [known[name].value for name in ("not_this_body", "nonexistent") if name in known]
        others = [known[name].value for name in ("unable_other", "still_unclear") if name in known]
        if grounds and sum(grounds) + sum(others) == known["unable"].value:
            known["not_held"] = Known(sum(grounds), IMPLIED)


def _fill_parts(known: Measures, group: str, had: Iterable[str]) -> None:
    """Parts of a group of 0 are 0; granted or partial is 0 where the other makes up the group."""
    for part in had:
        others = [other for other in GROUPS[group] if other != part and other in known]
        rest = known[group].value - sum(known[other].value for other in others)
        if part not in known and rest == 0:
            known[part] = Known(0.0, IMPLIED)


def bounds_of_not_held(known: Measures) -> tuple[float | None, float | None]:
    """Smallest and largest number of replies not held; None where nothing limits it."""
    if "not_held" in known:
        return known["not_held"].value, known["not_held"].value
    parts = [known[name].value for name in ("not_this_body", "nonexistent") if name in known]
    low = sum(parts) if parts else None
    if "unable" not in known:
        return low, None
    apart = [known[name].value for name in ("unable_other", "still_unclear") if name in known]
    return low or 0.0, known["unable"].value - sum(apart)


def contradictions(known: Measures) -> list[str]:
    """Totals that their own parts exceed, or do not add up to where all parts are known."""
    found = []
    for name in ("reviews", "suits"):
        parts = [
            known[f"{name}_{result}"].value for result in _RESULTS if f"{name}_{result}" in known
        ]
        total = known.get(name)
        if total is not None and parts:
            wrong = sum(parts) != total.value if len(parts) == len(_RESULTS) else False
            if wrong or sum(parts) > total.value:
                found.append(name)
    sums = reply_sums(known)
    # Some reports do not count what was withdrawn among the answered.
    withdrawn = known["withdrawn"].value if "withdrawn" in known else 0.0
    if "answered" in known and sums and min(sums) - withdrawn > known["answered"].value:
        found.append("answered")
    found += [group for group in GROUPS if group in known and below_parts(known, group)]
    return found


def below_parts(known: Measures, group: str, value: float | None = None) -> bool:
    """Whether the group's number, or `value` for it, is less than its named parts together."""
    whole = known[group].value if value is None else value
    parts = [part for part in parts_of(known, group) if part != "withdrawn"]
    return sum(known[part].value for part in parts) > whole
