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
_WIDEST = 26
_CJK_FROM = 0x2E80


def language() -> str:
    """Return the language of labels: en, or what GOVSTATS_LANG says (en or zh).

    Raises ValueError for any other.
    """
    chosen = os.environ.get("GOVSTATS_LANG") or "en"
    if chosen not in _LANGUAGES:
        raise ValueError(f"GOVSTATS_LANG is {chosen}: set it to {' or '.join(_LANGUAGES)}")
    return chosen


def say(english: str, chinese: str) -> str:
    """Return the label in the language of the figures."""
    return chinese if language() == "zh" else english


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
    count: str | None = "n",
) -> None:
    """Draw tidy results from top to bottom: dot, interval, and how many reports stand behind.

    rows: columns estimate, low, high and `count`. A row without a point is drawn as limits only, in
    grey; a row without limits as its point, hollow; a row with neither is said to be not estimable;
    no row at all is said too. ratio: log axis with a line at 1. count: None where n stands
    elsewhere.
    """
    if not len(rows):
        nothing(axis)
        return
    middle, low, high = (rows[name].astype(float) for name in ("estimate", "low", "high"))
    beside: dict[str, Any] = {
        "transform": axis.get_yaxis_transform(),
        "va": "center",
        "fontsize": 8,
    }
    if ratio:
        axis.set_xscale("log")
        axis.axvline(1, color=GREY, linewidth=0.8, zorder=0)
    for place, (point, least, most, n) in enumerate(
        zip(middle, low, high, rows[count] if count else [None] * len(rows), strict=True)
    ):
        known, limits = not isnan(point), not (isnan(least) or isnan(most))
        colour = BLUE if known else GREY
        if limits:
            axis.hlines(place, least, most, color=colour, linewidth=2)
        if known:
            face = colour if limits else "white"
            axis.scatter(point, place, s=22, color=face, edgecolor=colour, zorder=3)
        said = "" if n is None else f"n = {n:.0f}"
        if not (known or limits):
            said = say("cannot be estimated", "无法估计")
        axis.text(1.01, place, said, **beside)
    axis.set_yticks(range(len(rows)), list(labels))
    axis.set_ylim(len(rows) - 0.5, -0.5)


def stacked(axis: Axes, counts: pandas.DataFrame, colours: Sequence[str]) -> None:
    """Draw a bar for each row of counts, its columns side by side, with their sum as n.

    colours: one a column, of different greys. A column without any count is not in the legend.
    """
    if not len(counts):
        nothing(axis)
        return
    left = 0 * counts.sum(axis=1)
    for (code, part), colour in zip(counts.items(), colours, strict=True):
        if part.any():
            look: dict[str, Any] = {"color": colour, "edgecolor": "white", "label": term(str(code))}
            axis.barh(range(len(counts)), part, left=left, height=0.6, **look)
        left = left + part
    for place, n in enumerate(left):
        axis.text(n, place, f" n = {n}", va="center")
    axis.set_yticks(range(len(counts)), [short(str(name)) for name in counts.index])
    axis.set(ylim=(len(counts) - 0.5, -0.5), xlim=(0, 1.25 * max(left)))
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))


def bounded(
    axis: Axes, names: Sequence[str], rows: pandas.DataFrame, colours: Sequence[str]
) -> None:
    """Draw counts from the top as bars; what was not read, up to its upper limit, is hatched.

    rows: columns low and high, one row a name; a limit that is not known is printed as ?.
    """
    low, high = (rows[name].astype(float).to_numpy() for name in ("low", "high"))
    most = [max(x for x in (0, *ends) if not isnan(x)) for ends in zip(low, high, strict=True)]
    axis.barh(names, most, color="white", edgecolor=GREY, hatch="////")
    axis.barh(names, low, color=colours)
    for place, ends in enumerate(zip(low, high, strict=True)):
        said = ["?" if isnan(end) else f"{end:.0f}" for end in dict.fromkeys(ends)]
        axis.text(most[place], place, " " + "–".join(said), va="center")
    axis.set(ylim=(len(names) - 0.5, -0.5), xlim=(0, 1.4 * max(1, *most)))


def nothing(axis: Axes, english: str = "", chinese: str = "") -> None:
    """Say on an axis without data why nothing is drawn; by default that there are no data."""
    said = say(english or "no data: nothing to show", chinese or "没有数据，无可显示")
    axis.text(0.5, 0.5, said, transform=axis.transAxes, ha="center", va="center")
    axis.set_axis_off()


def short(name: str) -> str:
    """Return a file name, or the end of a long one, which tells the files of a folder apart."""
    kept = name
    # Chinese characters are twice as wide.
    while sum(2 if ord(letter) > _CJK_FROM else 1 for letter in kept) > _WIDEST:
        kept = kept[1:]
    return kept if kept == name else "…" + kept


def extent(rows: pandas.DataFrame, english: str, chinese: str) -> str:
    """Return how many rows there are and of which years (column year), for a source line.

    english, chinese: what a row is, such as "rows of the panel".
    """
    known = rows["year"].dropna()
    years = f", {known.min()}–{known.max()}" if len(known) else ""
    return say(f"{len(rows)} {english}{years}", f"{chinese} {len(rows)}{years.replace(', ', '，')}")


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
