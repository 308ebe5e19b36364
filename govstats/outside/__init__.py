"""Statistics of other countries, of courts and of papers, and what of ours they stand beside.

Needs the extra `notebooks`.
"""

from govstats.outside.compare import beside, labels, land_cases
from govstats.outside.read import (
    OutsideError,
    Published,
    laws,
    read_outside,
    read_published,
    read_sources,
)
from govstats.outside.years import averages, by_year

__all__ = [
    "OutsideError",
    "Published",
    "averages",
    "beside",
    "by_year",
    "labels",
    "land_cases",
    "laws",
    "read_outside",
    "read_published",
    "read_sources",
]
