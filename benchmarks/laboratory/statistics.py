"""Figures and sheets of the statistics form of 2014-2018 and of the local forms before it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from random import Random

from govstats.forms import Address, Table
from govstats.numbers import Value

from .sheets import GROUP, LABEL, VALUE, Cell, Row, Style, show_value

# Whole -> parts, as the identities of the forms have them.
_EXACT: Mapping[str, Sequence[str]] = {
    "received": ("recv_person", "recv_fax", "recv_web", "recv_mail"),
    "done": ("done_intime", "done_extended"),
    "refused": (
        *("ref_secret", "ref_commercial", "ref_privacy", "ref_security", "ref_not_ogi"),
        "ref_other",
    ),
    "replied": (
        *("already", "agreed", "agreed_part", "refused", "not_this_agency", "nonexistent"),
        *("clarify", "other_channel"),
    ),
    "staff": ("staff_full", "staff_part"),
}
_AT_MOST: Mapping[str, Sequence[str]] = {
    "review": ("review_upheld", "review_corrected", "review_other"),
    "suit": ("suit_upheld", "suit_corrected", "suit_other"),
    "disclosed": ("normative_disclosed",),
}
_LOCAL: Mapping[str, Sequence[str]] = {
    "received": ("recv_person", "recv_fax", "recv_email", "recv_web", "recv_mail", "recv_other"),
    "replied": ("agreed", "agreed_part", "refused_any"),
}
_NUMERALS = "一二三四五六七八九十"


def statistics_figures(rng: Random, table: Table) -> dict[Address, Value]:
    """Figures that agree with the identities; a cumulative number is no less than the year's."""
    exact, at_most = (_EXACT, _AT_MOST) if table.name == "statistics" else ({}, _LOCAL)
    year = _column(rng, table, exact, at_most)
    columns = {"number": year}
    if any(column.code == "cumulative" for column in table.blocks[0].columns):
        before = _column(rng, table, exact, at_most)
        columns["cumulative"] = {row: year[row] + before[row] for row in year}
    return {
        Address(table.name, row, column): value
        for column, found in columns.items()
        for row, value in found.items()
    }


def _column(
    rng: Random,
    table: Table,
    exact: Mapping[str, Sequence[str]],
    at_most: Mapping[str, Sequence[str]],
) -> dict[str, int]:
    sums = set(exact) | set(at_most)
    rows = [row.code for block in table.blocks for row in block.rows]
    found = {row: _size(rng) for row in rows if row not in sums}
    for whole, parts in {**exact, **at_most}.items():
        found[whole] = sum(found[part] for part in parts)
        if whole in at_most:
            found[whole] += rng.choice((0, 0, 1, 3, _size(rng)))
    return {row: found[row] for row in rows}


def _size(rng: Random) -> int:
    return 0 if rng.random() < 0.4 else round(10 ** rng.uniform(0, math.log10(5000)))


def statistics_rows(figures: Mapping[Address, Value], table: Table, style: Style) -> list[Row]:
    """Head, then every section with its rows: label, unit and one or two numbers."""
    local = table.name == "local"
    # The head of two lines names the column of units otherwise, as some prints do.
    labels = ("指标名称", "计量单位") if local else ("统计指标", "单位")
    codes = [column.code for column in table.blocks[0].columns]
    codes = codes[::-1] if style.swap is not None else codes
    heads = {"number": "本年度" if style.two_line_head else "数量", "cumulative": "历年累计"}
    if not local:
        heads["number"] = "统计数"
    rows = [[Cell(text) for text in (*labels, *(heads[code] for code in codes))]]
    for number, block in enumerate(table.blocks):
        mark = f"{_NUMERALS[number]}、{block.path}"
        rows.append(_group(mark, len(codes), style))
        rows += _data(figures, table.name, block.rows, codes)
    return rows


def _group(text: str, numbers: int, style: Style) -> Row:
    """The row of a section: over the whole width, or with dashes where its rows have cells."""
    if style.note:
        return [Cell(text, 1, 2 + numbers, GROUP)]
    return [Cell(text, role=GROUP), *(Cell("——") for _ in range(1 + numbers))]


def _data(
    figures: Mapping[Address, Value], name: str, labels: Iterable, codes: Sequence[str]
) -> Iterable[Row]:
    for number, label in enumerate(labels, start=1):
        addresses = [Address(name, label.code, code) for code in codes]
        values = (
            Cell(show_value(figures[a]), 1, 1, VALUE, address=a, value=figures[a])
            for a in addresses
        )
        yield [Cell(f"{number}.{label.zh}", role=LABEL), Cell(label.unit), *values]
