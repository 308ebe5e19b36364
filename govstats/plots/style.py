"""Colours and settings of the house style, and saving a figure with its numbers."""

from __future__ import annotations

import os
import warnings
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govstats.plots.words import language, say

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

# Okabe and Ito's colours in an order whose greys differ too; sky blue prints light, vermilion dark.
BLACK, BLUE, VERMILION, SKY, YELLOW = "#000000", "#0072B2", "#D55E00", "#56B4E9", "#F0E442"
GREY = "#8C8C8C"

_STYLE: dict[Any, Any] = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": "medium",
    "figure.constrained_layout.use": True,
    "figure.dpi": 110,
    "font.size": 9,
    "legend.frameon": False,
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    # Without a salt of its own, matplotlib gives the parts of an SVG new names on every run.
    "svg.hashsalt": "govstats",
}
# Dates and versions would change the bytes from one machine to the next.
_METADATA: dict[str, dict[str, None]] = {
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "svg": {"Creator": None, "Date": None},
    "png": {"Software": None},
}
_LATIN = "DejaVu Sans"
# The wheel of mplfonts carries other faces too; only this one (SIL Open Font License) is used.
_PACKAGED = "NotoSansCJKsc-Regular.otf"
_NAME = "Noto Sans CJK SC of mplfonts"
_INSTALLED = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Micro Hei")


def figures_folder() -> Path:
    """Where figures go: `figures`, or beside the data that GOVSTATS_DATA names; Chinese in `zh`."""
    own = os.environ.get("GOVSTATS_DATA")
    folder = Path(own) / "figures" if own else Path("figures")
    return folder / "zh" if language() == "zh" else folder


@cache
def _cjk() -> str:
    """Name of the CJK font, or "" where none is found."""
    from matplotlib import font_manager

    package = find_spec("mplfonts")
    file = (
        Path(package.origin).with_name("fonts") / _PACKAGED if package and package.origin else None
    )
    if file and file.is_file():
        # Under a name of its own: an installed font of the same name would give other bytes.
        font_manager.fontManager.addfont(file)
        entries = font_manager.fontManager.ttflist
        entry = next(each for each in entries if each.fname == str(file))
        entries.append(replace(entry, name=_NAME))
        return _NAME
    known = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in _INSTALLED if name in known), "")


def use_style() -> None:
    """Set the house style for every figure that follows.

    Raises ValueError when labels are to be Chinese and there is no font for them.
    """
    import matplotlib.pyplot as plt
    import numpy as np

    # Seaborn scatters crowded points by numpy's own generator.
    np.random.seed(0)
    cjk = _cjk()
    if language() == "zh" and not cjk:
        raise ValueError(
            "no font for Chinese labels: install the package mplfonts (extra notebooks) or one of "
            + ", ".join(_INSTALLED)
        )
    families = [_LATIN, cjk] if language() == "en" else [cjk, _LATIN]
    plt.rcdefaults()
    plt.rcParams.update(_STYLE | {"font.family": [name for name in families if name]})


def source_line(figure: Figure, text: str) -> None:
    """Write under the figure where its numbers are from."""
    head = say("Source: ", "来源：")
    figure.supxlabel(head + text, x=0.01, ha="left", fontsize=7, color="#555555")


def save(figure: Figure, name: str, numbers: pandas.DataFrame, folder: Path) -> None:
    """Write folder/name as .pdf, .svg, .png and its numbers as .csv.

    Raises ValueError when a character has no glyph in the font, so that no box is ever printed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*[Gg]lyph.*missing.*")
        for kind, metadata in _METADATA.items():
            try:
                figure.savefig(folder / f"{name}.{kind}", metadata=metadata, dpi=200)
            except UserWarning as missing:
                raise ValueError(
                    f"figure {name}: {missing}; choose a font that has it"
                ) from missing
    numbers.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
