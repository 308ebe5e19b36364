"""The word lists of vocabulary/issuers.toml, and the patterns built from them."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def words() -> dict[str, Any]:
    """The whole file as a dict; read once."""
    source = files("govstats") / "vocabulary" / "issuers.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def pattern(section: str, key: str) -> re.Pattern[str]:
    """One pattern from the string or list of strings at [section] key; KeyError if missing."""
    value = words()[section][key]
    return re.compile(value if isinstance(value, str) else "|".join(value))
