"""Writes known figures as reports in the layouts that real ones come in; for tests only."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

from govstats.forms import Address, Table, find_table

Figures = Mapping[Address, int]
REQUESTS = {form: find_table("requests", form) for form in ("2019", "2021")}
DISCLOSURE = {form: find_table("disclosure", form) for form in ("2019", "2021")}
REMEDIES = find_table("remedies", "any")


def make_requests(table: Table, seed: int, largest: int = 400) -> dict[Address, int]:
    """A requests table whose identities all hold."""
    rng = random.Random(seed)
    rows = [row.code for row in table.blocks[0].rows]
    outcomes = [row for row in rows if row not in ("new", "carried_in", "total", "carried_out")]
    applicants = [c.code for c in table.blocks[0].columns if c.code != "total"]
    figures: dict[tuple[str, str], int] = {}
    for column in applicants:
        for row in outcomes:
            figures[row, column] = rng.choice((0, 0, 0, rng.randint(0, largest)))
        total = sum(figures[row, column] for row in outcomes)
        carried_in = rng.randint(0, total)
        carried_out = rng.randint(0, 5)
        figures["total", column] = total
        figures["carried_in", column] = carried_in
        figures["carried_out", column] = carried_out
        figures["new", column] = total + carried_out - carried_in
    for row in rows:
        figures[row, "total"] = sum(figures[row, column] for column in applicants)
    return {Address("requests", row, column): value for (row, column), value in figures.items()}


def make_remedies(seed: int, largest: int = 30) -> dict[Address, int]:
    """A remedies table whose identities all hold."""
    rng = random.Random(seed)
    figures: dict[Address, int] = {}
    for block in REMEDIES.blocks[0].rows:
        parts = {
            column: rng.randint(0, largest)
            for column in ("upheld", "corrected", "other", "pending")
        }
        for column, value in {**parts, "total": sum(parts.values())}.items():
            figures[Address("remedies", block.code, column)] = value
    return figures


def make_disclosure(form: str, seed: int) -> dict[Address, int]:
    """A disclosure table whose inequalities hold."""
    rng = random.Random(seed)
    figures = {a: rng.randint(0, 300) for a in DISCLOSURE[form].addresses}
    for address in figures:
        if address.column == "stock":
            figures[address] += figures[address._replace(column="disclosed")]
        if address.column == "change":
            figures[address] = rng.randint(-figures[address._replace(column="previous_items")], 9)
    return figures


def disclosure_rows(
    figures: Figures, form: str, order: Callable[[Sequence[str]], Sequence[str]]
) -> list[list[str]]:
    """Rows of cells of a disclosure table, the rows and columns of each block in any order."""
    printed = []
    for block in DISCLOSURE[form].blocks:
        rows = {row.code: row.zh for row in block.rows}
        columns = {column.code: column.zh for column in block.columns}
        row_order, column_order = order(list(rows)), order(list(columns))
        printed.append([block.path])
        printed.append(["信息内容", *(columns[code] for code in column_order)])
        for row in row_order:
            values = (str(figures[Address("disclosure", row, c)]) for c in column_order)
            printed.append([rows[row], *values])
    return printed


def remedies_html(figures: Figures, order: Sequence[Address]) -> str:
    """The fifteen numbers in any order, each under its own two heads."""
    names = {label.code: label.zh for b in REMEDIES.blocks for label in (*b.rows, *b.columns)}
    rows = [
        [names[address.row] for address in order],
        [names[address.column] for address in order],
        [str(figures[address]) for address in order],
    ]
    lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def full_labels(table: Table) -> dict[str, list[str]]:
    """Row code -> the labels of its groups and its own, numbered as printed."""
    groups = {group.path: group.zh for group in table.groups}
    labels = {}
    for row in table.blocks[0].rows:
        path = row.path
        printed = []
        if path.startswith("三"):
            printed.append(f"三、{groups['三']}")
        if path[:4] in groups and path != path[:4]:
            printed.append(f"{path[1:4]}{groups[path[:4]]}")
        mark = path[4:] + "." if path[4:] else path[1:4] if path.startswith("三") else path + "、"
        labels[row.code] = [*printed, mark + row.zh]
    return labels


def _zh(table: Table, columns: Sequence[str]) -> list[str]:
    names = {column.code: column.zh for column in table.blocks[0].columns}
    return [names[code] for code in columns]


def html(figures: Figures, table: Table, rows: Sequence[str], columns: Sequence[str]) -> str:
    """One HTML table, every label in a cell of its own, a plain one-line head."""
    labels = full_labels(table)
    head = "".join(f"<th>{name}</th>" for name in _zh(table, columns))
    lines = [f"<tr><th colspan=3>申请人情况</th>{head}</tr>"]
    for row in rows:
        names = labels[row]
        spans = [1] * (len(names) - 1) + [4 - len(names)]
        cells = "".join(f"<td colspan={s}>{n}</td>" for n, s in zip(names, spans, strict=True))
        cells += "".join(f"<td>{figures[Address('requests', row, c)]}</td>" for c in columns)
        lines.append(f"<tr>{cells}</tr>")
    return f"<html><body><table>{''.join(lines)}</table></body></html>"


def _rows_of_cells(
    figures: Figures, table: Table, rows: Sequence[str], columns: Sequence[str]
) -> list[tuple[list[str], list[str]]]:
    labels = full_labels(table)
    return [
        (labels[row], [str(figures[Address("requests", row, c)]) for c in columns]) for row in rows
    ]


def pipes(figures: Figures, table: Table, rows: Sequence[str], columns: Sequence[str]) -> str:
    """One pipe row a line."""
    lines = ["申请人情况 | " + " | ".join(_zh(table, columns)) + " |"]
    for names, values in _rows_of_cells(figures, table, rows, columns):
        lines.append(f"{' | '.join(names)} | {' | '.join(values)} ||")
    return "\n".join(lines)


def pipe_cells(figures: Figures, table: Table, rows: Sequence[str], columns: Sequence[str]) -> str:
    """One cell a line, a pipe behind each, two at the end of a row."""
    lines = ["申请人情况 | ||", *(f"{name} |" for name in _zh(table, columns))]
    for names, values in _rows_of_cells(figures, table, rows, columns):
        lines += [f"{name} |" for name in names] + [f"{value} |" for value in values[:-1]]
        lines.append(f"{values[-1]} | |")
    return "\n".join(lines)


def lines(figures: Figures, table: Table, rows: Sequence[str], columns: Sequence[str]) -> str:
    """One cell a line, a blank line between."""
    cells = ["申请人情况", *_zh(table, columns)]
    for names, values in _rows_of_cells(figures, table, rows, columns):
        cells += names + values
    return "\n\n".join(cells)


def tabs(figures: Figures, table: Table, rows: Sequence[str], columns: Sequence[str]) -> str:
    """One tab-separated row a line, label columns filled from the left."""
    text = ["申请人情况\t\t\t" + "\t".join(_zh(table, columns))]
    for names, values in _rows_of_cells(figures, table, rows, columns):
        padded = [""] * (3 - len(names)) + names
        text.append("\t".join([*padded, *values]))
    return "\n".join(text)


LAYOUTS = {"html": html, "pipes": pipes, "pipe_cells": pipe_cells, "lines": lines, "tabs": tabs}
