"""Where the outputs of notebooks and of the paper stand."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from govstats.plots.style import figures_folder
from govstats.plots.words import language
from govstats.tables import processed_folder

if TYPE_CHECKING:
    import pandas


def tables_folder() -> Path:
    """Where tables go: `tables`, or beside the data that GOVSTATS_DATA names; Chinese in `zh`."""
    return _folder("tables")


def paper_folder() -> Path:
    """Where numbers, lists and the manifest go: `paper`, by the same rule."""
    return _folder("paper")


def notebooks_folder() -> Path:
    """Where notebooks that were run go: `notebooks`, over those shipped, or by the same rule."""
    return _folder("notebooks")


def _folder(name: str) -> Path:
    folder = Path(os.environ.get("GOVSTATS_DATA", ""), name)
    return folder / "zh" if language() == "zh" else folder


def find(name: str) -> Path:
    """The file that a list of the paper calls figures/X, tables/X, processed/X or raw/X."""
    kind, _, rest = name.partition("/")
    if kind == "raw":
        return Path("data/raw", rest)
    known = {"figures": figures_folder, "tables": tables_folder, "processed": processed_folder}
    return known[kind]() / rest


def sha256(path: Path) -> str:
    """Hash of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def keep(rows: pandas.DataFrame, name: str, folder: Path) -> pandas.DataFrame:
    """Write folder/name.csv: the numbers of a table that no figure shows; return them as given."""
    folder.mkdir(parents=True, exist_ok=True)
    rows.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    return rows
