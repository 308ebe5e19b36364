"""The figures of the comparison, in the house style and its two languages."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING

import pandas as pd

from govstats import plots
from govstats.outside.read import laws
from govstats.outside.reading import labels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WIDTH, _ROW, _LONG = 6.4, 0.2, 50


def words() -> str:
    """What "not held" counts, to stand in the figure itself."""
    return plots.say(
        "China: does not exist, or not for this body to disclose (art. 36(4), (5)).\n"
        "UK and Scotland: not held; their laws have no ground “not this body's business”.",
        "中国：信息不存在，或不属于本机关负责公开（第三十六条第四、五项）。\n"
        "英国、苏格兰：未持有；其法律没有“不属于本机关”这一理由。",
    )


def steps() -> str:
    """What a case is in each country, a line each."""
    line = plots.say("{country}: {case}.", "{country}：{case}。")
    return "\n".join(line.format(**law) for law in laws(plots.language()).to_dict("records"))


def draw_countries(rows: pd.DataFrame, unit: str, head: str, widest: float) -> Figure:
    """A forest of `not_held` or `cases` with a line between countries; the axis ends at `widest`,
    or further where an interval does."""
    import matplotlib.pyplot as plt

    lines = head.count("\n") + 1
    figure, axis = plt.subplots(figsize=(_WIDTH, _ROW * len(rows) + 0.9 + 0.17 * lines))
    plots.forest(axis, rows, rows["label"])
    country = rows["country"].tolist()
    for place in range(1, len(rows)):
        if country[place] != country[place - 1]:
            axis.axhline(place - 0.5, color=plots.GREY, linewidth=0.6)
    # A margin keeps the end of an interval in sight.
    end = max(widest, rows["high"].max() * 1.02)
    axis.set(xlim=(0, end), xlabel=unit)
    _head(figure, head)
    return figure


def draw_bodies(bodies: pd.DataFrame, ours: pd.Series, unit: str) -> Figure:
    """A forest of `by_body`, n its requests, over the interval of `ours` (a row of `not_held`)."""
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(_WIDTH, 0.155 * len(bodies) + 1.5))
    names = [shorten(name, _LONG, placeholder="…") for name in bodies["body"]]
    plots.forest(axis, bodies, names, count="requests")
    axis.tick_params(axis="y", labelsize=6.5)
    plt.setp(axis.texts, fontsize=6.5)
    head = words()
    if pd.notna(ours["low"]):
        axis.axvspan(ours["low"], ours["high"], color=plots.GREY, alpha=0.3, linewidth=0)
        grey = (
            "Grey: mean of China's reports, 95 % interval.",
            "灰色：中国各报告均值的 95% 区间。",
        )
        head = f"{plots.say(*grey)}\n{head}"
    axis.set(xlim=(0, None), xlabel=unit)
    _head(figure, head)
    return figure


def draw_pairs(compared: pd.DataFrame) -> Figure:
    """Ours beside theirs, counts above (log axis from 1 on) and shares below; rows of `beside`."""
    import matplotlib.pyplot as plt

    share = compared["kind"] == "share"
    parts = [compared[~share], compared[share]]
    heights = [len(rows) + 1.5 for rows in parts]
    size = (_WIDTH, _ROW * sum(heights) + 1.6)
    figure, axes = plt.subplots(2, figsize=size, gridspec_kw={"height_ratios": heights})
    for axis, part in zip(axes, parts, strict=True):
        if part.empty:
            plots.nothing(axis, "nothing is held to compare", "没有可比的数字")
            continue
        rows = part.assign(estimate=part["ours"])
        plots.forest(axis, rows, labels(rows, plots.language()))
        places = range(len(rows))
        axis.scatter(rows["theirs"], places, marker="D", s=20, color=plots.VERMILION, zorder=4)
        if axis is axes[0]:
            axis.set_xscale("symlog", linthresh=1)
        else:
            axis.set_xlim(-2, 100)
    axes[0].set_xlabel(plots.say("cases or requests", "案件或申请数"))
    axes[1].set_xlabel(plots.say("%, 95 % interval", "%，95% 区间"))
    key = plots.say(
        "Dot: ours, from n rows of the panel; hollow: no interval. Diamond: as published.",
        "圆点：面板（n 行）；空心：无区间。菱形：已发表的数字。",
    )
    _head(figure, key)
    return figure


def _head(figure: Figure, text: str) -> None:
    figure.suptitle(text, x=0.01, ha="left", fontsize=8, linespacing=1.4)
