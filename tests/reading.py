"""Reading in this process, one file after the other: what the engines must give too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from govstats.corpus import (
    DUPLICATE,
    Collection,
    Failure,
    Source,
    beside_source,
    load_source,
    same_content,
)
from govstats.document import ReportError
from govstats.outcome import Outcome, outcome_of
from govstats.readers import LARGEST
from govstats.readers.archive import Archives
from govstats.report import digest_of


def collect(sources: Iterable[Source], largest: int = LARGEST) -> Collection:
    """Read every source, one after the other, into memory.

    A second file with the same bytes is not read again but listed as a duplicate.
    """
    collection = Collection()
    first_with: dict[str, str] = {}
    with Archives() as archives:
        for source in sources:
            found = _read(source, archives, largest, first_with)
            if found.report:
                collection.reports.append(replace(found.report, source=source.name))
            else:
                error = f"{source.name} {found.error}"
                collection.failures.append(Failure(source.name, found.stage, error))
    return collection


def _read(source: Source, archives: Archives, largest: int, first_with: dict[str, str]) -> Outcome:
    """Read one source; `first_with` tells which had the same bytes."""
    try:
        data = load_source(source, archives, largest)
    except ReportError as error:
        return Outcome("", stage=error.stage, error=str(error))
    digest = digest_of(data)
    if digest in first_with:
        return Outcome(digest, stage=DUPLICATE, error=same_content(first_with[digest]))
    first_with[digest] = source.name
    return outcome_of(data, beside_source(source, archives, largest))
