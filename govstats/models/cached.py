"""Simulations too long for a notebook, as tables with their seed and the panel they belong to."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import pandas as pd

from govstats.models.simulate import shape_of
from govstats.schemas import check_table, write_datapackage
from govstats.schemas.package import PACKAGE
from govstats.tables import columns, processed_folder, read_table

SEED = 2026


class Cached(NamedTuple):
    """A cached table (empty where there is none for this panel), and a sentence on it."""

    table: pd.DataFrame
    said: str


def read_cached(name: str, panel: pd.DataFrame, folder: Path) -> Cached:
    """The table calibration or power of a folder, if it was made from this panel's reports.

    Otherwise no rows, and the command that makes them: another panel's results say nothing here.
    """
    redo = f"`python -m govstats.models.{name} --panel {folder} --out {folder}/{name}.csv`"
    if not (folder / f"{name}.csv").is_file():
        return Cached(_empty(name), f"Not simulated for these reports yet: run {redo}.")
    table = read_table(name, folder)
    if set(table["shape"]) != {shape_of(panel)}:
        said = f"Simulated for other reports than these, so not shown: run {redo}."
        return Cached(table.iloc[:0], said)
    runs, seed = int(table["runs"].max()), int(table["seed"].iloc[0])
    return Cached(table, f"Up to {runs} simulated collections, seed {seed}; again with {redo}.")


def misses(panel: pd.DataFrame, folder: Path, scenarios: Sequence[str]) -> str:
    """A sentence on the methods that keep less than they promise in these scenarios.

    With the share of simulated collections in which an interval covers (at least 93 % wanted) or a
    test rejects without reason (at most 7 %), and its Clopper-Pearson limits.
    """
    table, said = read_cached("calibration", panel, folder)
    rows = table[table["scenario"].isin(scenarios) & (table["passes"] == "no")]
    words = {"coverage": "covers in", "rejection": "rejects without reason in"}
    each = [
        f"{row.name_} ({row.scenario}) {words[row.measure]} {100 * row.value:.0f} % "
        f"({100 * row.low:.0f} to {100 * row.high:.0f})"
        for row in rows.rename(columns={"name": "name_"}).itertuples()
    ]
    if table.empty:
        return f"Whether the methods hold at this size is not known. {said}"
    return f"Simulated at this size, these miss what they promise: {'; '.join(each) or 'none'}."


def _empty(name: str) -> pd.DataFrame:
    kinds = {
        column: "float64" if kind != "string" else "str" for column, kind in columns(name).items()
    }
    return pd.DataFrame({column: pd.Series(dtype=kind) for column, kind in kinds.items()})


class _Simulation(Protocol):
    def __call__(self, panel: pd.DataFrame, *, runs: int, seed: int) -> pd.DataFrame: ...


def command(
    name: str,
    about: str,
    simulate: _Simulation,
    arguments: list[str] | None = None,
) -> int:
    """Run a simulation from the command line and write its table with columns seed and shape.

    A data package that stands beside the file is brought up to date, as it holds the file's hash.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--out", type=Path, required=True, help="CSV to write")
    parser.add_argument("--panel", type=Path, default=processed_folder(), help="folder of tables")
    parser.add_argument("--runs", type=int, default=400, help="made-up collections a scenario")
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args(arguments)
    # Said before the simulation, which may take an hour.
    if not given.out.parent.is_dir():
        parser.error(f"{given.out.parent} is no folder: make it, or choose another --out")
    if given.runs < 1:
        parser.error("--runs must be 1 or more")
    panel = read_table("panel", given.panel)
    found = simulate(panel, runs=given.runs, seed=given.seed)
    found = found.assign(seed=given.seed, shape=shape_of(panel))
    check_table(name, found).round(4).to_csv(given.out, index=False, lineterminator="\n")
    if given.out.name == f"{name}.csv" and (given.out.parent / PACKAGE).is_file():
        write_datapackage(given.out.parent)
    return 0
