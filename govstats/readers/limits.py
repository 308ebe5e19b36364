"""What no report comes near: past these a file is a collection, a mistake or an attack.

The limits of size, pages and seconds are options of the command; the others are fixed. They
keep what a small file can make of itself (spans, merged cells, packed parts) in seconds and
megabytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from govstats.document import Grid, Line, ReportError

MEGABYTE = 1_000_000
# Pages of a PDF; the longest report seen has under 40, a longer file is a collection or an attack.
MOST_PAGES = 500
# Cells, and lines of text, of a whole report; the largest seen has some 2,000.
MOST_CELLS = 100_000
# Places of one table's grid: its cells as often as the rows and columns they cover.
MOST_PLACES = 1_000_000
# Tags of a web page; portal pages around a report have some 10,000.
MOST_TAGS = 500_000
# Rules that hide something times the elements that they are tried on.
MOST_MATCHES = 5_000_000
# Megabytes of XML that the parts of an office file unpack to; in memory they grow tenfold.
MOST_MARKUP = 20
# Merged ranges of one sheet; openpyxl compares each with all before it.
MOST_MERGED = 5_000

CUT_OUT = "cut out the report"


class PagesError(ReportError):
    """A file of more pages than are to be read (stage read): under another limit it may be read."""

    def __init__(self, pages: int, most: int) -> None:
        super().__init__(
            "read",
            f"has {pages} pages, more than {most}: {CUT_OUT}, or raise the limit with --max-pages",
        )
        self.most = most


def refuse(what: str) -> ReportError:
    """The error for a file past a limit (stage read)."""
    return ReportError("read", f"{what}: {CUT_OUT}")


def require_sane(blocks: Iterable[Line | Grid]) -> None:
    """Raise ReportError where a report has more cells and lines than `MOST_CELLS`."""
    count = 0
    for block in blocks:
        if isinstance(block, Line):
            count += 1 + block.text.count("\t") + block.text.count("|")
        else:
            count += sum(map(len, block.rows))
        if count > MOST_CELLS:
            raise refuse(f"has more than {MOST_CELLS:,} cells and lines")


def require_places(rows: Sequence[Sequence[tuple[str, int, int]]]) -> None:
    """Raise ReportError where rows of (text, height, width) cover more than `MOST_PLACES`."""
    # Each cell is listed in every row that it covers.
    if sum(max(1, height) * width for row in rows for _, height, width in row) > MOST_PLACES:
        raise refuse(f"has a table of more than {MOST_PLACES:,} places")
