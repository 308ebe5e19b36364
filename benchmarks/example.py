"""Makes the three made-up reports of data/example: one body, three years, three file formats.

    python -m benchmarks.example [FOLDER]

Bodies, sentences and numbers are invented. The report for 2022 misprints one total, as real ones
do; that for 2023 prints one cell blank.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

from benchmarks.laboratory.cells import blanked
from benchmarks.laboratory.figures import Figures
from benchmarks.laboratory.layouts import LAYOUTS
from benchmarks.laboratory.reports import HEADINGS, Block, Report
from benchmarks.laboratory.sheets import Sheet, Style, make_sheets
from govstats.forms import Address, find_table

FOLDER = Path("data/example/my-reports")
ISSUER = "示例县水务局"
FORMS = {"disclosure": "2021", "requests": "2021", "remedies": "any"}
LAYOUT = {2021: "html_spans", 2022: "docx_merged", 2023: "pdf_ruled_pages"}
# Row -> requests of natural persons and of commercial enterprises; rows not named have none.
REQUESTS: Mapping[int, Mapping[str, tuple[int, int]]] = {
    2021: {"new": (41, 6), "carried_in": (2, 0), "granted": (21, 3), "partial": (2, 0)}
    | {"refused_third_party": (3, 1), "not_held": (12, 2), "repeated": (2, 0), "total": (40, 6)}
    | {"carried_out": (3, 0)},
    2022: {"new": (52, 4), "carried_in": (3, 0), "granted": (19, 2), "partial": (4, 0)}
    | {"refused_process": (2, 0), "not_held": (22, 1), "petition": (4, 0), "other": (2, 0)}
    | {"total": (53, 3), "carried_out": (2, 1)},
    2023: {"new": (58, 9), "carried_in": (2, 1), "granted": (17, 4), "partial": (3, 1)}
    | {"refused_third_party": (2, 0), "not_held": (29, 4), "still_unclear": (3, 0)}
    | {"repeated": (1, 0), "other": (1, 1), "total": (56, 10), "carried_out": (4, 0)},
}
# Row -> upheld, corrected, other, pending.
REMEDIES: Mapping[int, Mapping[str, tuple[int, int, int, int]]] = {
    2021: {"review": (1, 0, 1, 0), "suit_direct": (0, 0, 0, 1)},
    2022: {"review": (2, 1, 0, 0), "suit_after_review": (1, 0, 0, 0)},
    2023: {"review": (3, 1, 1, 1), "suit_direct": (0, 1, 0, 0), "suit_after_review": (0, 0, 0, 1)},
}
DISCLOSURE = {"normative": (2, 1, 14), "licensing": (85,), "penalties": (12,), "fees": (3,)}
MISPRINTED = (2022, Address("requests", "granted", "total"), 12)
BLANK = (2023, Address("requests", "not_held", "research"))


def figures(year: int) -> Figures:
    """What the report of a year should print, cell by cell, if nothing were misprinted."""
    found: Figures = {}
    for name, form in FORMS.items():
        found |= dict.fromkeys(find_table(name, form).addresses, 0)
    for row, (persons, firms) in REQUESTS[year].items():
        values = {"natural_person": persons, "business": firms, "total": persons + firms}
        found |= {Address("requests", row, column): value for column, value in values.items()}
    for row, parts in REMEDIES[year].items():
        names = ("upheld", "corrected", "other", "pending", "total")
        for column, value in zip(names, (*parts, sum(parts)), strict=True):
            found[Address("remedies", row, column)] = value
    for row, counts in DISCLOSURE.items():
        heads = find_table("disclosure", "2021").block_of[row].columns
        for head, count in zip(heads, counts, strict=True):
            found[Address("disclosure", row, head.code)] = count
    return found


def report(year: int) -> Report:
    """The report of a year: title, made-up sentences, three tables."""
    printed = figures(year)
    if year == MISPRINTED[0]:
        printed[MISPRINTED[1]] = MISPRINTED[2]
    new, total = (printed[Address("requests", row, "total")] for row in ("new", "total"))
    blocks: list[Block] = [
        f"{ISSUER}{year}年政府信息公开工作年度报告",
        "一、总体情况",
        f"{year}年,本机关收到政府信息公开申请{new}件,答复{total}件。",
    ]
    for name, sheet in make_sheets(printed, FORMS, Style()).items():
        blocks += [HEADINGS[name], _with_blank(sheet, year)]
    blocks += ["五、存在的主要问题及改进情况", "答复时限有待缩短。", ISSUER, f"{year + 1}年1月18日"]
    return Report(tuple(blocks))


def _with_blank(sheet: Sheet, year: int) -> Sheet:
    if year != BLANK[0]:
        return sheet
    rows = [[blanked(c) if c.address == BLANK[1] else c for c in row] for row in sheet.rows]
    return replace(sheet, rows=rows)


def main(folder: Path = FOLDER) -> None:
    """Write the three files into a folder, made if needed."""
    folder.mkdir(parents=True, exist_ok=True)
    for year, layout in LAYOUT.items():
        path = folder / f"{year}.{layout.partition('_')[0]}"
        path.write_bytes(LAYOUTS[layout](report(year), Random(year)))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
