"""Make what a paper takes in, or say what a run has changed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from govstats.paper import changes, contents, manifest, numbers, tables
from govstats.paper.folders import find, paper_folder
from govstats.plots.words import language

_STEPS = ("make", "remember", "tell")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one step; the exit status is 1 where the vocabulary and the outputs do not agree."""
    parser = argparse.ArgumentParser(prog="python -m govstats.paper", description=__doc__)
    parser.add_argument("step", nargs="?", choices=_STEPS, default="make")
    step = parser.parse_args(arguments).step
    if step == "remember":
        changes.remember()
    elif step == "tell":
        print("".join(f"{line}\n" for line in changes.since().lines()), end="")
        changes.forget()
    else:
        return make()
    return 0


def make() -> int:
    """Write tables, numbers and lists, bring the manifest up to date; return the exit status."""
    made: dict[Path, list[Path]] = {}
    said = contents.lacking()
    try:
        for item in contents.items():
            if item.kind == "table":
                name = tables.source(item.entry)
                made |= {path: [find(name)] for path in tables.write(item.entry, item.number)}
        if language() == "en":
            # Rows are chosen by their English names, and numbers are the same in any language.
            quoted = numbers.quoted()
            sources = [find(name) for name in dict.fromkeys(q["file"] for q in quoted.values())]
            made |= dict.fromkeys(numbers.write(paper_folder(), quoted), sources)
            said += _lacking(quoted)
        made |= dict.fromkeys(contents.write(paper_folder()), [])
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    manifest.derive(made)
    print("".join(f"{line}\n" for line in said + manifest.problems()), end="")
    return 0


def _lacking(quoted: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Numbers that cannot be had, a line a reason."""
    why: dict[str, list[str]] = {}
    for name, number in quoted.items():
        if "why" in number:
            why.setdefault(f"{number['why']}: {number['file']}", []).append(name)
    return [f"{reason} ({', '.join(names)})" for reason, names in why.items()]


if __name__ == "__main__":
    sys.exit(main())
