"""Committed notebooks were run fresh from top to bottom and name no path of a machine."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from govstats.paper import manifest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
LONGEST_CELL = 16
MOST_LINES = 120


def _code(path: Path) -> list[dict]:
    return [
        c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"
    ]


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_run_fresh_without_error(path):
    cells = _code(path)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]
    assert str(Path.home()) not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_not_edited_since_it_was_run(path):
    told = _manifest()["notebooks"][path.stem]
    assert told["sha256"] == manifest.sha256(path), f"{path.name} has changed: make reproduce"


def _manifest() -> dict:
    return json.loads((ROOT / "paper" / manifest.NAME).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_are_short(path):
    lengths = [len("".join(cell["source"]).splitlines()) for cell in _code(path)]
    assert max(lengths) <= LONGEST_CELL
    assert sum(lengths) <= MOST_LINES


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_announced_was_written_and_nothing_else(path):
    first = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    announced = re.findall(r"`((?:figures|tables)/[^`]*)`", first.partition("Writes")[2])
    written = {
        name.rpartition(".")[0]
        for name, file in _manifest()["files"].items()
        if file["notebook"] == path.stem and "made_from" not in file
    }
    assert set(announced) == written
    assert len(announced) == len(written)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_figures_announced_are_there_and_no_others(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    announced = {
        part.split("/")[1]
        for part in "".join(cells[0]["source"]).split("`")
        if part.startswith("figures/")
    }
    found = {figure.stem for figure in (ROOT / "figures").glob(f"{path.stem[:2]}_*")}
    assert announced == found
    for name in announced:
        assert {p.suffix for p in (ROOT / "figures").glob(f"{name}.*")} == {
            ".pdf",
            ".svg",
            ".png",
            ".csv",
        }
