"""Every layout by name: a report and a source of chance -> the bytes of a file."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

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
# Here a number stands under its head; elsewhere the order of heads in two lines is lost.
GRIDS = frozenset({*PAGES, *OFFICE, *PDFS})
