"""Numbers that a text quotes, as named macros: from the files that notebooks wrote."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govstats import vocabulary
from govstats.paper.folders import find

if TYPE_CHECKING:
    import pandas

UNKNOWN = "??"
_UNFIT = "no row of the file fits"
# Of TeX: a command is letters only.
_NAME = re.compile(r"[A-Z][A-Za-z]+")
_SUFFIXES = {"value": "", "low": "Low", "high": "High", "n": "N"}


def quoted() -> dict[str, dict[str, Any]]:
    """Every number of vocabulary/numbers.toml by name.

    Keys: value, low, high (texts, as printed), exact, n, level, caveats, unit, notebook, file, row,
    take, sample; only those that the row has: bounds, for instance, are without a value. A number
    that cannot be had has the value ?? and a key `why`. Raises ValueError for a name that cannot be
    a macro or stands twice, for a column that is not there, and where several rows fit.
    """
    found: dict[str, dict[str, Any]] = {}
    for group in vocabulary.words("numbers.toml")["from"]:
        rows = _rows(find(group["file"]))
        for name, where in group["numbers"].items():
            if not _NAME.fullmatch(name) or name in found:
                raise ValueError(f"numbers.toml: {name} is no name of letters, or stands twice")
            found[name] = _number(name, group, group.get("where", {}) | where, rows)
    return found


def _rows(path: Path) -> pandas.DataFrame | None:
    import pandas

    return pandas.read_csv(path, keep_default_na=False, na_values=[""]) if path.is_file() else None


def _number(
    name: str, group: Mapping[str, Any], where: dict[str, Any], rows: pandas.DataFrame | None
) -> dict[str, Any]:
    told = {key: group[key] for key in ("unit", "notebook", "file", "sample")}
    told |= {"row": where, "take": group.get("take", "the row")}
    if rows is None:
        return {"value": UNKNOWN, **told, "why": "the file is not there"}
    lacking = [column for column in where if column not in rows]
    unfit = {"value": UNKNOWN, **told, "why": group.get("why", _UNFIT)}
    if lacking and rows.empty:  # with no rows a file may lack columns too
        return unfit
    if lacking:
        raise ValueError(f"numbers.toml: {name}: {group['file']} has no column {lacking[0]}")
    for column, value in where.items():
        rows = rows[rows[column].isin(value if isinstance(value, list) else [value])]
    if group.get("take"):
        return {**_taken(rows, group), **told}
    if len(rows) > 1:
        raise ValueError(f"numbers.toml: {name} fits {len(rows)} rows of {group['file']}")
    if rows.empty:
        return unfit
    return {**_single(rows, group), **told}


def _taken(rows: pandas.DataFrame, group: Mapping[str, Any]) -> dict[str, Any]:
    """One number of several rows, such as their sum or how many they are."""
    if group["take"] == "size":
        return {"value": str(len(rows)), "exact": len(rows)}
    exact = float(getattr(rows.eval(group.get("value", "estimate")), group["take"])())
    found = {"value": printed(exact, group.get("digits", 0)), "exact": exact}
    return (
        found
        if not math.isnan(exact)
        else {"value": UNKNOWN, "why": group.get("why", "there are no rows")}
    )


def _single(rows: pandas.DataFrame, group: Mapping[str, Any]) -> dict[str, Any]:
    """The number of one row with its interval and reports, where the row has them."""
    scale, digits = group.get("scale", 1), group.get("digits", 0)
    parts = {"value": group.get("value", "estimate")}
    if with_interval := group.get("interval", True):
        parts |= {part: part for part in ("low", "high") if part in rows}
    given = {part: scale * float(rows.eval(column).iloc[0]) for part, column in parts.items()}
    found: dict[str, Any] = {part: printed(x, digits) for part, x in given.items()}
    found = {part: text for part, text in found.items() if text != UNKNOWN}
    if "value" in found:
        found["exact"] = given["value"]
    elif "low" not in found:
        found |= {"value": UNKNOWN, "why": "the row gives no number"}
    if "caveats" in rows and isinstance(rows["caveats"].iloc[0], str):
        found["caveats"] = rows["caveats"].iloc[0]
    for key, column in (("n", group.get("n", "n")), ("level", "level")):
        # In some tables `level` is that of a government.
        held = with_interval and column in rows and rows[column].dtype.kind in "fi"
        if held and not math.isnan(rows[column].iloc[0]):
            found[key] = float(rows[column].iloc[0])
    return found


def printed(number: float, digits: int) -> str:
    """A number as a text gives it, with so many decimals; ?? where there is none.

    >>> printed(25.336, 1), printed(-0.01, 0), printed(float("nan"), 0)
    ('25.3', '0', '??')
    """
    if math.isnan(number):
        return UNKNOWN
    text = f"{number:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def macros(numbers: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Every macro and what it prints: the name for the value, with Low, High and N for the rest.

    A limit that there is not is no macro, so that a text which asks for it fails.
    """
    return {macro: text for name, each in numbers.items() for macro, text in _named(name, each)}


def _named(name: str, number: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, suffix in _SUFFIXES.items():
        if key in number:
            yield name + suffix, f"{number[key]:.0f}" if key == "n" else number[key]


def write(folder: Path, numbers: Mapping[str, Mapping[str, Any]]) -> list[Path]:
    """Write numbers.json and numbers.tex; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(numbers, ensure_ascii=False, indent=1, sort_keys=True)
    paths = [folder / "numbers.json", folder / "numbers.tex"]
    paths[0].write_text(text + "\n", encoding="utf-8", newline="\n")
    lines = ["% Which row of which file each is: numbers.json. Low, High: 95 % interval or bounds."]
    for name in sorted(numbers):
        number = numbers[name]
        lines.append(f"% {number['file']}: {number['unit']}; {number['sample']}")
        lines += [f"\\newcommand{{\\{m}}}{{{text}}}" for m, text in _named(name, number)]
    paths[1].write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return paths
