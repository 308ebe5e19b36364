"""A report in the terminal: its tables, readable at 100 columns, and the checks it violates."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from govstats.extract import ABSENT, BLANK, BOUNDED, IMPLIED, STATED, UNREAD, Cell
from govstats.forms import Address, Block, Table, find_table
from govstats.report import Report

WIDTH = 100
# Column widths: four Chinese characters a line where columns are many, else a whole label.
NARROW, WIDE, FEW_COLUMNS = 8, 15, 5
LEGEND = "blank ·   implied by the sums (0)   bounded 0..1   unread ?   not printed –"
_STYLES = {IMPLIED: "cyan", BOUNDED: "cyan", UNREAD: "bold red", ABSENT: "dim", BLANK: "dim"}


def print_report(report: Report) -> None:
    """Print title, year, forms, every table the report has, and violated checks."""
    console = Console(width=WIDTH, highlight=False)
    found = report.extraction
    console.print(Text(found.title or "(no title line)", style="bold"))
    console.print(
        f"year {found.year or 'not stated'}   file {report.source}   id {report.report_id}"
    )
    if not found.forms:
        console.print("\nNo table of the form: figures may stand in sentences or in an attachment.")
        return
    cells = {cell.address: cell for cell in found.cells if not cell.label}
    for name, form in found.forms.items():
        table = find_table(name, form)
        console.print(Text(f"\n{table.zh}  ({table.en}, form {form})", style="bold"))
        for block in table.blocks:
            console.print(_grid(table, block, cells))
    for cell in found.cells:
        if cell.label:
            console.print(f"unlisted row {cell.label}: {cell.address.column} {cell.printed}")
    console.print(f"\n{LEGEND}", style="dim")
    _print_checks(console, report)


def _grid(table: Table, block: Block, cells: Mapping[Address, Cell]) -> Grid:
    grid = Grid(box=None, padding=(0, 1, 0, 0), pad_edge=False, width=WIDTH)
    grid.add_column(block.path, ratio=1, no_wrap=True, overflow="ellipsis")
    narrow = NARROW if len(block.columns) > FEW_COLUMNS else WIDE
    for column in block.columns:
        grid.add_column(column.zh, justify="right", width=narrow, overflow="fold")
    for row in block.rows:
        shown = [_shown(cells[Address(table.name, row.code, c.code)]) for c in block.columns]
        path = "" if row.path.startswith("行政") else row.path
        grid.add_row(f"{path} {row.zh}".strip(), *shown)
    return grid


def _shown(cell: Cell) -> Text:
    words = {
        STATED: f"{cell.value}{cell.unit}",
        BLANK: "·",
        UNREAD: "?",
        ABSENT: "–",
        IMPLIED: f"({cell.value})",
        BOUNDED: f"{cell.low}..{cell.high}",
    }
    return Text(words[cell.status], style=_STYLES.get(cell.status, ""))


def _print_checks(console: Console, report: Report) -> None:
    for remark in report.remarks:
        console.print(Text(f"not read: {remark}", style="bold red"))
    violated = report.violated()
    console.print(f"{len(report.checks)} checks, {len(violated)} violated")
    for found in violated:
        console.print(
            Text(
                f"  {found.name} {found.address}: {found.left} against {found.right}",
                style="bold red",
            )
        )
