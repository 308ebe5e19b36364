"""Corrections by hand: corrections.csv -> checked against what the cells print, and set beside it.

A stated value is never overwritten. A correction that fits no cell, or that nothing uses, is an
error. Its columns: docs/codebook.md. Needs the extra `panel`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pandas as pd

from govstats.collected import Collected, CollectedError
from govstats.collected.rows import Problem
from govstats.corpus import Collection
from govstats.corrections.cells import set_in_record, set_in_report
from govstats.corrections.given import FILE, Correction, find_file, read_corrections
from govstats.corrections.target import records_of


def correct(
    found: Collection, collected: Collected | None, given: Sequence[Correction]
) -> tuple[Collection, Collected | None, Mapping[str, str]]:
    """Set every correction beside its cell: of reports read, or of collected records.

    Returns what was given, corrected, and the record_id that each correction is about, by its
    `place`. Raises CollectedError, naming file, line and column, where one names no record that was
    read, or contradicts what its cell prints.
    """
    targets, problems = records_of(given, found, collected)
    reports = []
    for report in found.reports:
        own = [each for each in given if targets.get(each.place) == report.report_id]
        corrected, wrong = set_in_report(report, own) if own else (report, [])
        reports.append(corrected)
        problems += wrong
    known = {report.report_id for report in reports}
    if collected is not None:
        beside = [each for each in given if targets.get(each.place, "") not in {"", *known}]
        cells, wrong = set_in_record(collected.cells, beside, targets)
        collected = dataclasses.replace(collected, cells=cells)
        problems += wrong
    if problems:
        raise CollectedError.of(problems)
    return Collection(reports, found.failures), collected, targets


def refuse_unused(
    given: Iterable[Correction],
    targets: Mapping[str, str],
    left_out: pd.DataFrame,
    passed_over: Mapping[tuple[str, ...], str],
) -> None:
    """Raise CollectedError for corrections of records left out, or of cells that others go before.

    `left_out` has record_id and reason; `passed_over` maps (record_id, *address) to the records of
    the row in which the panel takes the cell of another.
    """
    reasons = dict(zip(left_out["record_id"], left_out["reason"], strict=True))
    if problems := list(_unused(given, targets, reasons, passed_over)):
        raise CollectedError.of(problems)


def _unused(
    given: Iterable[Correction],
    targets: Mapping[str, str],
    reasons: Mapping[str, str],
    passed_over: Mapping[tuple[str, ...], str],
) -> Iterator[Problem]:
    for each in given:
        record_id = targets[each.place]
        if record_id in reasons:
            text = f"is not used, for {record_id} is left out ({reasons[record_id]})"
            yield each.problem(each.named_by, f"{text}: take it in, or drop the correction")
        elif other := passed_over.get((record_id, *each.address)):
            text = f"is not used, for {other} are one row of the panel and another's"
            yield each.problem(each.named_by, f"{text} {each.address} is taken: correct it there")


__all__ = [
    "FILE",
    "Correction",
    "correct",
    "find_file",
    "read_corrections",
    "refuse_unused",
]
