"""Simulations too long for a notebook, as tables with their seed and the panel they belong to."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pandas as pd

from govstats.schemas import check_table, write_datapackage
from govstats.schemas.package import PACKAGE
from govstats.tables import processed_folder, read_table

SEED = 2026


class _Simulation(Protocol):
    def __call__(self, panel: pd.DataFrame, *, runs: int, seed: int) -> pd.DataFrame: ...


def command(
    name: str,
    about: str,
    simulate: _Simulation,
    shape_of: Callable[[pd.DataFrame], str],
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
