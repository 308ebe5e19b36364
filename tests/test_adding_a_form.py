"""Adding a form goes as docs/adding-a-form.md says: its blocks, in a copy of the package."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "adding-a-form.md"
BLOCK = re.compile(r"^```(?:toml|csv) (find|replace)(?: (\S+))?\n(.*?)\n```$", re.M | re.S)
FORM = "2027.toml"
VALID = ROOT / "tests" / "data" / "valid"

# Runs in the copy: a made-up report of the new form, read; and an earlier one, read as before.
SCRIPT = """
import json, sys
from pathlib import Path
from random import Random
from benchmarks.laboratory.figures import make_figures
from benchmarks.laboratory.layouts import LAYOUTS
from benchmarks.laboratory.reports import compose
from benchmarks.laboratory.sheets import Style, make_sheets
import govstats
from govstats import corpus, schemas
from govstats.extract import extract
from govstats.forms import find_table
from govstats.labels import core
from govstats.prose.agreement import expression_of, value_of
from govstats.readers import load, read
from govstats.report import read_report

assert Path(govstats.__file__).is_relative_to(Path.cwd())
forms = {"disclosure": "2021", "requests": "2027", "remedies": "any"}
tried = (make_figures(Random(seed), forms) for seed in range(50))
figures = next(f for f in tried if f["requests", "by_program", "total"])
sheets = make_sheets(figures, forms, Style())
report = compose({name: [sheet] for name, sheet in sheets.items()}, 2027, Random(1))
made = {}
for layout in ("text_tabs_bare", "html_spans", "docx_merged"):
    found = read_report(layout, LAYOUTS[layout](report, Random(1)))
    cells = {cell.address: cell.value for cell in found.extraction.cells}
    made[layout] = {
        "forms": dict(found.extraction.forms),
        "wrong": [str(a) for a, value in figures.items() if cells.get(a) != value],
        "more": [str(a) for a in cells if a not in figures],
        "violated": [check.name for check in found.violated()],
        "checked": [c.address for c in found.checks if c.name == "outcomes"],
        "not_processed": value_of(expression_of("not_processed"), cells)[1]
        == sum(v for a, v in figures.items() if a.column == "total" and a.row in (
            "petition", "repeated", "publication", "excessive", "reconfirm", "by_program")),
        "new": cells[("requests", "by_program", "total")],
    }
labels = find_table("requests", "2027").row_codes
older = {}
for path in sys.argv[1:]:
    rows = [(*c.address, c.value, c.status, c.low, c.high)
            for c in extract(read(load(Path(path)))).cells if c.status != "absent"]
    older[path] = sorted([("" if i is None else str(i)) for i in row] for row in rows)
both = [labels.get(core(t)) for t in ("属于行政查询事项", "属于另有查询程序的事项")]
print(json.dumps({"made": made, "older": older, "labels": both, "page": schemas.law()}))
"""


def _edits() -> list[tuple[str, str, str]]:
    """The page's pairs of blocks: file, what is found in it, what it is changed to."""
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    pairs = list(zip(blocks[::2], blocks[1::2], strict=True))
    assert all(one[0] == "find" and two[0] == "replace" for one, two in pairs)
    assert all(one[1] == two[1] for one, two in pairs)
    return [(one[1] or FORM, one[2], two[2]) for one, two in pairs]


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the copy of the package with the new form says."""
    copy = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "govstats", copy / "govstats", ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copytree(
        ROOT / "benchmarks", copy / "benchmarks", ignore=shutil.ignore_patterns("*.pyc")
    )
    command = re.search(r"^cp (\S+) (\S+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    shutil.copy(copy / command[1], copy / command[2])
    for name, old, new in _edits():
        (path,) = (copy / "govstats").rglob(name)
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name}: {old}"
        path.write_text(text.replace(old, new), encoding="utf-8")
    older = sorted(map(str, VALID.glob("*2021*.html"))) + sorted(map(str, VALID.glob("tabs-*.txt")))
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONUTF8": "1"}
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT, *older],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_the_page_has_steps():
    assert [name for name, *_ in _edits()] == [FORM] * 5 + ["prose.toml", "reply_rows.csv"]


@pytest.mark.parametrize("layout", ["text_tabs_bare", "html_spans", "docx_merged"])
def test_a_report_of_the_new_form_is_read_by_it(said, layout):
    made = said["made"][layout]
    assert made["forms"]["requests"] == "2027"
    assert (made["wrong"], made["more"]) == ([], [])
    assert made["new"] > 0
    assert made["not_processed"]


@pytest.mark.parametrize("layout", ["text_tabs_bare", "html_spans", "docx_merged"])
def test_its_sums_are_checked_with_the_new_row(said, layout):
    made = said["made"][layout]
    assert made["violated"] == []
    assert len(made["checked"]) == 7


def test_the_old_label_and_the_new_one_mean_the_same_row(said):
    assert said["labels"] == ["refused_query_procedure"] * 2


def test_reports_of_earlier_forms_are_read_as_before(said):
    assert len(said["older"]) > 5
    for path, rows in said["older"].items():
        pair = Path(path).with_name(f"{Path(path).stem}.cells.csv").read_text(encoding="utf-8")
        assert rows == sorted(line.split(",") for line in pair.splitlines()[1:]), path


def test_the_page_of_forms_tells_the_new_form(said):
    changes = said["page"].partition("### requests: 2021 to 2027\n")[2].partition("\n###")[0]
    assert "- New rows: `by_program` 由程序自动批量提出的申请." in changes
    assert "is printed 属于行政查询事项, then 属于另有查询程序的事项." in changes
