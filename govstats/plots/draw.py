"""The kinds of figure that several notebooks draw."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING, Any

from govstats.plots.style import BLACK, BLUE, GREY, SKY, VERMILION, source_line
from govstats.plots.words import say, short, term

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


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
        "xycoords": axis.get_yaxis_transform(),
        "va": "center",
        "fontsize": 8,
        "annotation_clip": False,
    }
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
        # Points, not a part of the width: an arrow at the edge needs the same room on any axis.
        axis.annotate(said, (1, place), (8, 0), textcoords="offset points", **beside)
    axis.set_yticks(range(len(rows)), list(labels))
    axis.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    if ratio:
        _log_axis(axis)


def _log_axis(axis: Axes) -> None:
    """Plain numbers, and only as many as there is room for."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axis.set_xscale("log")
    least, most = axis.get_xlim()
    wide = most / least if least > 0 else 1
    axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if wide < 150 else (1,)))
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
        _arrows(axis, rows, *limits)
        if ratio:
            _log_axis(axis)
    source_line(figure, source)
    return figure


def _arrows(axis: Axes, rows: pandas.DataFrame, least: float, most: float) -> None:
    """An interval that is cut by the axis must not look as if it ended there."""
    import numpy as np

    for edge, mark, beyond in (
        (least, "<", rows["low"].astype(float) < least),
        (most, ">", rows["high"].astype(float) > most),
    ):
        for place in np.flatnonzero(beyond):
            axis.scatter(edge, place, marker=mark, s=28, color=BLUE, clip_on=False, zorder=3)


def curves(axis: Axes, x: pandas.Series, bands: pandas.DataFrame, names: pandas.Series) -> None:
    """Draw a line with its band for every name over a log axis, told apart in grey too.

    bands: value, low, high, on the index of `x` and of `names`. A legend, as the lines cross.
    """
    axis.set_xscale("log")
    axis.set_xticks(x.unique(), [f"{value:g}" for value in x.unique()])
    axis.minorticks_off()
    looks = zip((BLUE, VERMILION, BLACK, SKY), "os^D", strict=True)
    for name, (colour, mark) in zip(names.unique(), looks, strict=False):
        at, part = x[names == name], bands[names == name]
        axis.fill_between(at, part["low"], part["high"], color=colour, alpha=0.2, linewidth=0)
        axis.plot(at, part["value"], color=colour, marker=mark, markersize=4, label=name)
    if len(names):
        axis.legend(fontsize=7, loc="lower right")


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
