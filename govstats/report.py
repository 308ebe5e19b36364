"""One file's bytes -> one report: tables, what its sentences state, issuer, checks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from govstats.characters import plain
from govstats.checks import Check, check
from govstats.extract import ABSENT, STATED, Extraction, extract
from govstats.forms import Address
from govstats.issuers import Issuer, identify
from govstats.numbers import Value
from govstats.prose import Figure, compare, figures_of, paragraphs
from govstats.prose.bearings import report as bearings
from govstats.readers import read
from govstats.readers.limits import MOST_PAGES
from govstats.readers.pictures import Beside
from govstats.sums import VIOLATED
from govstats.topics import Topic, topics_of

_NEWLY_RECEIVED = Address("requests", "new", "total")


@dataclass(frozen=True, slots=True)
class Report:
    """A report that was read, with its checks; `remarks` name what was not read or not placed."""

    report_id: str
    source: str
    sha256: str
    format: str
    extraction: Extraction
    issuer: Issuer
    figures: tuple[Figure, ...]
    topics: tuple[Topic, ...]
    checks: tuple[Check, ...]
    remarks: tuple[str, ...] = ()

    def count(self, status: str) -> int:
        """Number of cells with a status."""
        return sum(cell.status == status for cell in self.extraction.cells)

    def violated(self) -> list[Check]:
        """Checks that the report's own numbers break."""
        return [found for found in self.checks if found.verdict == VIOLATED]


def digest_of(data: bytes) -> str:
    """By what a file is known: the SHA-256 of its bytes, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def read_report(
    source: str, data: bytes, beside: Beside | None = None, most_pages: int = MOST_PAGES
) -> Report:
    """Read and check one report; `source` is the name it goes by. Raises ReportError.

    `beside` gives the files that lie beside it, for tables that are pictures; of a PDF up to
    `most_pages` are read.
    """
    digest = digest_of(data)
    document = read(data, beside, most_pages)
    extraction = extract(document)
    # Character for character the source, so that the places of figures are those of the source.
    text = plain(document.text())
    cells = _known_cells(extraction)
    issuer = identify(plain(extraction.title), text, _whole(cells.get(_NEWLY_RECEIVED)))
    parts = tuple(paragraphs(text, extraction.spans))
    figures = figures_of(parts, bearings(text, extraction.year))
    return Report(
        report_id=digest[:12],
        source=source,
        sha256=digest,
        format=document.format,
        extraction=extraction,
        issuer=issuer,
        figures=tuple(figures),
        topics=tuple(topics_of(parts)),
        checks=tuple(all_checks(extraction, figures, issuer.scope)),
        remarks=(*document.remarks, *extraction.remarks),
    )


def all_checks(extraction: Extraction, figures: Iterable[Figure], scope: str) -> Iterator[Check]:
    """The checks of the tables, then those of the sentences' figures against the tables."""
    yield from check(extraction)
    for row in compare(figures, _known_cells(extraction), scope):
        yield Check(row.check, row.address, row.left, row.right, row.difference, row.verdict)


def _known_cells(extraction: Extraction) -> dict[tuple[str, str, str], Value | None]:
    """Stated values by address, None where a cell was not read; rows not printed are left out."""
    return {
        cell.address: cell.value if cell.status == STATED else None
        for cell in extraction.cells
        if cell.status != ABSENT and not cell.label
    }


def _whole(value: Value | None) -> int | None:
    return None if value is None else int(value)
