"""Every province has one tile, every value is printed, and what is missing is hatched, not 0."""

import matplotlib
import pandas as pd
import pytest

matplotlib.use("Agg")

from matplotlib import colors  # noqa: E402
from matplotlib import pyplot as plt  # noqa: E402
from matplotlib.patches import Rectangle  # noqa: E402

from govstats import maps, plots  # noqa: E402
from govstats.frame import frame  # noqa: E402


@pytest.fixture
def axis():
    plots.use_style()
    figure, found = plt.subplots()
    yield found
    plt.close(figure)


def squares(axis) -> list[Rectangle]:
    return [patch for patch in axis.patches if isinstance(patch, Rectangle)]


def texts(axis) -> list[str]:
    return [text.get_text() for text in axis.texts]


def test_every_province_has_one_tile_and_no_tile_lies_on_another() -> None:
    tiles = maps.tiles()
    places = frame()
    assert sorted(tiles["province"]) == sorted(places[places["level"] == "province"]["name"])
    assert not tiles.duplicated(["row", "column"]).any()
    assert tiles["en"].is_unique and tiles["zh"].is_unique
    assert all(row.province.startswith(row.zh) for row in tiles.itertuples())


@pytest.mark.parametrize(
    ("first", "second", "axis_name"),
    [
        ("Heilongjiang", "Jilin", "row"),
        ("Beijing", "Hebei", "row"),
        ("Shaanxi", "Chongqing", "row"),
        ("Guangdong", "Hainan", "row"),
        ("Tibet", "Sichuan", "column"),
        ("Shaanxi", "Henan", "column"),
        ("Jiangsu", "Shanghai", "column"),
    ],
)
def test_neighbours_touch(first: str, second: str, axis_name: str) -> None:
    tiles = maps.tiles().set_index("en")[["row", "column"]]
    step = tiles.loc[second] - tiles.loc[first]
    assert step[axis_name] == 1
    assert abs(step).sum() == 1


def test_values_are_printed_and_missing_ones_hatched(axis) -> None:
    values = pd.Series({"北京市": 0, "广东省": 12, "西藏自治区": float("nan")})
    maps.tile_map(values, axis, "reports")
    assert len(squares(axis)) == 31
    hatched = [square for square in squares(axis) if square.get_hatch()]
    assert len(hatched) == 29
    assert sorted(text for text in texts(axis) if text.isdigit()) == ["0", "12"]
    assert {"Tibet", "Guangdong", "Inner\nMongolia", maps.NOTE["en"]} <= set(texts(axis))
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["no data"]


def test_greys_follow_the_values(axis) -> None:
    names = maps.tiles()["province"]
    maps.tile_map(pd.Series(range(len(names)), index=names), axis, "n")
    shades = [sum(square.get_facecolor()[:3]) for square in squares(axis)]
    assert shades == sorted(shades, reverse=True)
    assert shades[0] > shades[15] > shades[-1]
    assert all(len({round(c, 6) for c in s.get_facecolor()[:3]}) == 1 for s in squares(axis))
    assert axis.get_legend() is None
    ink = {text.get_text(): colors.to_hex(text.get_color()) for text in axis.texts}
    assert (ink["0"], ink["30"]) == ("#000000", "#ffffff")


def test_names_and_notes_follow_the_language_of_the_figures(axis, monkeypatch) -> None:
    monkeypatch.setenv("GOVSTATS_LANG", "zh")
    maps.tile_map(pd.Series({"北京市": 3}), axis, "行数")
    assert {"北京", "西藏", maps.NOTE["zh"]} <= set(texts(axis))
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["无数据"]


def test_scale_begins_at_zero_unless_told(axis) -> None:
    maps.tile_map(pd.Series({"北京市": 0.5, "广东省": 0.25}), axis, "share", form="{:.0%}")
    scale = axis.figure.axes[1]
    assert scale.get_ylim() == (0, 0.5)
    assert scale.get_ylabel() == "share"
    assert {"50%", "25%"} <= set(texts(axis))


@pytest.mark.parametrize(("values", "shown"), [({}, 0), ({"北京市": pd.NA}, 0), ({"北京市": 0}, 1)])
def test_maps_of_nothing_or_zero(axis, values: dict, shown: int) -> None:
    maps.tile_map(pd.Series(values, dtype="Float64"), axis, "n")
    axis.figure.canvas.draw()
    assert len([s for s in squares(axis) if not s.get_hatch()]) == shown


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (pd.Series({"北京": 1}), "no province of places.csv: 北京"),
        (pd.Series([1, 2], index=["北京市", "北京市"]), "more than one value: 北京市"),
        (pd.Series({"北京市": float("inf")}), "infinite"),
    ],
)
def test_wrong_values_are_refused(axis, values: pd.Series, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        maps.tile_map(values, axis, "n")


def test_saved_the_same_each_time_with_the_shipped_font(tmp_path) -> None:
    for folder in ("1", "2"):
        plots.use_style()
        figure, found = plt.subplots()
        maps.tile_map(pd.Series({"北京市": 3}), found, "n")
        plots.save(figure, "map", maps.tiles(), tmp_path / folder)
        plt.close(figure)
    for kind in ("pdf", "png", "svg"):
        name = f"map.{kind}"
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
