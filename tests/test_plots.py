"""Figures come with their numbers, the same bytes each time, and never with an empty box."""

from __future__ import annotations

import matplotlib
import pandas as pd
import pytest

matplotlib.use("Agg")

from matplotlib import pyplot as plt  # noqa: E402

from govstats import plots, vocabulary  # noqa: E402


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
        plots.save(_figure("\u1200"), "f", pd.DataFrame(), tmp_path)


@pytest.mark.parametrize("chosen", ["en", "zh"])
def test_both_scripts_have_glyphs(chosen, monkeypatch, tmp_path):
    monkeypatch.setenv("GOVSTATS_LANG", chosen)
    plots.save(_figure("不掌握 share − 1"), "f", pd.DataFrame(), tmp_path)
    assert (tmp_path / "f.pdf").stat().st_size > 0


def test_labels_follow_the_language(monkeypatch):
    assert (plots.say("a", "甲"), plots.term("own"), plots.term("2021")) == ("a", "own", "2021")
    monkeypatch.setenv("GOVSTATS_LANG", "zh")
    assert (plots.say("a", "甲"), plots.term("own"), plots.term("2021")) == ("甲", "本机关", "2021")
    monkeypatch.setenv("GOVSTATS_DATA", "mine")
    assert plots.figures_folder().as_posix() == "mine/figures/zh"
    monkeypatch.setenv("GOVSTATS_LANG", "fr")
    with pytest.raises(ValueError, match="GOVSTATS_LANG is fr: set it to en or zh"):
        plots.say("a", "甲")


def test_chinese_without_a_font_says_what_to_install(monkeypatch):
    monkeypatch.setenv("GOVSTATS_LANG", "zh")
    monkeypatch.setattr(plots.style, "_cjk", lambda: "")
    with pytest.raises(ValueError, match="install the package mplfonts"):
        plots.use_style()


def test_every_term_is_named_in_both_languages():
    rows = vocabulary.table("terms.csv")
    assert len({row["code"] for row in rows}) == len(rows)
    assert all(row["en"] and row["zh"] for row in rows)
    kinds = {organ["kind"] for organ in vocabulary.words("organs.toml")["organs"]}
    assert kinds <= {row["code"] for row in rows}


def test_a_forest_shows_what_is_known_and_no_more():
    plots.use_style()
    nan = float("nan")
    rows = pd.DataFrame(
        {
            "estimate": [2.0, nan, 3.0, nan],
            "low": [1.0, 0.5, nan, nan],
            "high": [4.0, 9.0, nan, nan],
            "n": [5, 6, 7, 0],
        }
    )
    figure, axis = plt.subplots()
    plots.forest(axis, rows, list("abcd"), ratio=True)
    plt.close(figure)
    spans = [part.get_segments()[0][:, 0].tolist() for part in axis.collections if _is_span(part)]
    assert spans == [[1, 4], [0.5, 9]]
    points = [part.get_offsets()[0].tolist() for part in axis.collections if not _is_span(part)]
    assert points == [[2, 0], [3, 2]]
    said = [text.get_text() for text in axis.texts]
    assert said == ["n = 5", "n = 6", "n = 7", "cannot be estimated"]
    assert axis.get_xscale() == "log"


def test_an_empty_figure_says_so():
    plots.use_style()
    empty = pd.DataFrame(columns=["estimate", "low", "high", "n"])
    for draw in (
        lambda axis: plots.forest(axis, empty, []),
        lambda axis: plots.stacked(axis, empty, []),
    ):
        figure, axis = plt.subplots()
        draw(axis)
        plt.close(figure)
        assert [text.get_text() for text in axis.texts] == ["no data: nothing to show"]


def test_stacked_bars_and_bounds_print_their_numbers():
    plots.use_style()
    figure, (left, right) = plt.subplots(1, 2)
    counts = pd.DataFrame({"holds": [3, 4], "violated": [0, 1], "unread": [0, 0]}, index=["a", "b"])
    plots.stacked(left, counts, [plots.BLUE, plots.SKY, plots.BLACK])
    plots.bounded(
        right, ["x", "y", "z"], pd.DataFrame({"low": [1, 2, 3], "high": [1, 5, None]}), list("rgb")
    )
    plt.close(figure)
    assert [text.get_text().strip() for text in left.texts] == ["n = 3", "n = 5"]
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["holds", "violated"]
    assert [text.get_text().strip() for text in right.texts] == ["1", "2–5", "3–?"]


def test_long_names_keep_their_end_and_sources_their_years():
    assert plots.short("yubei-2021.txt") == "yubei-2021.txt"
    assert (
        plots.short("年度政府信息公开工作报告" * 2) == "…" + ("年度政府信息公开工作报告" * 2)[-13:]
    )
    rows = pd.DataFrame({"year": [2019, 2021]})
    assert plots.extent(rows, "rows", "行数") == "2 rows, 2019–2021"
    assert plots.extent(rows[:0], "rows", "行数") == "0 rows"


def _is_span(part) -> bool:
    return isinstance(part, matplotlib.collections.LineCollection)
