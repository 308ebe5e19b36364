"""Text layouts: pipes, tabs, one cell a line, one-line dumps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from random import Random

from .reports import PageEnd, Report
from .sheets import STRAY, VALUE, Row
from .squares import spread

Render = Callable[[Sequence[Row], Random], str]
# How squares that a cell spans are filled: left out, left empty, or the label said again.
BARE, EMPTY, REPEATED = "bare", "empty", "repeated"


def write_text(report: Report, rng: Random, render: Render, between: str = "\n") -> str:
    """The report as plain text, its blocks one below another."""
    return between.join(
        block
        if isinstance(block, str)
        else block.number
        if isinstance(block, PageEnd)
        else render(block.rows, rng)
        for block in report.blocks
    )


def row_texts(rows: Sequence[Row], fill: str) -> list[list[str]]:
    """Texts of every row's squares."""
    if fill == BARE:
        return [[cell.text for cell in row] for row in rows]
    return [
        [
            place.cell.text
            if place.origin or (fill == REPEATED and place.cell.role != VALUE)
            else ""
            for place in row
        ]
        for row in spread(rows)
    ]


def pipes(rows: Sequence[Row], rng: Random, fill: str) -> str:
    """One row a line; bare rows have pipes in front and behind as they come."""
    lines = []
    for texts in row_texts(rows, fill):
        start, end, shown = "| ", " |", texts
        if fill == BARE:
            shown = texts[1:] if texts[:1] == [""] else texts
            start, end = rng.choice(("", "", "| ")), rng.choice((" |", " ||", " | | |"))
        lines.append(start + " | ".join(shown) + end)
    return "\n".join(lines)


def pipes_apart(rows: Sequence[Row], rng: Random) -> str:
    """Every row begins with a pipe alone on its line."""
    return "\n".join("|\n" + " | ".join(texts) + " |" for texts in row_texts(rows, BARE))


def pipe_cells(rows: Sequence[Row], rng: Random, between: str = "\n", tails: bool = False) -> str:
    """One cell a line with a pipe behind; rows end with two, or with a tail of any length."""
    lines = []
    for texts in filter(None, row_texts(rows, BARE)):
        lines += [f"{text} |".lstrip() for text in texts[:-1]]
        tail = " |" * (rng.randint(1, 3) if tails else 2)
        lines.append((texts[-1] + tail).lstrip())
    return between.join(lines)


def lines(rows: Sequence[Row], rng: Random, between: str) -> str:
    """One cell a line; empty cells leave nothing."""
    return between.join(text for texts in row_texts(rows, BARE) for text in texts if text)


def gapped_lines(rows: Sequence[Row], rng: Random, between: str) -> str:
    """One cell a line; every empty cell is a newline more."""
    cells = [text for texts in row_texts(rows, BARE) for text in texts]
    return "".join(text + between if text else "\n" for text in cells).rstrip("\n")


def tabs(rows: Sequence[Row], rng: Random, fill: str) -> str:
    """One row a line, tabs between; bare rows have empty cells around as they come."""
    ragged = fill == BARE
    return "\n".join(
        "\t".join([""] * rng.randint(0, 2 * ragged) + texts + [""] * rng.randint(0, ragged))
        for texts in row_texts(rows, fill)
    )


def tabs_shifted(rows: Sequence[Row], rng: Random) -> str:
    """From some row on every row has an empty cell more at its end, as a second page has."""
    at = rng.randint(4, max(4, len(rows) - 1))
    gap = rng.random() < 0.5
    found = []
    for i, texts in enumerate(row_texts(rows, EMPTY)):
        found.append("\t".join(texts) + ("\t" if i >= at else ""))
        if gap and i == at:
            found.append("")
    return "\n".join(found)


AFTER, BEFORE, RUNS = "after", "before", "runs"


def dump(rows: Sequence[Row], rng: Random, order: str) -> str:
    """All cells in one line: numbers after their labels, before them, or in runs of rows."""
    parts = [_dump_parts(row, rng) for row in rows]
    data = [i for i, (_, values) in enumerate(parts) if values]
    if order == RUNS and len(data) >= 20:
        pieces = _runs(parts, data, rng)
    else:
        pieces = [v + n if order == BEFORE else n + v for n, v in parts]
    return " ".join(piece for row in pieces for piece in row)


Parts = tuple[list[str], list[str]]


def _dump_parts(row: Row, rng: Random) -> Parts:
    """Labels, long ones broken by a space, and values of a row; empty cells leave nothing."""
    data = (VALUE, STRAY)
    labels = [cell.text for cell in row if cell.role not in data and cell.text]
    broken = [t if len(t) < 9 or rng.random() < 0.5 else f"{t[:7]} {t[7:]}" for t in labels]
    return broken, [cell.text for cell in row if cell.role in data and cell.text]


def _runs(parts: Sequence[Parts], data: Sequence[int], rng: Random) -> list[list[str]]:
    """Some rows on end print first all their numbers and then, a row later, all their labels."""
    first = rng.randint(2, 6)
    last = rng.randint(first + 3, len(data) - 3)
    start, end = data[first], data[last]
    inner = parts[start:end]
    return [
        *(names + values for names, values in parts[:start]),
        *(values for _, values in inner),
        parts[end][0] + parts[end][1],
        *(names for names, _ in inner),
        *(names + values for names, values in parts[end + 1 :]),
    ]


def write_dump(report: Report, rng: Random, order: str) -> str:
    """Title, then the whole report in one line; a page number stands on a line of its own."""
    title, *rest = report.blocks
    found = f"{title}\n\n"
    for block in rest:
        if isinstance(block, PageEnd):
            found = f"{found.rstrip(' ')}\n{block.number}\n"
        else:
            found += (block if isinstance(block, str) else dump(block.rows, rng, order)) + " "
    return found.rstrip()


TEXTS: dict[str, Callable[[Report, Random], str]] = {
    **{
        f"pipes_{f}": partial(write_text, render=partial(pipes, fill=f))
        for f in (BARE, EMPTY, REPEATED)
    },
    "pipes_apart": partial(write_text, render=pipes_apart),
    "pipe_cells": partial(write_text, render=pipe_cells),
    "pipe_cells_spaced": partial(
        write_text, render=partial(pipe_cells, between="\n\n"), between="\n\n"
    ),
    "pipe_cells_tails": partial(write_text, render=partial(pipe_cells, tails=True)),
    "lines_1": partial(write_text, render=partial(lines, between="\n")),
    "lines_2": partial(write_text, render=partial(lines, between="\n\n"), between="\n\n"),
    "lines_3": partial(write_text, render=partial(lines, between="\n\n\n"), between="\n\n"),
    "gapped_lines_1": partial(write_text, render=partial(gapped_lines, between="\n")),
    "gapped_lines_2": partial(
        write_text, render=partial(gapped_lines, between="\n\n"), between="\n\n"
    ),
    **{
        f"tabs_{f}": partial(write_text, render=partial(tabs, fill=f))
        for f in (BARE, EMPTY, REPEATED)
    },
    "tabs_shifted": partial(write_text, render=tabs_shifted),
    **{f"dump_{order}": partial(write_dump, order=order) for order in (AFTER, BEFORE, RUNS)},
}
