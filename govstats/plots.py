"""The house style of figures, and saving one as PDF, SVG and PNG with the numbers it shows.

Needs the extra `notebooks`. The same figure gives the same bytes on every run.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    "font.family": "DejaVu Sans",
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


def figures_folder() -> Path:
    """Where figures go: `figures`, or beside the data that GOVSTATS_DATA names."""
    own = os.environ.get("GOVSTATS_DATA")
    return Path(own) / "figures" if own else Path("figures")


def use_style() -> None:
    """Set the house style for every figure that follows."""
    import matplotlib.pyplot as plt
    import numpy as np

    # Seaborn scatters crowded points by numpy's own generator.
    np.random.seed(0)
    plt.rcdefaults()
    plt.rcParams.update(_STYLE)


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
