"""Which of several records of the same figures is kept, and the list of those left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# An extracted and a collected record of one report both stay: the panel joins them, cells from
# extraction first. So origin is part of what makes two records the same.
KEY = ("origin", "issuer", "province", "prefecture", "county", "year", "period", "scope")
COLUMNS = ("record_id", "rule", "reason", "kept")


def _size(sizes: Mapping[str, int], record: Mapping[str, Any]) -> int:
    return sizes.get(record["record_id"], 0)


def duplicate(
    records: Iterable[Mapping[str, Any]], sizes: Mapping[str, int]
) -> list[dict[str, str]]:
    """Of records alike in origin, issuer, place, year, period and scope, the fullest is kept.

    The fullest has most figures and cells (`sizes`, by record_id; 0 if not in it); then one
    read at its own address goes before a copy, a whole one before a truncated one, then the
    smaller record_id. A record without issuer or year is like no other. Figures of the others
    are not mixed in: one row, one source. Returns the records left out (record_id, rule,
    reason, kept), sorted by record_id.
    """
    best: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    left_out = []
    for record in sorted(records, key=lambda each: _rank(each, sizes)):
        if not record["issuer"] or record["year"] is None:
            continue
        kept = best.setdefault(tuple(record[field] for field in KEY), record)
        if kept is not record:
            left_out.append(_left_out(record, kept, sizes))
    return sorted(left_out, key=lambda row: row["record_id"])


def _rank(record: Mapping[str, Any], sizes: Mapping[str, int]) -> tuple[Any, ...]:
    return -_size(sizes, record), record["copy"], record["truncated"], record["record_id"]


def _left_out(
    record: Mapping[str, Any], kept: Mapping[str, Any], sizes: Mapping[str, int]
) -> dict[str, str]:
    reason = (
        f"same issuer, place, year, period and scope; {_size(sizes, record)} values against "
        f"{_size(sizes, kept)}"
    )
    row = (record["record_id"], duplicate.__name__, reason, kept["record_id"])
    return dict(zip(COLUMNS, row, strict=True))
