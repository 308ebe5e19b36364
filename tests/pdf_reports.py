"""Lays known figures out as HTML reports that LibreOffice and Chromium print as PDF; for tests.

Labels and numbers are those of the statutory forms, all prose is made up.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from govstats.forms import Address, Table, find_table

Printed = Mapping[Address, str]

FILLER = "本段文字仅用于推移版面，使表格落在页面的不同位置，不含任何数据。"


@dataclass(frozen=True)
class Style:
    """How a report is set; `filler` lines in front move the page breaks."""

    filler: int = 0
    border: str = "all"
    page: str = "A4"
    size: float = 10.5
    padding: str = "2pt 4pt"
    vertical: bool = False
    repeat_head: bool = False
    align: str = "middle"
    footer: bool = True
    margin: str = "20mm"

    def edges(self, kind: str) -> str:
        """The rules of one cell, as both printers understand them."""
        sides = {
            "all": "top right bottom left",
            "none": "",
            "horizontal": "top bottom",
            "vertical": "left right",
            "open": "top bottom"
            + " left" * ("first" not in kind)
            + " right" * ("last" not in kind),
        }[self.border]
        return ";".join(f"border-{side}:0.5pt solid #000000" for side in sides.split())

    def css(self) -> str:
        number = "@bottom-center {content: '- ' counter(page) ' -'}" if self.footer else ""
        upright = "td.group {writing-mode: vertical-rl; text-orientation: upright}"
        return (
            f"@page {{size: {self.page}; margin: {self.margin}; {number}}}"
            f"body {{font-family: 'Noto Serif CJK SC'; font-size: {self.size}pt}}"
            "table {border-collapse: collapse; width: 100%}"
            f"td {{padding: {self.padding}; vertical-align: {self.align}; text-align: center;"
            f" font-size: {self.size}pt}}"
            f"td.label {{text-align: left}} {upright if self.vertical else ''}"
        )


def _td(text: str, height: int = 1, width: int = 1, kind: str = "") -> str:
    """A cell; its rules are filled in with the whole report."""
    return f'<td rowspan="{height}" colspan="{width}" class="{kind}" {{{kind}}}>{text}</td>'


def _table(head: Sequence[str], rows: Iterable[str], style: Style) -> str:
    tag = "thead" if style.repeat_head else "tbody"
    top = "".join(f"<tr>{row}</tr>" for row in head)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<table cellspacing="0"><{tag}>{top}</{tag}><tbody>{body}</tbody></table>'


def requests(figures: Printed, table: Table, style: Style) -> str:
    """The requests table with its three label columns and two-line applicant head."""
    columns = [column.code for column in table.blocks[0].columns]
    names = {column.code: column.zh for column in table.blocks[0].columns}
    note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    head = [
        _td(note, 3, 3, "label first") + _td("申请人情况", 1, 7, "last"),
        _td("自然人", 2) + _td("法人或其他组织", 1, 5) + _td("总计", 2, 1, "last"),
        "".join(_td(names[code]) for code in columns[1:-1]),
    ]
    body = []
    for row, labels in zip(table.blocks[0].rows, _labels(table), strict=True):
        last = len(columns) - 1
        cells = (
            _td(figures.get(Address("requests", row.code, code), ""), kind="last" * (i == last))
            for i, code in enumerate(columns)
        )
        body.append(labels + "".join(cells))
    return _table(head, body, style)


def _labels(table: Table) -> list[str]:
    """Label cells of each row: a group stands once, spanning its rows."""
    groups = {group.path: group.zh for group in table.groups}
    paths = [row.path for row in table.blocks[0].rows]
    seen: set[str] = set()
    printed = []
    for row in table.blocks[0].rows:
        path, cells = row.path, ""
        if not path.startswith("三"):
            printed.append(_td(f"{path}、{row.zh}", 1, 3, "label first"))
            continue
        for group, mark in (("三", "三、"), (path[:4], path[1:4])):
            if group in groups and group != path and group not in seen:
                count = sum(other.startswith(group) for other in paths)
                first = " first" * (group == "三")
                cells += _td(mark + groups[group], count, 1, "group" + first)
                seen.add(group)
        inner = path[:4] in groups and path != path[:4]
        mark = f"{path[4:]}." if inner else path[1:4]
        printed.append(cells + _td(mark + row.zh, 1, 1 if inner else 2, "label"))
    return printed


def disclosure(figures: Printed, table: Table, style: Style) -> str:
    """The disclosure table, one block under the other in one table of four columns."""
    rows = []
    for block in table.blocks:
        rows.append(_td(block.path, 1, 4, "first last"))
        names = ["信息内容", *(column.zh for column in block.columns)]
        rows.append(_spread(names))
        for row in block.rows:
            cells = [
                figures.get(Address("disclosure", row.code, c.code), "") for c in block.columns
            ]
            rows.append(_spread([row.zh, *cells]))
    return _table([], rows, style)


def _spread(cells: Sequence[str]) -> str:
    """Cells over four columns, the last one spanning what is left."""
    spans = [1] * (len(cells) - 1) + [5 - len(cells)]
    kinds = ["first"] + [""] * (len(cells) - 2) + ["last"]
    return "".join(_td(c, 1, s, k) for c, s, k in zip(cells, spans, kinds, strict=True))


def remedies(figures: Printed, style: Style) -> str:
    """The fifteen remedies under their three-line head."""
    table = find_table("remedies", "any")
    block = table.blocks[0]
    names = [column.zh for column in block.columns]
    head = [
        _td("行政复议", 1, 5, "first") + _td("行政诉讼", 1, 10, "last"),
        "".join(_td(name, 2, 1, "first" * (i == 0)) for i, name in enumerate(names))
        + _td("未经复议直接起诉", 1, 5)
        + _td("复议后起诉", 1, 5, "last"),
        "".join(_td(name, 1, 1, "last" * (i == 9)) for i, name in enumerate(names * 2)),
    ]
    values = [figures.get(address, "") for address in table.addresses]
    cells = "".join(
        _td(value, 1, 1, {0: "first", 14: "last"}.get(i, "")) for i, value in enumerate(values)
    )
    return _table(head, [cells], style)


def report(figures: Printed, forms: Mapping[str, str], style: Style, year: int = 2021) -> str:
    """A whole report as HTML: title, made-up prose, the three tables."""
    page_number = (
        '<div title="footer"><p align="center">- <sdfield type="page" subtype="random" '
        'format="arabic">1</sdfield> -</p></div>'
        if style.footer
        else ""
    )
    parts = [
        f"<h1 style='text-align:center'>甲县{year}年政府信息公开工作年度报告</h1>",
        "<p>一、总体情况</p>",
        *(f"<p>{FILLER}</p>" for _ in range(style.filler)),
        "<p>二、主动公开政府信息情况</p>",
        disclosure(figures, find_table("disclosure", forms["disclosure"]), style),
        "<p>三、收到和处理政府信息公开申请情况</p>",
        requests(figures, find_table("requests", forms["requests"]), style),
        "<p>四、政府信息公开行政复议、行政诉讼情况</p>",
        remedies(figures, style),
        "<p>五、存在的主要问题及改进情况</p>",
        f"<p>{FILLER * 3}</p>",
        "<p>六、其他需要报告的事项</p><p>无。</p>",
    ]
    kinds = {kind for part in parts for kind in re.findall(r'class="([^"]*)"', part)}
    body = "".join(parts)
    for kind in kinds:
        body = body.replace(f"{{{kind}}}", f'style="{style.edges(kind)}" valign="{style.align}"')
    return (
        f"<!DOCTYPE html><html lang='zh-CN'><head><meta charset='utf-8'>"
        f"<style>{style.css()}</style></head><body>{body}{page_number}</body></html>"
    )


def print_with_chromium(pages: Mapping[str, str], folder: Path) -> dict[str, bytes]:
    """Name -> PDF bytes, one run of Chromium a page, two at a time."""

    def print_page(name: str) -> bytes:
        source, target = folder / f"{name}.html", folder / f"{name}.pdf"
        # The page number of LibreOffice's dialect would be printed as text.
        html = pages[name].split('<div title="footer">')[0]
        source.write_text(html, encoding="utf-8")
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
        options = [f"--user-data-dir={folder / f'profile-{name}'}", "--no-pdf-header-footer"]
        _run([*command, *options, f"--print-to-pdf={target}", source.as_uri()])
        return target.read_bytes()

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(pages, pool.map(print_page, pages), strict=True))


def print_with_libreoffice(pages: Mapping[str, str], folder: Path) -> dict[str, bytes]:
    """Name -> PDF bytes, all in one run of LibreOffice."""
    for name, html in pages.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    sources = [str(folder / f"{name}.html") for name in pages]
    filters = ["--infilter=HTML (StarWriter)", "--convert-to", "pdf:writer_pdf_Export"]
    _run(["soffice", profile, "--headless", *filters, "--outdir", str(folder), *sources])
    return {name: (folder / f"{name}.pdf").read_bytes() for name in pages}


PRINTERS = {"chromium": print_with_chromium, "soffice": print_with_libreoffice}


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=300)


def has(program: str) -> bool:
    """True when the printer is installed."""
    return shutil.which(program) is not None


def read_figures(path: Path) -> dict[Address, str]:
    """Figures of a CSV file with columns table, row, column, value, as printed."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {
            Address(row["table"], row["row"], row["column"]): row["value"]
            for row in csv.DictReader(stream)
        }
