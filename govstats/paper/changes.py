"""What a run has changed: rows of processed tables, figures, tables and macros."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from govstats.paper import numbers
from govstats.paper.folders import paper_folder, sha256, tables_folder
from govstats.plots.style import figures_folder
from govstats.schemas import fields
from govstats.tables import processed_folder

# Not kept in git; there only while a run is on, or after one that failed.
BEFORE = Path(".make/before")
_HASHES = "hashes.json"
_NUMBERS = "numbers.json"
# More columns than these are only counted.
_MOST = 6

Row = tuple[str, ...]


@dataclass
class Rows:
    """Changes of one table: how many rows were added and removed, and keys -> changed columns."""

    added: int = 0
    removed: int = 0
    changed: dict[Row, list[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass
class Changes:
    """What differs: processed tables by name, figures and tables by stem, macros by name."""

    processed: dict[str, Rows]
    figures: list[str]
    tables: list[str]
    macros: list[str]

    def lines(self) -> list[str]:
        """The changes as lines to print, none where there are none."""
        said = [f"{name}: {_told(rows)}" for name, rows in self.processed.items()]
        lists = {"figures": self.figures, "tables": self.tables, "macros": self.macros}
        return said + [f"{kind}: {', '.join(names)}" for kind, names in lists.items() if names]


def remember(folder: Path = BEFORE) -> None:
    """Keep what is there now, unless a run that did not end has left something to compare with."""
    if folder.is_dir():
        return
    partial = folder.with_name(folder.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for file in processed_folder().glob("*.csv"):
        shutil.copyfile(file, partial / file.name)
    (partial / _HASHES).write_text(json.dumps(_outputs()), encoding="utf-8")
    if (found := paper_folder() / _NUMBERS).is_file():
        shutil.copyfile(found, partial / _NUMBERS)
    partial.rename(folder)


def since(folder: Path = BEFORE) -> Changes:
    """What has changed since `remember`; nothing where nothing was kept."""
    if not folder.is_dir():
        return Changes({}, [], [], [])
    hashes = json.loads((folder / _HASHES).read_text(encoding="utf-8"))
    stems = {kind: _stems(hashes[kind], now) for kind, now in _outputs().items()}
    macros = [_macros(folder / _NUMBERS), _macros(paper_folder() / _NUMBERS)]
    names = sorted(
        n for n in macros[0].keys() | macros[1].keys() if macros[0].get(n) != macros[1].get(n)
    )
    return Changes(dict(_tables(folder)), stems["figures"], stems["tables"], names)


def forget(folder: Path = BEFORE) -> None:
    """Remove what `remember` kept."""
    shutil.rmtree(folder, ignore_errors=True)


def _outputs() -> dict[str, dict[str, str]]:
    folders = {"figures": figures_folder(), "tables": tables_folder()}
    return {
        kind: {file.name: sha256(file) for file in sorted(folder.glob("*.*"))}
        for kind, folder in folders.items()
    }


def _stems(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    differing = {n for n in before.keys() | now.keys() if before.get(n) != now.get(n)}
    return sorted({Path(name).stem for name in differing})


def _macros(path: Path) -> dict[str, str]:
    return numbers.macros(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _tables(folder: Path) -> Iterator[tuple[str, Rows]]:
    now = {file.name: file for file in processed_folder().glob("*.csv")}
    before = {file.name: file for file in folder.glob("*.csv")}
    renamed = _new_ids(before.get("reports.csv"), now.get("reports.csv"))
    for name in sorted(before.keys() | now.keys()):
        if found := compare(name, _read(before.get(name), renamed), _read(now.get(name), {})):
            yield name, found


def _new_ids(before: Path | None, now: Path | None) -> dict[str, str]:
    """Old to new report_id of reports whose file has changed: the id is of the file's bytes."""
    ids = [
        {row[1]: row[0] for row in _read(path, {})[1:]} if path else {} for path in (before, now)
    ]
    return {old: ids[1][name] for name, old in ids[0].items() if ids[1].get(name, old) != old}


def _read(path: Path | None, renamed: Mapping[str, str]) -> list[Row]:
    if path is None:
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [tuple(row) for row in csv.reader(stream)]
    return [tuple(_renamed(cell, renamed) for cell in row) for row in rows] if renamed else rows


def _renamed(cell: str, renamed: Mapping[str, str]) -> str:
    for old, new in renamed.items():
        cell = cell.replace(old, new)
    return cell


def compare(name: str, before: Sequence[Row], now: Sequence[Row]) -> Rows:
    """Rows added, removed and changed between two versions of a table, heads included.

    A row is known by the key of fields.toml, or else by the fewest first columns that tell all rows
    apart, numbers left out; rows that these do not tell apart are taken in their order.
    """
    heads = (before[:1] or [()])[0], (now[:1] or [()])[0]
    old, new = Counter(before[1:]), Counter(now[1:])
    gone, come = list((old - new).elements()), list((new - old).elements())
    if heads[0] != heads[1] or not gone or not come:
        return Rows(len(come), len(gone))
    columns = _key(name.removesuffix(".csv"), heads[0], before[1:], now[1:])
    ways = [_by_key(rows, columns) for rows in (gone, come)]
    both = [key for key in ways[0] if key in ways[1]]
    changed = {
        key: [h for h, a, b in zip(heads[0], ways[0][key], ways[1][key], strict=True) if a != b]
        for key in both
    }
    return Rows(len(come) - len(both), len(gone) - len(both), changed)


def _by_key(rows: Sequence[Row], columns: Sequence[int]) -> dict[Row, Row]:
    found: dict[Row, Row] = {}
    for row in rows:
        key = tuple(row[column] for column in columns)
        alike = sum(other[: len(key)] == key for other in found)
        found[(*key, f"#{alike + 1}") if alike else key] = row
    return found


def _key(name: str, head: Row, *versions: Sequence[Row]) -> list[int]:
    known = fields.table(name) if name in fields.names() else None
    if known and known.key and set(known.key) <= set(head):
        return [head.index(column) for column in known.key]
    figures = [f.name for f in known.fields if f.type == "number"] if known else []
    most = next((place for place, column in enumerate(head) if column in figures), len(head))
    for many in range(1, most):
        if all(len({row[:many] for row in rows}) == len(rows) for rows in versions):
            return list(range(many))
    return list(range(most))


def _told(rows: Rows) -> str:
    parts = []
    if rows.changed:
        columns = list(dict.fromkeys(c for each in rows.changed.values() for c in each))
        named = ", ".join(columns) if len(columns) <= _MOST else f"{len(columns)} columns"
        parts.append(f"{_rows(len(rows.changed))} changed ({named})")
    parts += [f"{_rows(rows.added)} added"] if rows.added else []
    parts += [f"{_rows(rows.removed)} removed"] if rows.removed else []
    return ", ".join(parts)


def _rows(many: int) -> str:
    return f"{many} row{'s' * (many != 1)}"
