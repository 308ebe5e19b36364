"""The house style of figures: labels in two languages, kinds of figure, saving with numbers.

Needs the extra `notebooks`. The same figure gives the same bytes on every run: PDF, SVG and PNG,
with its numbers as CSV. Labels are English, or Chinese where the variable GOVSTATS_LANG is zh.
"""

from govstats.plots.draw import bounded, curves, forest, forest_figure, nothing, stacked
from govstats.plots.style import (
    BLACK,
    BLUE,
    GREY,
    SKY,
    VERMILION,
    YELLOW,
    figures_folder,
    save,
    source_line,
    use_style,
)
from govstats.plots.words import extent, language, say, short, source, term

__all__ = [
    "BLACK",
    "BLUE",
    "GREY",
    "SKY",
    "VERMILION",
    "YELLOW",
    "bounded",
    "curves",
    "extent",
    "figures_folder",
    "forest",
    "forest_figure",
    "language",
    "nothing",
    "save",
    "say",
    "short",
    "source",
    "source_line",
    "stacked",
    "term",
    "use_style",
]
