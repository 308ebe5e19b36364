"""Every layout by name: a report and a source of chance -> the bytes of a file."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from govstats.forms import STATISTICS

from .office import OFFICE
from .pages import PAGES
from .pdf import PDFS
from .reports import Report
from .text import TEXTS

Write = Callable[[Report, Random], bytes]


def _encoded(write: Callable[[Report, Random], str]) -> Write:
    return lambda report, rng: write(report, rng).encode()


LAYOUTS: dict[str, Write] = {
    **{f"text_{name}": _encoded(write) for name, write in TEXTS.items()},
    **PAGES,
    **OFFICE,
    **PDFS,
}
# Reports of the years before 2019 have one table, of one number a row or two: in these layouts.
EARLIER = {
    f"{table}_{name}": table
    for table in STATISTICS
    for name in (
        *("text_tabs_bare", "text_pipes_empty", "text_gapped_lines_1", "text_dump_after"),
        *("text_dump_before", "html_spans", "html_empty", "xlsx_merged", "xlsx_plain"),
    )
}
LAYOUTS |= {name: LAYOUTS[name.removeprefix(f"{table}_")] for name, table in EARLIER.items()}
# Here a number stands under its head; elsewhere the order of heads in two lines is lost.
GRIDS = frozenset({*PAGES, *OFFICE, *PDFS}) | {
    name for name, table in EARLIER.items() if "text" not in name
}
