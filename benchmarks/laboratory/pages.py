"""Web layouts: tables as browsers and editors save them, in pages with and without furniture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from random import Random

from .reports import PageEnd, Report
from .sheets import GROUP, LABEL, VALUE, Cell, Row, Sheet
from .squares import cut
from .text import EMPTY, REPEATED, row_texts

Render = Callable[[Sequence[Row], Random], str]
_FURNITURE = (
    "<div class=nav><a href=#>首页</a> | <a href=#>政务公开</a> | <a href=#>互动交流</a></div>",
    "<div>发布时间:2023-01-18 09:30 浏览次数:321 字体:[大 中 小]</div>",
    "<div class=foot>网站标识码 0000000001 地址:某某路12号 邮编:000000</div>",
)


def write_page(
    report: Report, rng: Random, render: Render, frame: str = "{}", encoding: str = "utf-8"
) -> bytes:
    """The report as one page; `frame` has a place for the body in it."""
    title, *rest = report.blocks
    body = [f"<h1>{escape(str(title))}</h1>"]
    for block in rest:
        if isinstance(block, Sheet):
            body.append(render(block.rows, rng))
        else:
            text = block.number if isinstance(block, PageEnd) else block
            body.append(f"<p>{escape(text)}</p>")
    page = frame.replace("{}", "\n".join(body))
    head = f"<head><meta charset={encoding}><title>{escape(str(title))}</title></head>"
    return f"<html>{head}<body>{page}</body></html>".encode(encoding)


def _spans(cell: Cell) -> str:
    height = f' rowspan="{cell.height}"' if cell.height > 1 else ""
    return height + (f' colspan="{cell.width}"' if cell.width > 1 else "")


def spanned(
    rows: Sequence[Row],
    rng: Random,
    inner: Callable[[Cell], str] = lambda cell: escape(cell.text),
    heads: str = "td",
    closed: bool = True,
) -> str:
    """A table with its spans; `inner` gives the inside of a cell."""
    lines = []
    for row in rows:
        cells = []
        for cell in row:
            tag = "td" if cell.role == VALUE else heads
            end = f"</{tag}>" if closed else ""
            cells.append(f"<{tag}{_spans(cell)}>{inner(cell)}{end}")
        lines.append("<tr>" + "".join(cells) + ("</tr>" if closed else ""))
    return "<table border=1>" + "\n".join(lines) + "</table>"


def _paragraphs(cell: Cell) -> str:
    return f"<p><span>{escape(cell.text)}</span></p>" if cell.text else "<p>&nbsp;</p>"


def _upright(cell: Cell) -> str:
    """Group labels one character a line, other labels broken once."""
    text = cell.text
    if cell.role == GROUP:
        return "<br>".join(map(escape, text))
    broken = cell.role != VALUE and len(text) > 6
    return f"{escape(text[:4])}<br/>{escape(text[4:])}" if broken else escape(text)


def _spelt(cell: Cell) -> str:
    """Every character in an element of its own, as some editors save."""
    return "".join(f"<span>{escape(sign)}</span>" for sign in cell.text)


def filled(rows: Sequence[Row], rng: Random, fill: str) -> str:
    """A table without spans: what a cell spanned is empty or says its label again."""
    lines = (
        "".join(f"<td>{escape(text)}</td>" for text in texts) for texts in row_texts(rows, fill)
    )
    return "<table>" + "\n".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def hidden_cells(rows: Sequence[Row], rng: Random) -> str:
    """Cells of labels carry a hidden number, which is no data."""

    def inner(cell: Cell) -> str:
        extra = '<i style="display: none">7</i>' if cell.role == LABEL else ""
        return escape(cell.text) + extra

    return spanned(rows, rng, inner)


def parted(rows: Sequence[Row], rng: Random, repeat_head: bool) -> str:
    """A table in two, the second with or without the head again."""
    data = [i for i, row in enumerate(rows) if any(cell.role == VALUE for cell in row)]
    blocks = [i for i, row in enumerate(rows) if i and row and row[0].text.startswith("第二十条")]
    places = blocks or data[1:]
    if not places:
        return spanned(rows, rng)
    first, second = cut(rows, rng.choice(places), repeat_head and not blocks)
    return spanned(first, rng) + spanned(second, rng)


_NESTED = (
    f"<table><tr><td colspan=2>{_FURNITURE[0]}</td></tr><tr><td width=200>栏目</td>"
    f"<td>{_FURNITURE[1]}<table><tr><td>{{}}</td></tr></table></td></tr></table>{_FURNITURE[2]}"
)
_FRAMED = (
    f"<script>var n = 12;</script>{_FURNITURE[0]}{_FURNITURE[1]}<div>{{}}</div>{_FURNITURE[2]}"
)

PAGES: dict[str, Callable[[Report, Random], bytes]] = {
    "html_spans": partial(write_page, render=spanned),
    "html_paragraphs": partial(write_page, render=partial(spanned, inner=_paragraphs, heads="th")),
    "html_upright": partial(write_page, render=partial(spanned, inner=_upright)),
    "html_spelt": partial(write_page, render=partial(spanned, inner=_spelt)),
    "html_empty": partial(write_page, render=partial(filled, fill=EMPTY)),
    "html_repeated": partial(write_page, render=partial(filled, fill=REPEATED)),
    "html_parted": partial(write_page, render=partial(parted, repeat_head=False)),
    "html_parted_head": partial(write_page, render=partial(parted, repeat_head=True)),
    "html_hidden": partial(write_page, render=hidden_cells),
    "html_unclosed": partial(write_page, render=partial(spanned, closed=False)),
    "html_framed": partial(write_page, render=spanned, frame=_FRAMED, encoding="gb18030"),
    "html_nested": partial(write_page, render=spanned, frame=_NESTED),
}
