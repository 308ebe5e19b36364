"""Which record a correction is about: a report that was read, or a collected one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from govstats.collected import Collected
from govstats.collected.rows import Problem
from govstats.corpus import Collection
from govstats.corrections.given import Correction


@dataclass(frozen=True, slots=True)
class _Records:
    """Report files by name and by id, files that gave no report, and collected reports' files."""

    ids: Mapping[str, str]
    sources: Mapping[str, str]
    failures: Mapping[str, str]
    collected: Mapping[str, str]


def records_of(
    given: Iterable[Correction], found: Collection, collected: Collected | None
) -> tuple[dict[str, str], list[Problem]]:
    """Place of each correction -> its record_id, and the corrections that name none.

    A report_id goes before the file's name: with it a correction fits no other version of the file.
    """
    records = _Records(
        {report.source: report.report_id for report in found.reports},
        {report.report_id: report.source for report in found.reports},
        {failure.source: failure.error for failure in found.failures},
        {} if collected is None else _files(collected),
    )
    targets: dict[str, str] = {}
    problems: list[Problem] = []
    cells: dict[tuple[str, ...], Correction] = {}
    for each in given:
        column, wrong = _wrong(each, records)
        record_id = each.report_id or records.ids.get(each.source, "")
        first = cells.setdefault((record_id, *each.address), each)
        if not wrong and first is not each:
            column = "column"
            wrong = f"{each.address} is corrected in line {first.row.line} too: keep one"
        if wrong:
            problems.append(each.problem(column, wrong))
        else:
            targets[each.place] = record_id
    return targets, problems


def _files(collected: Collected) -> dict[str, str]:
    records = collected.records
    return dict(zip(records["record_id"], records["source"], strict=True))


def _wrong(each: Correction, records: _Records) -> tuple[str, str]:
    """Column and text of what keeps a correction from its record; texts are empty without."""
    if not each.report_id:
        return "source", "" if each.source in records.ids else _no_file(each.source, records)
    held = records.sources.get(each.report_id, records.collected.get(each.report_id))
    if held is None and each.source in records.ids:
        text = f"{each.report_id!r} is another version of {each.source}, now"
        advice = "see whether the correction still holds, and mend the id"
        return "report_id", f"{text} {records.ids[each.source]}: {advice}"
    if held is None:
        text = f"{each.report_id!r} is no report read and no collected one"
        return "report_id", f"{text}: mend the id, or drop the correction"
    if each.source not in ("", held):
        text = f"{each.source!r} is not the file of {each.report_id}"
        return "source", f"{text}: that is {held!r}" if held else f"{text}: leave it empty"
    return "", ""


def _no_file(source: str, records: _Records) -> str:
    if source in records.failures:
        return f"no report was read from it: {records.failures[source]}"
    return f"there is no report file {source!r}: mend the name, or drop the correction"
