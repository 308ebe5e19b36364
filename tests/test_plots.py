"""Figures come with their numbers, the same bytes each time, and never with an empty box."""

from __future__ import annotations

import matplotlib
import pandas as pd
import pytest

matplotlib.use("Agg")

from matplotlib import pyplot as plt  # noqa: E402

from govstats import plots  # noqa: E402


def _figure(title: str):
    plots.use_style()
    figure, axis = plt.subplots()
    axis.plot([1, 2], [3, 4])
    axis.set_title(title)
    plt.close(figure)
    return figure


def test_bytes_are_the_same_each_time(tmp_path):
    numbers = pd.DataFrame({"x": [1, 2], "y": [3, 4]})
    for folder in ("1", "2"):
        plots.save(_figure("a"), "f", numbers, tmp_path / folder)
    files = sorted(path.name for path in (tmp_path / "1").iterdir())
    assert files == ["f.csv", "f.pdf", "f.png", "f.svg"]
    for name in files:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
    assert (tmp_path / "1" / "f.csv").read_text() == "x,y\n1,3\n2,4\n"


def test_a_missing_glyph_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="choose a font that has it"):
        plots.save(_figure("不掌握"), "f", pd.DataFrame(), tmp_path)
