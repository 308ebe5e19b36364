"""The house style of figures, and saving one as PDF, SVG and PNG with the numbers it shows.

Needs the extra `notebooks`. The same figure gives the same bytes on every run. Labels are English,
or Chinese where the variable GOVSTATS_LANG is zh.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govstats import vocabulary

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes
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
_INSTALLED = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Micro Hei")
_LANGUAGES = ("en", "zh")


def language() -> str:
    """Return the language of labels: en, or what GOVSTATS_LANG says (en or zh).

    Raises ValueError for any other.
    """
    chosen = os.environ.get("GOVSTATS_LANG") or "en"
    if chosen not in _LANGUAGES:
        raise ValueError(f"GOVSTATS_LANG is {chosen}: set it to {' or '.join(_LANGUAGES)}")
    return chosen


def say(english: str, chinese: str = "") -> str:
    """Return the label in the language of the figures.

    Chinese is `chinese` or the row of vocabulary/labels.csv. Raises ValueError where neither is.
    """
    if language() == "en":
        return english
    if not (found := chinese or _labels().get(english, "")):
        raise ValueError(f'no Chinese for the label "{english}": add it to vocabulary/labels.csv')
    return found


@cache
def _labels() -> dict[str, str]:
    return {row["en"]: row["zh"] for row in vocabulary.table("labels.csv")}


@cache
def _terms() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in vocabulary.table("terms.csv")}


def term(code: str) -> str:
    """Return what a code of the panel (scope, level, kind of organ, reply) is called in a figure.

    A code without a name of its own (a year, a place) is returned as it is.
    """
    named = _terms().get(str(code))
    return named[language()] if named else str(code)


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
        font_manager.fontManager.addfont(file)
        return str(font_manager.FontProperties(fname=file).get_name())
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


def forest(
    axis: Axes,
    rows: pandas.DataFrame,
    labels: Sequence[str],
    *,
    ratio: bool = False,
    count: str = "n",
) -> None:
    """Draw tidy results from top to bottom: dot, interval, and how many reports stand behind.

    rows: columns estimate, low, high and `count`. A row without a point is drawn as limits only, in
    grey; a row without limits as its point, hollow; a row with neither is said to be not estimable.
    ratio: log axis with a line at 1.
    """
    middle, low, high = (rows[name].astype(float) for name in ("estimate", "low", "high"))
    beside: dict[str, Any] = {
        "transform": axis.get_yaxis_transform(),
        "va": "center",
        "fontsize": 8,
    }
    if ratio:
        _log_axis(axis)
    for place, (point, least, most, n) in enumerate(
        zip(middle, low, high, rows[count], strict=True)
    ):
        known, limits = not isnan(point), not (isnan(least) or isnan(most))
        colour = BLUE if known else GREY
        if limits:
            axis.hlines(place, least, most, color=colour, linewidth=2)
        if known:
            face = colour if limits else "white"
            axis.scatter(point, place, s=22, color=face, edgecolor=colour, zorder=3)
        said = f"n = {n:.0f}" if known or limits else say("cannot be estimated", "无法估计")
        axis.text(1.02, place, said, **beside)
    axis.set_yticks(range(len(rows)), list(labels))
    axis.set_ylim(max(len(rows), 1) - 0.5, -0.5)


def _log_axis(axis: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axis.set_xscale("log")
    axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.axvline(1, color=GREY, linewidth=0.8, zorder=0)


def forest_figure(
    rows: pandas.DataFrame,
    labels: Sequence[str],
    said: str,
    source: str,
    *,
    limits: tuple[float, float] | None = None,
    ratio: bool = False,
    count: str = "n",
) -> Figure:
    """Return a figure of its own for `forest`: `said` under the axis, limits of the axis."""
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(6.6, 0.27 * max(len(rows), 1) + 0.95))
    forest(axis, rows, labels, ratio=ratio, count=count)
    axis.set(xlabel=said)
    if limits:
        axis.set_xlim(*limits)
        _arrows(axis, rows, limits[1])
    source_line(figure, source)
    return figure


def _arrows(axis: Axes, rows: pandas.DataFrame, most: float) -> None:
    """An interval that is cut by the axis must not look as if it ended there."""
    import numpy as np

    for place in np.flatnonzero(rows["high"].astype(float) > most):
        axis.scatter(most, place, marker=">", s=28, color=BLUE, clip_on=False, zorder=3)


def source(rows: pandas.DataFrame, sample: str) -> str:
    """Return for the source line how many reports of which years stand in a figure."""
    years = rows["year"].dropna().astype(int)
    span = f"{years.min()}-{years.max()}" if len(years) else "-"
    said = say("{} annual reports of {} held by govstats, {}", "govstats所收{}份年度报告（{}），{}")
    return said.format(len(rows), span, sample)


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
