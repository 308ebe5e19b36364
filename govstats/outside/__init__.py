"""Statistics of other countries, of courts and of papers, and what of ours they stand beside.

Needs the extra `notebooks`.
"""

from govstats.outside.compare import beside, land_cases
from govstats.outside.draw import draw_bodies, draw_countries, draw_pairs, steps, words
from govstats.outside.read import (
    OutsideError,
    Published,
    laws,
    read_outside,
    read_published,
    read_sources,
)
from govstats.outside.reading import labels, reading
from govstats.outside.rows import by_body, cases, not_held
from govstats.outside.years import averages, by_year

__all__ = [
    "OutsideError",
    "Published",
    "averages",
    "beside",
    "by_body",
    "by_year",
    "cases",
    "draw_bodies",
    "draw_countries",
    "draw_pairs",
    "labels",
    "land_cases",
    "laws",
    "not_held",
    "read_outside",
    "read_published",
    "read_sources",
    "reading",
    "steps",
    "words",
]
