"""The examples in docstrings are run; modules without one are not imported for it."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "govstats"
# These import what only an extra brings.
EXTRAS = {"readers.scan": "onnxruntime", "batch": "dask", "models": "scipy"}


def _name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = sorted(
    _name(path) for path in PACKAGE.rglob("*.py") if ">>> " in path.read_text(encoding="utf-8")
)


def test_there_are_examples():
    assert len(MODULES) >= 20


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name, monkeypatch):
    monkeypatch.delenv("GOVSTATS_LANG", raising=False)
    for part, needed in EXTRAS.items():
        if name.startswith(f"govstats.{part}"):
            pytest.importorskip(needed)
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert result.attempted > 0
    assert result.failed == 0
