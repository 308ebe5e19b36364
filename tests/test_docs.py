"""The pages in docs are made from the forms and vocabularies, or agree with each other."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from govstats import schemas, vocabulary
from govstats.forms import STATISTICS, TABLES, forms
from govstats.metrics import metrics

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = {"codebook.md": "columns", "forms.md": "forms", "metrics.md": "metrics"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("codebook.md", schemas.codebook),
        ("forms.md", schemas.law),
        ("metrics.md", schemas.dictionary),
    ],
)
def test_a_generated_page_is_that_of_the_data_files(name, text):
    advice = f"write it anew: govstats codebook {PAGES[name]} > docs/{name}"
    assert (DOCS / name).read_text(encoding="utf-8") == text(), advice


def test_make_writes_every_generated_page():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    written = dict(re.findall(r"govstats codebook *(\w*) > docs/(\S+)", makefile))
    assert written == {"": "codebook.md", "forms": "forms.md", "metrics": "metrics.md"}


@pytest.mark.parametrize("page", PAGES.values())
def test_the_pages_are_printed_without_pandas(page):
    code = (
        "import sys; from govstats.cli import app;"
        f"app(['codebook', '{page}'], standalone_mode=False);"
        "assert not {'pandas', 'pandera', 'matplotlib'} & set(sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], cwd=ROOT, capture_output=True, check=True
    )
    name = next(name for name, made in PAGES.items() if made == page)
    assert result.stdout == (DOCS / name).read_bytes()


def _chapter(name: str) -> str:
    text = schemas.law()
    return text.partition(f"\n## {name}: ")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", [*TABLES, *STATISTICS])
def test_every_row_and_column_of_every_form_has_one_line_with_labels_and_articles(name):
    rows, columns = _chapter(name).partition("### Columns")[::2]
    for year, tables in forms().items():
        for block in tables[name].blocks if name in tables else ():
            for text, labels in ((rows, block.rows), (columns, block.columns)):
                for label in labels:
                    (line,) = re.findall(rf"^\| `{label.code}` \|.*$", text, re.MULTILINE)
                    assert all(said in line for said in (label.zh, label.en, label.legal))
                    assert re.search(rf"\| [0-9, ]*{year}[0-9, ]* \|", line)


def test_sums_are_told_with_both_sides_in_every_form_that_has_them():
    chapter = _chapter("requests")
    assert "- **balance** (2019, 2021): `new` + `carried_in` = `total` + `carried_out`" in chapter
    (earlier, later) = re.findall(r"^- \*\*outcomes\*\* .*$", chapter, re.MULTILINE)
    assert "(2019)" in earlier and "+ `other_undivided`, in every column" in earlier
    assert "(2021)" in later and "+ `fee_unpaid` + `other`, in every column" in later
    assert "0 ≤ `previous_items` + `change`, in every row" in _chapter("disclosure")


def test_changes_between_forms_are_told():
    text = schemas.law()
    assert (
        "### requests: 2019 to 2021\n\n- Rows no longer there: `other_undivided` 其他处理." in text
    )
    assert "- `normative` is printed 规范性文件, then 行政规范性文件." in text
    assert "### remedies: 2019 to 2021\n\n- Nothing." in text


def test_remarks_stand_at_what_a_form_has():
    words = vocabulary.words("law.toml")
    known: set[str] = set()
    sums: set[str] = set()
    for tables in forms().values():
        for name, table in tables.items():
            addresses = table.addresses
            known |= {f"{name}.{a.row}" for a in addresses}
            known |= {f"{name}.*.{a.column}" for a in addresses}
            sums |= {f"{name}.{identity.name}" for identity in table.identities}
    assert set(words["notes"]) <= known
    assert set(words["sums"]) <= sums
    for entry in [*words["notes"].values(), *words["sums"].values()]:
        assert entry["en"].endswith(".") and re.search("[\u4e00-\u9fff]", entry["zh"])


def test_the_bridge_is_told_whole():
    text = schemas.law().partition("## The bridge")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    assert len(lines) == len(vocabulary.table("bridge.csv"))


def test_metrics_are_told_with_formula_and_caveats_in_both_languages():
    text = schemas.dictionary()
    for metric in metrics():
        chapter = text.partition(f"### {metric.name}\n")[2].partition("\n##")[0]
        assert f"{metric.zh} / {metric.en}" in chapter
        assert f"`{metric.formula}`" in chapter
        assert bool(metric.caveats) == bool(metric.caveats_zh) == ("Take care" in chapter)
        assert metric.caveats in chapter and metric.caveats_zh in chapter
    for measure in vocabulary.measures():
        assert f"\n| `{measure}` | " in text


PROSE = sorted({*DOCS.glob("*.md"), *ROOT.glob("*.md"), *ROOT.glob(".github/**/*.md")})


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(path):
    targets = re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
    for target in targets:
        if not re.match(r"https?://|#", target):
            assert (path.parent / target.partition("#")[0]).exists(), target
