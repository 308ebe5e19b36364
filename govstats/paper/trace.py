"""Which files a notebook opens: noted by the interpreter itself, while the notebook runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

# notebooks/execute.py makes each kernel begin with this.
BEGIN = "import govstats.paper.trace as _trace; _trace.watch()"
VARIABLE = "GOVSTATS_TRACE"


def watch() -> None:
    """Append every file that is opened from now on to the file that GOVSTATS_TRACE names.

    A line is `r` or `w`, a tab, and the absolute path. Files that a C library opens by itself
    (Parquet) are not seen.
    """
    if not (into := os.environ.pop(VARIABLE, "")):
        return
    stream = Path(into).open("a", encoding="utf-8", buffering=1, newline="\n")  # noqa: SIM115
    seen: set[str] = set()

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or not isinstance(arguments[0], str | os.PathLike):
            return
        mode = arguments[1] if isinstance(arguments[1], str) else "r"
        way = "w" if set(mode) & set("wax+") else "r"
        line = f"{way}\t{os.path.abspath(arguments[0])}\n"
        if line not in seen:
            seen.add(line)
            stream.write(line)

    sys.addaudithook(note)
