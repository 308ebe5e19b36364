"""Tables as rows of spanned cells, each value cell knowing its address: what the writers lay out.

The labels are those of the form; damages and drifts change cells, and what a sheet prints in the
end is read off its cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from random import Random

from govstats.forms import STATISTICS, Address, Label, Table, find_table
from govstats.numbers import Value

from .figures import Figures

HEAD, GROUP, LABEL, VALUE, STRAY = "head", "group", "label", "value", "stray"
# Rows that some bodies add to the form, by the row of the form in whose block they stand.
EXTRA = {"licensing": "行政确认", "compulsion": "行政检查"}
NOTE = "(本列数据的勾稽关系为:第一项加第二项之和,等于第三项加第四项之和)"


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed cell: text, span, role; a value cell has its address and printed number.

    `value` is None where the cell prints no readable number.
    """

    text: str
    height: int = 1
    width: int = 1
    role: str = HEAD
    address: Address | None = None
    value: Value | None = None


Row = list[Cell]


@dataclass(frozen=True)
class Sheet:
    """One table; `rows[i]` holds the cells that begin in row i, the others are spanned."""

    name: str
    rows: list[Row]

    def printed(self) -> dict[Address, Value | None]:
        """What the sheet prints at each address; None is a cell without a readable number."""
        return {cell.address: cell.value for row in self.rows for cell in row if cell.address}

    def data_rows(self) -> list[int]:
        """Rows with value cells."""
        return [i for i, row in enumerate(self.rows) if any(c.role == VALUE for c in row)]


@dataclass(frozen=True)
class Style:
    """House practice of one report: how heads are set, signs and the shape of the remedies.

    `glued` puts the labels of groups and rows into one column, `extra` adds rows that the form
    does not have; `swap`, between 0 and 1, picks two columns of each block that change places with
    their heads.
    """

    two_line_head: bool = True
    note: bool = False
    plus: bool = False
    remedies_rows: int = 1
    glued: bool = False
    extra: bool = False
    swap: float | None = None


def draw_style(rng: Random) -> Style:
    """One of the house practices seen in real reports."""
    return Style(
        two_line_head=rng.random() < 0.7,
        note=rng.random() < 0.3,
        plus=rng.random() < 0.5,
        remedies_rows=3 if rng.random() < 0.15 else 1,
        glued=rng.random() < 0.1,
        extra=rng.random() < 0.1,
    )


def make_sheets(figures: Figures, forms: Mapping[str, str], style: Style) -> dict[str, Sheet]:
    """One sheet for each table named in `forms`."""
    from .statistics import statistics_rows  # noqa: PLC0415 - made of the cells defined here

    makers = {"disclosure": _disclosure, "requests": _requests, "remedies": _remedies}
    makers |= dict.fromkeys(STATISTICS, statistics_rows)
    return {
        name: Sheet(name, makers[name](figures, find_table(name, form), style))
        for name, form in forms.items()
    }


def show_value(value: Value, plus: bool = False) -> str:
    """A number as cells print it."""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return f"+{text}" if plus and value > 0 else text


def _value(figures: Figures, address: Address, width: int = 1, plus: bool = False) -> Cell:
    value = figures[address]
    return Cell(show_value(value, plus), 1, width, VALUE, address, value)


def _disclosure(figures: Figures, table: Table, style: Style) -> list[Row]:
    widest = 1 + max(len(block.columns) for block in table.blocks)
    rows: list[Row] = []
    for block in table.blocks:
        codes = _ordered(block.columns, style)
        widths = [1] * (len(codes) - 1) + [widest - len(codes)]
        names = {column.code: column.zh for column in block.columns}
        rows.append([Cell(block.path, 1, widest)])
        heads = [Cell(names[c], 1, w) for c, w in zip(codes, widths, strict=True)]
        rows.append([Cell("信息内容"), *heads])
        for label in block.rows:
            values = [
                _value(
                    figures, Address("disclosure", label.code, c), w, style.plus and c == "change"
                )
                for c, w in zip(codes, widths, strict=True)
            ]
            rows.append([Cell(label.zh, role=LABEL), *values])
        extra = next((EXTRA[label.code] for label in block.rows if label.code in EXTRA), None)
        if style.extra and extra:
            strays = [Cell(str(17 + i), 1, width, STRAY) for i, width in enumerate(widths)]
            rows.append([Cell(extra, role=LABEL), *strays])
    return rows


