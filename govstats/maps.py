"""A cartogram of the provinces: one tile of equal size each, laid out by hand from geography.

The layout is vocabulary/tiles.csv: the 31 provinces of places.csv. Hong Kong, Macao and Taiwan are
not in that list and have no tile; no body there is under the rules these reports follow.
Needs the extra `notebooks`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from govstats import plots, vocabulary

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NOTE = {
    "en": "Equal tiles, not areas. Hong Kong, Macao and Taiwan are not in the list of places.",
    "zh": "等大方格，不表示面积；地名表不含香港、澳门和台湾。",
}
MISSING = {"en": "no data", "zh": "无数据"}
# Light to dark, so that the order of the tiles survives a black and white print.
COLOURS = "Greys"
_SIZE = {"en": 6.0, "zh": 7.5}
_LONG = 11
_HATCH = "////"
_GAP = 0.06
# Above this luminance black print is easier to read than white.
_LIGHT = 0.45


def tiles() -> pd.DataFrame:
    """Return the layout: province (as in places.csv), zh and en labels, row (from the north) and
    column (from the west), both from 0. Source: drawn up for this package from geography."""
    return _tiles().copy()


def tile_map(
    values: pd.Series,
    axis: Axes,
    label: str,
    *,
    form: str = "{:.0f}",
    language: str | None = None,
    limits: tuple[float, float] | None = None,
    note: str | None = None,
) -> None:
    """Draw a tile for every province on `axis`, its value printed in it, with a scale.

    values: numbers indexed by province name as in places.csv. A province that is not in it or is
    NA is hatched and named in the legend, never drawn as 0. label: what the values are, with
    their unit, for the scale. form: how a value is printed. language: en or zh, by default that of
    the figures (zh needs a font with Chinese characters). limits: ends of the scale; by default 0
    or the least, and the most. note: what stands below; by default what the tiles are.
    Raises ValueError for a name that is no province, a name given twice, or an infinite value.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    language = language or plots.language()
    layout = _joined(values)
    known = layout["value"].dropna()
    low, high = limits or _limits(known)
    scale = ScalarMappable(Normalize(low, high), COLOURS)
    for tile in layout.itertuples(index=False):
        _draw(axis, tile, scale, form, language)
    if len(known):
        axis.figure.colorbar(scale, ax=axis, label=label, shrink=0.6)
    else:
        axis.set_title(label)
    _frame_axis(axis, layout, NOTE[language] if note is None else note, MISSING[language])


def _joined(values: pd.Series) -> pd.DataFrame:
    layout = _tiles()
    strange = sorted(str(name) for name in set(values.index) - set(layout["province"]))
    if strange:
        raise ValueError(f"no province of places.csv: {', '.join(strange)}")
    if values.index.has_duplicates:
        twice = sorted(set(values.index[values.index.duplicated()]))
        raise ValueError(f"more than one value: {', '.join(twice)}")
    numbers = pd.to_numeric(values).astype("Float64").astype("float64")
    if numbers.isin([float("inf"), float("-inf")]).any():
        raise ValueError("an infinite value cannot be drawn")
    return layout.assign(value=layout["province"].map(numbers))


def _limits(known: pd.Series) -> tuple[float, float]:
    if not len(known):
        return 0.0, 1.0
    low, high = min(0.0, float(known.min())), float(known.max())
    # All values 0: a scale needs two different ends.
    return (low, high) if high > low else (low, low + 1)


def _draw(axis: Axes, tile: Any, scale: Any, form: str, language: str) -> None:
    from matplotlib.patches import Rectangle

    missing = pd.isna(tile.value)
    face = (1.0, 1.0, 1.0, 1.0) if missing else scale.to_rgba(tile.value)
    side = 1 - _GAP
    corner = (tile.column + _GAP / 2, tile.row + _GAP / 2)
    hatch = _HATCH if missing else None
    axis.add_patch(
        Rectangle(corner, side, side, facecolor=face, edgecolor="0.5", hatch=hatch, linewidth=0.5)
    )
    ink = "black" if missing or _luminance(face) > _LIGHT else "white"
    # A white ground under the name keeps it readable on the hatching.
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.6} if missing else None
    middle = tile.column + 0.5
    name = getattr(tile, language).replace(" ", "\n")
    height = tile.row + (0.5 if missing else 0.36)
    # The longest names (Heilongjiang) would cross the edge.
    size = _SIZE[language] if max(map(len, name.split("\n"))) < _LONG else 5.2
    centred: dict[str, Any] = {"ha": "center", "va": "center", "color": ink}
    axis.text(middle, height, name, fontsize=size, linespacing=0.95, bbox=ground, **centred)
    if not missing:
        axis.text(middle, tile.row + 0.73, form.format(tile.value), fontsize=7.5, **centred)


def _luminance(colour: tuple[float, float, float, float]) -> float:
    red, green, blue, _ = colour
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _frame_axis(axis: Axes, layout: pd.DataFrame, note: str, missing: str) -> None:
    """North above, squares square; a key for the hatching only where there is any."""
    from matplotlib.patches import Patch

    axis.set_xlim(layout["column"].min(), layout["column"].max() + 1)
    axis.set_ylim(layout["row"].max() + 1, layout["row"].min())
    axis.set_aspect("equal")
    axis.set_axis_off()
    if layout["value"].isna().any():
        key = Patch(facecolor="white", edgecolor="0.5", hatch=_HATCH, label=missing)
        axis.legend(handles=[key], loc="upper left", frameon=False, fontsize=7)
    if note:
        axis.text(0, -0.02, note, transform=axis.transAxes, fontsize=6, va="top")


@cache
def _tiles() -> pd.DataFrame:
    return pd.DataFrame(vocabulary.table("tiles.csv")).astype({"row": int, "column": int})
