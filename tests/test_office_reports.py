"""Known figures in merged cells of web pages, Word files and spreadsheets come out exact."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import docx
import layouts
import office
import pytest

from govstats.extract import STATED, extract
from govstats.readers import load, read

TRANSCRIPTS = sorted((Path(__file__).parents[1] / "data" / "raw" / "reports").iterdir())


def _docx_in_layout_table(title, tables):
    """The whole report in one cell of a layout table beside a menu."""
    document = docx.Document()
    menu, cell = document.add_table(1, 2).rows[0].cells
    menu.text = "首页\n机构概况"
    cell.text = title
    for head, rows in tables:
        cell.add_paragraph(head)
        office.add_table(_InCell(cell), rows)
    return office.saved(document)


class _InCell:
    """A Word cell that takes tables as a document does."""

    def __init__(self, cell):
        self._cell = cell

    def add_table(self, rows, columns):
        return self._cell.add_table(rows, columns)


def _one_table(title, tables):
    """Everything in one HTML table, headings as rows of one cell."""
    widest = max(office.width_of(rows) for _, rows in tables)
    every = [[(title, 1, widest)]]
    for head, rows in tables:
        every += [[(head, 1, widest)], *rows]
    return f"<html><body>{office.html_table(every)}</body></html>".encode()


def _unframed(title, tables):
    return office.as_xlsx(title, tables, framed=False)


WRITERS = {
    "html": office.as_html,
    "html-one-table": _one_table,
    "docx": office.as_docx,
    "docx-in-layout-table": _docx_in_layout_table,
    "xlsx": office.as_xlsx,
    "xlsx-without-borders": _unframed,
    "xls": office.as_xls,
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_figures_of_published_reports_come_out_exact(path, writer):
    known = extract(read(load(path)))
    stated = {c.address: c.value for c in known.cells if c.status == STATED}
    assert len(stated) > 170
    printed = {c.address: c.printed for c in known.cells if c.status == STATED}
    tables = office.statutory(printed, known.forms["disclosure"], known.forms["requests"])
    found = extract(read(WRITERS[writer](known.title, tables)))
    assert {c.address: c.value for c in found.cells if c.status == STATED} == stated
    assert (found.title, found.forms) == (known.title, known.forms)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(("form", "largest"), [("2019", 15_000), ("2021", 400), ("2021", 0)])
def test_made_up_figures_come_out_exact(form, largest, writer):
    requests = layouts.make_requests(layouts.REQUESTS[form], seed=7, largest=largest)
    figures = {**layouts.make_disclosure(form, 7), **requests, **layouts.make_remedies(7)}
    # Where the sums leave no choice a blank is not known to be zero, but bounded to it.
    blanks = {a for a, v in requests.items() if v == 0 and a.column == "research"}
    printed = {a: "" if a in blanks else str(v) for a, v in figures.items()}
    found = extract(
        read(WRITERS[writer]("甲县政府信息公开工作年度报告", office.statutory(printed, form, form)))
    )
    stated = {c.address: c.value for c in found.cells if c.status == STATED}
    assert stated == {a: v for a, v in figures.items() if a not in blanks}
    assert {c.address for c in found.cells if c.status == "blank"} == blanks


def test_one_paragraph_a_cell_is_read_with_its_blanks():
    figures = {**layouts.make_requests(layouts.REQUESTS["2021"], seed=3, largest=90)}
    blanks = {a for a, v in figures.items() if v == 0 and a.column == "research"}
    printed = {a: "" if a in blanks else v for a, v in figures.items()}
    table = layouts.REQUESTS["2021"]
    orders = [
        [each.code for each in part] for part in (table.blocks[0].rows, table.blocks[0].columns)
    ]
    document = docx.Document()
    for text in layouts.lines(printed, table, *orders).split("\n\n"):
        document.add_paragraph(text)
    cells = extract(read(office.saved(document))).cells
    stated = {a: v for a, v in figures.items() if a not in blanks}
    assert {c.address: c.value for c in cells if c.status == STATED} == stated
    assert {c.address for c in cells if c.status == "blank"} == blanks


def test_a_word_table_cut_in_two_is_one():
    figures = {
        **layouts.make_requests(layouts.REQUESTS["2019"], seed=5),
        **layouts.make_remedies(5),
    }
    tables = office.statutory({a: str(v) for a, v in figures.items()}, "2019", "2019")
    (_, (head, requests), remedies) = tables
    parts = [(head, requests[:17]), ("", requests[17:]), remedies]
    assert all(height == 1 for _, height, _ in requests[17])
    short = [[(text, min(height, 17 - at), width) for text, height, width in row]
             for at, row in enumerate(parts[0][1])]  # fmt: skip
    cells = extract(read(office.as_docx("甲", [(head, short), *parts[1:]]))).cells
    assert {c.address: c.value for c in cells if c.status == STATED} == figures


CONVERSIONS = {
    "docx": ("docx:MS Word 2007 XML", office.as_docx, "docx"),
    "html": ("html:HTML (StarWriter)", office.as_docx, "docx"),
    "xls": ("xls", office.as_xlsx, "xlsx"),
}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not there")
@pytest.mark.parametrize("kind", CONVERSIONS)
def test_what_libreoffice_makes_of_them_is_exact(kind, tmp_path):
    command, write, suffix = CONVERSIONS[kind]
    known = {path.stem: extract(read(load(path))) for path in TRANSCRIPTS}
    for name, found in known.items():
        printed = {c.address: c.printed for c in found.cells if c.status == STATED}
        forms = (found.forms["disclosure"], found.forms["requests"])
        data = write("甲县政府信息公开工作年度报告", office.statutory(printed, *forms))
        (tmp_path / f"{name}.{suffix}").write_bytes(data)
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
         "--convert-to", command, "--outdir", tmp_path / "out", *tmp_path.glob(f"*.{suffix}")],
        check=True, capture_output=True,
    )  # fmt: skip
    for name, found in known.items():
        stated = {c.address: c.value for c in found.cells if c.status == STATED}
        again = extract(read(load(tmp_path / "out" / f"{name}.{kind}")))
        assert {c.address: c.value for c in again.cells if c.status == STATED} == stated
