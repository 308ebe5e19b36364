"""The word lists of vocabulary/issuers.toml, and the patterns built from them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from govstats import vocabulary


def words() -> dict[str, Any]:
    """The whole file as a dict; read once."""
    return vocabulary.words("issuers.toml")


@cache
def pattern(section: str, key: str) -> re.Pattern[str]:
    """One pattern from the string or list of strings at [section] key; KeyError if missing."""
    value = words()[section][key]
    return re.compile(value if isinstance(value, str) else "|".join(value))
