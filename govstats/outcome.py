"""One file's bytes -> rows of every table, or the reason why there are none.

The same pure function serves one process, many and a cluster. It never learns the file's name, so
that what was read once is known by its bytes wherever they lie.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from govstats.document import ReportError
from govstats.extract import STATED, UNREAD
from govstats.readers.limits import MOST_PAGES, PagesError
from govstats.readers.pictures import Beside
from govstats.report import Report, digest_of, read_report

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a file: its report, or the stage that failed and why (without its name).

    `limits` is set where a limit of the run ended the reading: under other limits it is tried anew.
    """

    sha256: str
    report: Report | None = None
    stage: str = ""
    error: str = ""
    limits: str = ""


def outcome_of(data: bytes, beside: Beside | None = None, most_pages: int = MOST_PAGES) -> Outcome:
    """Read and check one report, with the pictures that lie `beside` it.

    Never raises: a fault of ours must not cost the other files.
    """
    digest = digest_of(data)
    try:
        return Outcome(digest, read_report("", data, beside, most_pages))
    except PagesError as error:
        limits = pages_in_words(error.most)
        return Outcome(digest, stage=error.stage, error=str(error), limits=limits)
    except ReportError as error:
        return Outcome(digest, stage=error.stage, error=str(error))
    except Exception as error:  # noqa: BLE001 - as said above
        return faulty(digest, error)


def pages_in_words(most: int) -> str:
    """The limit of pages as an outcome that it ended names it."""
    return f"{most} pages"


def faulty(digest: str, error: Exception) -> Outcome:
    """The outcome of a file on which our own code failed."""
    fault = f"{type(error).__name__}: {error}"
    message = f"met a fault in govstats ({fault}): please report it"
    # What cannot be written as UTF-8 must not stand in the table that names it.
    return Outcome(digest, stage="extract", error=message.encode("utf-8", "replace").decode())


def rows_of(report: Report, name: str) -> Iterator[Row]:
    """The rows that a report gives to a table of REPORTED, columns in order."""
    return _ROWS[name](report)


def _report_rows(report: Report) -> Iterator[Row]:
    found = report.extraction
    forms = [found.forms.get(name, "") for name in ("disclosure", "requests", "remedies")]
    counts = [report.count(STATED), report.count(UNREAD), len(report.violated())]
    head = [report.report_id, report.source, report.sha256, report.format, found.title, found.year]
    yield [*head, *forms, *counts, *astuple(report.issuer), "; ".join(report.remarks)]


def _cell_rows(report: Report) -> Iterator[Row]:
    for cell in report.extraction.cells:
        known = [cell.value, cell.corrected, cell.correction, cell.unit, cell.printed]
        known += [cell.status, cell.low, cell.high]
        yield [report.report_id, *cell.address, *known, cell.form, cell.locator, cell.label]


def _check_rows(report: Report) -> Iterator[Row]:
    for found in report.checks:
        sides = [found.left, found.right, found.difference]
        yield [report.report_id, found.name, found.address, *sides, found.verdict, found.corrected]


def _prose_rows(report: Report) -> Iterator[Row]:
    for figure in report.figures:
        about = "approximate" if figure.approximate else ""
        stated = [figure.measure, figure.value, figure.unit, about, figure.scope]
        yield [report.report_id, *stated, figure.section, figure.start, figure.end]


def _topic_rows(report: Report) -> Iterator[Row]:
    for topic in report.topics:
        yield [report.report_id, topic.topic, topic.theme, topic.about, topic.count]


_ROWS: dict[str, Callable[[Report], Iterator[Row]]] = {
    "reports": _report_rows,
    "cells": _cell_rows,
    "checks": _check_rows,
    "prose": _prose_rows,
    "topics": _topic_rows,
}
# The tables that a report gives rows to; the sixth, failures, is of files that gave none.
REPORTED = tuple(_ROWS)