def _ordered(columns: Sequence[Label], style: Style) -> list[str]:
    """Column codes in printed order."""
    codes = [column.code for column in columns]
    pairs = list(combinations(range(len(codes)), 2))
    if style.swap is not None and pairs:
        i, j = pairs[int(style.swap * len(pairs))]
        codes[i], codes[j] = codes[j], codes[i]
    return codes


def _requests_head(table: Table, codes: Sequence[str], style: Style) -> list[Row]:
    columns = {column.code: column for column in table.blocks[0].columns}
    if not style.two_line_head:
        return [[Cell("申请人情况", 1, 3), *(Cell(columns[c].zh) for c in codes)]]
    first = [Cell(NOTE if style.note else "", 3, 3), Cell("申请人情况", 1, len(codes))]
    second: Row = []
    third: Row = []
    for code in codes:
        group = columns[code].group
        if not group:
            second.append(Cell(columns[code].zh, 2, 1))
            continue
        if second and second[-1].text == group:
            second[-1] = replace(second[-1], width=second[-1].width + 1)
        else:
            second.append(Cell(group))
        third.append(Cell(columns[code].zh))
    return [first, second, third]


def label_parts(table: Table, row: Label) -> list[str]:
    """Labels of a row's groups and its own, numbered as printed."""
    groups = {group.path: group.zh for group in table.groups}
    path = row.path
    parts = []
    if path.startswith("三"):
        parts.append(f"三、{groups['三']}")
    if path[:4] in groups and path != path[:4]:
        parts.append(f"{path[1:4]}{groups[path[:4]]}")
    mark = path[4:] + "." if path[4:] else path[1:4] if path.startswith("三") else path + "、"
    return [*parts, mark + row.zh]


def _requests(figures: Figures, table: Table, style: Style) -> list[Row]:
    codes = _ordered(table.blocks[0].columns, style)
    rows = _requests_head(table, codes, style)
    labels = table.blocks[0].rows
    parts = [label_parts(table, label) for label in labels]
    for i, label in enumerate(labels):
        groups = list(_group_cells(parts, i))
        if style.glued:
            text = "".join(cell.text for cell in groups) + parts[i][-1]
            cells = [Cell(text, 1, 3, LABEL)]
        else:
            cells = [*groups, Cell(parts[i][-1], 1, 4 - len(parts[i]), LABEL)]
        cells += [_value(figures, Address("requests", label.code, code)) for code in codes]
        rows.append(cells)
    return rows


def _group_cells(parts: Sequence[Sequence[str]], i: int) -> Iterable[Cell]:
    """Group labels that begin in row i, as high as the group."""
    for depth in range(len(parts[i]) - 1):
        key = parts[i][: depth + 1]
        if i and parts[i - 1][: depth + 1] == key:
            continue
        height = 1
        while i + height < len(parts) and parts[i + height][: depth + 1] == key:
            height += 1
        yield Cell(parts[i][depth], height, 1, GROUP)


def _remedies(figures: Figures, table: Table, style: Style) -> list[Row]:
    rows, columns = table.blocks[0].rows, table.blocks[0].columns
    codes = _ordered(columns, style)
    names = {column.code: column.zh for column in columns}
    values = [
        [_value(figures, Address("remedies", row.code, code)) for code in codes] for row in rows
    ]
    if style.remedies_rows == 3:
        head = [Cell("类型"), *(Cell(names[code]) for code in codes)]
        return [
            head,
            *([Cell(r.zh, role=LABEL), *v] for r, v in zip(rows, values, strict=True)),
        ]
    plain = [Cell(names[code]) for code in codes]
    tall = [replace(cell, height=2) for cell in plain]
    return [
        [Cell("行政复议", 1, 5), Cell("行政诉讼", 1, 10)],
        [*tall, Cell(rows[1].zh, 1, 5), Cell(rows[2].zh, 1, 5)],
        plain * 2,
        [cell for row in values for cell in row],
    ]
