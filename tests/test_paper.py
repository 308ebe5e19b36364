"""What a paper takes in: numbers, tables, lists, the manifest, and what a run has changed."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from lxml import html
from typer.testing import CliRunner

from govstats import vocabulary
from govstats.cli import app
from govstats.paper import __main__ as paper
from govstats.paper import changes, contents, keep, manifest, numbers, tables, trace
from govstats.paper.caveats import in_words

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
STATING = [path for path in NOTEBOOKS if "04" <= path.stem[:2] <= "11"]
TABLES = [item for item in contents.items() if item.kind == "table"]
# Numbers of sentences that are no results: levels, thresholds, articles of law, years.
DEFINED = {
    "04_first_answers": {"95", "100"},
    "06_requests": {"95", "10"},
    "07_not_held": {"95", "100", "2260", "30"},
    "08_remedies": {"95", "100", "1", "5", "8"},
    "09_expropriation": {"5", "10", "30", "1", "2"},
    "10_robustness": {"93", "7", "1", "5"},
    "11_beside_others": {"95", "100", "30"},
}


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("GOVSTATS_DATA", raising=False)
    monkeypatch.delenv("GOVSTATS_LANG", raising=False)


def _cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


# Caveats


@cache
def _caveats():
    files = [*(ROOT / "tables").glob("*.csv"), *(ROOT / "figures").glob("*.csv")]
    texts = [path.read_text(encoding="utf-8") for path in files]
    rows = [row for text in texts for row in csv.DictReader(text.splitlines())]
    return {each for row in rows for each in row.get("caveats", "").split("; ") if each}


def test_every_caveat_is_printed_in_chinese_too(monkeypatch):
    assert len(_caveats()) > 30
    monkeypatch.setenv("GOVSTATS_LANG", "zh")
    printed = [in_words(each) for each in _caveats()]
    assert [text for text in printed if not re.search("[一-鿿]", text)] == []
    assert [text for text in printed if re.search("[a-z]{2,} [a-z]{2,}", text)] == []


def test_no_caveat_is_printed_with_codes_of_columns():
    assert [each for each in _caveats() if re.search(r"[a-z]_[a-z]", in_words(each))] == []


@pytest.mark.parametrize(
    ("caveat", "english", "chinese"),
    [
        ("4.4 effective clusters", "4.4 effective clusters", "有效聚类4.4个"),
        ("scopes mixed (own, system): they may overlap", None, "不同范围混在一起"),
        ("no interval: not identified without 浙江省", None, "没有区间：去掉浙江省则无法识别"),
        (
            "no interval: 3 rows do not state not_held and answered and are left out",
            "no interval: reports left out that do not state both not held and answered: 3",
            "没有区间：未同时载明不掌握与答复而未计入的报告：3份",
        ),
        ("said otherwise", "said otherwise", "said otherwise"),
    ],
)
def test_a_caveat_in_words(caveat, english, chinese, monkeypatch):
    if english is not None:
        assert in_words(caveat) == english
    monkeypatch.setenv("GOVSTATS_LANG", "zh")
    assert in_words(caveat).startswith(chinese)


# Numbers


def test_every_quoted_number_is_there_and_as_committed():
    found = numbers.quoted()
    assert [name for name, number in found.items() if "why" in number] == []
    assert json.loads((ROOT / "paper/numbers.json").read_text(encoding="utf-8")) == found


def test_macros_are_letters_only_and_the_main_one_is_there():
    text = (ROOT / "paper/numbers.tex").read_text(encoding="utf-8")
    defined = re.findall(r"^\\newcommand\{\\([^}]*)\}\{([^{}]*)\}$", text, re.MULTILINE)
    assert dict(defined) == numbers.macros(numbers.quoted())
    assert len(defined) == len(dict(defined))
    assert all(re.fullmatch("[A-Za-z]+", name) for name, _ in defined)
    share = pd.read_csv(ROOT / "figures/07_share.csv").iloc[0]
    assert (share["estimand"], share["method"]) == ("complete, own", "mean of shares, jackknife")
    for suffix, column in {"": "estimate", "Low": "low", "High": "high", "N": "n"}.items():
        assert dict(defined)[f"ShareNotHeldMean{suffix}"] == f"{share[column]:.0f}"


@pytest.fixture
def listing(monkeypatch):
    """Let numbers.toml be one group on three rows."""

    def given(**group):
        told = {"file": "raw/x.csv", "notebook": "x", "unit": "u", "sample": "s", **group}
        monkeypatch.setattr(vocabulary, "words", lambda name: {"from": [told]})
        text = "k,estimate,low,high,n\na,1.25,1,2,3\nb,,4,5,6\nc,,,,\nc,2,,,\n"
        Path("raw.csv").write_text(text, encoding="utf-8")
        monkeypatch.setattr(numbers, "find", lambda name: Path("raw.csv"))
        return numbers.quoted()

    return given


def test_a_row_gives_what_it_has(listing, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = listing(digits=1, numbers={"Aa": {"k": "a"}, "Bb": {"k": "b"}})
    assert {key: found["Aa"][key] for key in ("value", "low", "high", "n", "exact")} == {
        "value": "1.2",
        "low": "1.0",
        "high": "2.0",
        "n": 3,
        "exact": 1.25,
    }
    assert "value" not in found["Bb"]
    assert numbers.macros({"Bb": found["Bb"]}) == {"BbLow": "4.0", "BbHigh": "5.0", "BbN": "6"}


def test_several_rows_make_a_sum_and_none_make_no_number(listing, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert listing(take="sum", numbers={"Aa": {}})["Aa"]["value"] == "3"
    assert listing(take="size", numbers={"Aa": {"k": "c"}})["Aa"]["value"] == "2"
    assert listing(take="max", numbers={"Aa": {"k": "b"}})["Aa"]["value"] == "??"
    found = listing(numbers={"Aa": {"k": "z"}})["Aa"]
    assert (found["value"], found["why"]) == ("??", "no row of the file fits")
    for take in ({}, {"take": "max"}):
        found = listing(**take, why="told", numbers={"Aa": {"k": "z"}})["Aa"]
        assert (found["value"], found["why"]) == ("??", "told")


def test_a_file_without_rows_gives_no_number_and_no_table(monkeypatch, tmp_path):
    monkeypatch.setenv("GOVSTATS_DATA", str(tmp_path))
    # What notebook 05 keeps where no row of the panel states the items.
    columns = ["index", "n", "mean", "std", "min", "low", "median", "high", "max"]
    keep(pd.DataFrame(columns=columns), "05_spread", tables.tables_folder())
    entry = next(item.entry for item in TABLES if item.entry["name"] == "05_spread")
    assert tables.write(entry, "Table 1") == []
    found = numbers.quoted()["ItemsProvince"]
    assert (found["value"], found["why"]) == ("??", "no row of the file fits")
    contents.write(tmp_path)
    assert "05_spread) was not made\n" in (tmp_path / "tables.tex").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ({"Share2": {"k": "a"}}, "Share2 is no name of letters"),
        ({"Aa": {"k": "c"}}, "Aa fits 2 rows"),
        ({"Aa": {"z": "c"}}, "Aa: raw/x.csv has no column z"),
    ],
)
def test_what_is_wrong_in_the_list_is_told(listing, tmp_path, monkeypatch, listed, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=message):
        listing(numbers=listed)


# Sentences


@cache
def _known(*notebooks):
    """Every number quoted from notebooks as a sentence may print it, and those of its caveats."""
    found = {"0"}
    for number in numbers.quoted().values():
        if number["notebook"] not in notebooks:
            continue
        found |= {number[key] for key in ("value", "low", "high") if key in number}
        found |= {f"{number['n']:.0f}"} if "n" in number else set()
        found |= set(_said(number.get("caveats", "")))
    return found


def _said(text):
    """The numbers of a text, without addresses, code, files, years and numbers of notebooks."""
    text = re.sub(r"\]\([^\s]*\)|`[^`]*`|\S*\.(?:txt|csv)\b|GB/T 2260|\[\d+\]", " ", text)
    text = re.sub(r"notebooks? \d+(?:(?:,| and| to) \d+)*", " ", text)
    found = re.findall(r"(?<![\w.-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w-])", text)
    return [n.replace(",", "") for n in found if not re.fullmatch(r"(?:19|20)\d\d", n)]


def _sentences(path):
    """Markdown of a notebook, written or computed, without tables and lists of sources."""
    for cell in _cells(path):
        if cell["cell_type"] == "markdown":
            yield "".join(cell["source"])
        for output in cell.get("outputs", []):
            text = "".join(output.get("data", {}).get("text/markdown", ""))
            # Notebook 11 lists figures of others with their addresses.
            listed = "- " if path.stem == "11_beside_others" else "|"
            lines = text.splitlines()
            yield "\n".join(s for s in lines if not s.startswith(listed) and " | " not in s)


def test_numbers_of_sentences_are_found():
    text = (
        "In notebooks 07 and 08, of 2021: 25.3 % (16 to 34.6), 7,477 cases; `x 9` [a](b-4) x.txt 0."
    )
    assert _said(text) == ["25.3", "16", "34.6", "7477", "0"]
    assert "25.4" not in _known("07_not_held")


@pytest.mark.parametrize("path", STATING, ids=lambda path: path.stem)
def test_every_number_that_a_sentence_states_is_quoted(path):
    allowed = _known(path.stem) | DEFINED.get(path.stem, set())
    assert [n for text in _sentences(path) for n in _said(text) if n not in allowed] == []


def test_numbers_of_the_first_screen_are_quoted():
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("```")[0]
    assert numbers.quoted()["ReportsYearly"]["value"] in _said(text)
    known = _known("01_sources", "07_not_held") | {"95"}
    assert [n for n in _said(text) if n not in known] == []


# Tables and lists


@pytest.mark.parametrize("item", TABLES, ids=lambda item: item.entry["name"])
def test_a_table_is_the_same_in_every_format(item):
    stem = ROOT / "tables" / item.entry["name"]
    rows = list(csv.reader(stem.with_suffix(".csv").read_text(encoding="utf-8").splitlines()))[1:]
    page = html.fromstring(stem.with_suffix(".html").read_bytes())
    cells = [[cell.text or "" for cell in row] for row in page.iter("tr")]
    assert len(cells) == len(rows) + 1
    assert {len(row) for row in cells} == {len(item.entry["columns"])}
    assert not page.xpath("//@style | //@class | //style")
    texts = [p.text_content() for p in page.iter("p")]
    assert texts[0] == f"{item.number}. {item.entry['title'][0]}"
    assert texts[1].startswith(item.entry["note"][0])
    latex = stem.with_suffix(".tex").read_text(encoding="utf-8")
    body = latex.partition("\\midrule")[2].partition("\\bottomrule")[0]
    assert body.count("\\\\\n") == len(rows)
    marks = len(re.findall(r"(?<!\\)&", body))
    assert marks == len(rows) * (len(item.entry["columns"]) - 1)
    assert "\\toprule" in latex
    assert tables.escape(item.entry["note"][0]) in latex
    bare = re.sub(r"\\[\\{}]", "", latex)
    assert bare.count("{") == bare.count("}")


def test_the_committed_tables_are_those_of_the_figures():
    for item in TABLES:
        table = tables.laid_out(item.entry, item.number, tables.rows_of(item.entry))
        stem = ROOT / "tables" / item.entry["name"]
        assert stem.with_suffix(".tex").read_text(encoding="utf-8") == tables.as_latex(table)
        assert stem.with_suffix(".html").read_text(encoding="utf-8") == tables.as_html(table)


COMMON = "Annual totals as the bodies report them about themselves; a convenience sample."


def test_what_is_made_up_is_not_said_to_be_reported():
    made_up = [i for i in TABLES if {"Made-up", "simulated"} & set(" ".join(_texts(i)).split())]
    assert len(made_up) == 3
    for item in made_up:
        page = (ROOT / "tables" / f"{item.entry['name']}.html").read_text(encoding="utf-8")
        assert COMMON not in page


def _texts(item):
    return item.entry["title"][0], item.entry["note"][0]


ENTRY = {
    "name": "x",
    "columns": ["estimand", "estimate", "interval", "n", "p", "clusters"],
    "title": ["A & B", "甲"],
    "note": ["Of 5 %.", "注。"],
}


def test_cells_are_rounded_and_what_is_not_known_is_a_dash():
    rows = pd.DataFrame(
        {
            "estimand": ["a_b", "not_held"],
            "estimate": [25.336, None],
            "low": [16.1, None],
            "high": [34.57, None],
            "n": [53, 4],
            "p": [0.0001, None],
            "clusters": [0, 3],
            "caveats": ["1 row left out; few", None],
        }
    )
    table = tables.laid_out(ENTRY, "Table 1", rows)
    assert table.rows == [
        ["a_b [a, b]", "25.3", "16.1–34.6", "53", "<0.001", "—"],
        ["not held", "—", "—", "4", "—", "3"],
    ]
    assert table.note.endswith(f"{COMMON} [a] 1 row left out. [b] few.")
    assert COMMON not in tables.laid_out(ENTRY | {"common": False}, "Table 1", rows).note
    row = "a\\_b [a, b] & 25.3 & 16.1–34.6 & 53 & \\textless{}0.001 & — \\\\"
    assert row in tables.as_latex(table)
    assert "\\caption{A \\& B}" in tables.as_latex(table)
    assert "A &amp; B" in tables.as_html(table)


def test_a_long_table_may_run_over_the_page():
    rows = pd.DataFrame({"estimand": [f"row {i}" for i in range(60)], "caveats": "same"})
    latex = tables.as_latex(tables.laid_out(ENTRY | {"columns": ["estimand"]}, "Table 1", rows))
    assert "\\begin{longtable}{l}\n\\caption{A \\& B} \\label{tab:x}" in latex
    assert latex.count("[a] \\\\\n") == 60
    assert "\\begin{table}" not in latex


def _has_latex():
    """XeLaTeX with the packages that paper/contents.md names."""
    if not shutil.which("xelatex"):
        return False
    wanted = ["kpsewhich", "adjustbox.sty", "xeCJK.sty", "booktabs.sty", "FandolSong-Regular.otf"]
    found = subprocess.run(wanted, capture_output=True, text=True, check=False)
    return len(found.stdout.splitlines()) == len(wanted) - 1


@pytest.mark.skipif(not _has_latex(), reason="no XeLaTeX with these packages on this machine")
def test_latex_takes_in_every_table_and_number(tmp_path):
    numbered = (ROOT / "paper" / "numbers.tex").read_text(encoding="utf-8")
    lines = [rf"\{name}\par" for name in re.findall(r"newcommand\{\\(\w+)\}", numbered)]
    packages = "array,booktabs,longtable,adjustbox,xeCJK"
    head = ["\\documentclass{article}", f"\\usepackage{{{packages}}}", "\\input{paper/numbers}"]
    body = ["\\begin{document}", *lines, "\\input{paper/tables}", "\\end{document}"]
    (tmp_path / "all.tex").write_text("\n".join(head + body), encoding="utf-8")
    for name in ("paper", "tables"):
        (tmp_path / name).symlink_to(ROOT / name, target_is_directory=True)
    command = ["xelatex", "-halt-on-error", "-interaction=nonstopmode", "all.tex"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    log = (tmp_path / "all.log").read_text(encoding="utf-8", errors="replace")
    assert said.returncode == 0, log[-2000:]
    assert not re.findall(r"^Overfull.*|^Missing character.*|^! .*", log, re.MULTILINE)
    assert len(lines) > 100


def test_a_wide_text_is_broken_so_that_the_table_need_not_shrink():
    rows = pd.DataFrame({"estimand": ["a" * 45, "b"], "n": [1, 2]})
    for more, shape in (("", "{lr}"), ("a", "{" + tables._WRAPPED + "r}")):
        rows.loc[0, "estimand"] += more
        table = tables.laid_out(ENTRY | {"columns": ["estimand", "n"]}, "Table 1", rows)
        assert f"\\begin{{tabular}}{shape}\n" in tables.as_latex(table)


def test_a_bracket_at_the_head_of_a_row_is_no_length():
    assert tables.escape("[a]") == "{}[a]"
    assert tables.escape("100 % of A_B & {C}") == "100 \\% of A\\_B \\& \\{C\\}"


def test_texts_of_tables_are_chinese_where_the_figures_are(monkeypatch):
    monkeypatch.setenv("GOVSTATS_LANG", "zh")
    rows = pd.DataFrame({"estimand": ["not_held"], "estimate": [1.0], "low": 0, "high": 2, "n": 3})
    table = tables.laid_out(ENTRY | {"columns": ["estimand", "n"]}, "表1", rows)
    assert (table.title, table.headings, table.rows) == ("甲", ["估计对象", "n"], [["不掌握", "3"]])
    assert [item.number for item in contents.items()][:2] == ["图1", "图2"]
    assert tables.tables_folder() == Path("tables/zh")


def test_every_figure_and_table_has_its_place():
    found = contents.items()
    assert contents.lacking() == []
    figures = [item for item in found if item.kind == "figure"]
    assert len({item.entry["name"] for item in figures}) == len(figures)
    numbered = [item.number for item in figures]
    main = [number for number in numbered if "A" not in number]
    assert main == [f"Figure {place}" for place in range(1, len(main) + 1)]
    assert numbered[len(main)] == "Figure A1"
    kept = {path.stem for path in (ROOT / "tables").glob("*.csv")}
    assert kept == {item.entry["name"] for item in TABLES}
    listed = (ROOT / "paper/contents.md").read_text(encoding="utf-8")
    for item in found:
        assert f"| {item.number} | `{item.kind}s/{item.entry['name']}` |" in listed
        english, chinese = item.entry["title"]
        assert english.isascii()
        assert not chinese.isascii()


# Which notebook made what, from which data


def test_the_manifest_says_how_every_file_was_made():
    assert manifest.problems() == []
    told = manifest.load()
    assert set(told["notebooks"]) == {path.stem for path in NOTEBOOKS}
    for name, notebook in told["notebooks"].items():
        assert notebook["data"] == manifest.digest(notebook["reads"])
        assert notebook["reads"], name
        stale = {n for n, sha in notebook["reads"].items() if manifest.sha256(ROOT / n) != sha}
        assert not stale, f"{name} was run before {stale} changed: make reproduce"
    listed = {name for name, file in told["files"].items() if name.startswith(("fig", "tab"))}
    there = {f"{k}/{p.name}" for k in ("figures", "tables") for p in (ROOT / k).glob("*.*")}
    assert listed == there
    for name, file in told["files"].items():
        if "made_from" not in file:
            assert name.split("/")[1][:2] == file["notebook"][:2]
    assert "07_not_held" in told["files"]["paper/numbers.json"]["notebook"]


def test_what_is_opened_is_noted(tmp_path):
    (tmp_path / "in.csv").write_text("a\n1\n")
    code = f"{trace.BEGIN}; import pandas; pandas.read_csv('in.csv').to_csv('out.csv')"
    environment = os.environ | {trace.VARIABLE: "opened", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
    lines = (tmp_path / "opened").read_text().splitlines()
    assert f"r\t{tmp_path / 'in.csv'}" in lines
    assert f"w\t{tmp_path / 'out.csv'}" in lines


def test_a_notebook_that_is_run_again_replaces_what_it_made(tmp_path, monkeypatch):
    monkeypatch.setenv("GOVSTATS_DATA", str(tmp_path))
    data = tmp_path / "panel.csv"
    data.write_text("a\n1\n")
    for name in ("04_old", "04_new"):
        keep(pd.DataFrame({"a": [1]}), name, tmp_path / "tables")
        made = tmp_path / "tables" / f"{name}.csv"
        notebook = tmp_path / "notebooks" / "04_x.ipynb"
        notebook.parent.mkdir(exist_ok=True)
        notebook.write_text(name)
        manifest.record(notebook, f"r\t{data}\nr\t{tmp_path / 'other'}\nw\t{made}\nr\t{made}\n")
    told = manifest.load()
    assert list(told["files"]) == ["tables/04_new.csv"]
    assert list(told["notebooks"]["04_x"]["reads"]) == ["panel.csv"]
    assert told["notebooks"]["04_x"]["sha256"] == manifest.sha256(notebook)
    assert manifest.problems() == ["tables/04_old.csv was made by no notebook"]
    made.write_text("b\n")
    assert manifest.problems()[1] == "tables/04_new.csv is not what 04_x made: run it again"


@pytest.mark.parametrize("stray", ["panel.csv", "notebooks/x.csv", "x.png"])
def test_a_notebook_that_writes_elsewhere_is_refused(tmp_path, monkeypatch, stray):
    monkeypatch.setenv("GOVSTATS_DATA", str(tmp_path))
    notebook = tmp_path / "04_x.ipynb"
    notebook.touch()
    for folder in (tmp_path, ROOT):
        with pytest.raises(ValueError, match=f"it wrote {stray}, which is neither"):
            manifest.refuse_strays(f"w\t{folder / stray}\n")
    sound = f"w\t{tmp_path / 'figures/04_x.png'}\nw\t{ROOT / '.make/x'}\n"
    manifest.refuse_strays(sound)
    manifest.record(notebook, sound)


# What a run has changed

HEAD = ("key", "other", "value")


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ([("a", "x", "1")], [("a", "x", "1")], changes.Rows()),
        ([("a", "x", "1")], [("a", "x", "2")], changes.Rows(changed={("a",): ["value"]})),
        ([("b", "x", "1"), ("a", "x", "1")], [("a", "x", "1"), ("b", "x", "1")], changes.Rows()),
        ([("a", "x", "1")], [("b", "x", "1")], changes.Rows(1, 1)),
        ([("a", "x", "1")], [("a", "x", "1"), ("b", "x", "1")], changes.Rows(1, 0)),
        (
            [("a", "x", "1"), ("a", "y", "1")],
            [("a", "x", "1"), ("a", "y", "2")],
            changes.Rows(changed={("a", "y"): ["value"]}),
        ),
        ([("a", "x", "1")] * 2, [("a", "x", "1"), ("a", "x", "2")], changes.Rows(1, 1)),
    ],
)
def test_rows_are_told_apart_by_the_fewest_first_columns(before, now, expected):
    assert changes.compare("x.csv", [HEAD, *before], [HEAD, *now]) == expected


def test_values_are_no_part_of_what_a_row_is_known_by():
    head = ("record_id", "measure", "value", "unit")
    rows = [("a", "received", "1", "count"), ("a", "received", "5", "percent")]
    now = [rows[0], ("a", "received", "6", "percent")]
    found = changes.compare("record_figures.csv", [head, *rows], [head, *now])
    assert found == changes.Rows(changed={("a", "received"): ["value"]})
    both = [(*row[:2], "9", row[3]) for row in rows]
    found = changes.compare("record_figures.csv", [head, *rows], [head, *both])
    assert list(found.changed.values()) == [["value"], ["value"]]
    assert (found.added, found.removed) == (0, 0)


def test_a_new_column_is_every_row_anew():
    found = changes.compare("x.csv", [("a",), ("1",)], [("a", "b"), ("1", "2")])
    assert found == changes.Rows(1, 1)


REPORTS = "report_id,issuer,year,scope\na,合肥市教育局,2021,own\nb,南昌市财政局,2022,own\n"
PROSE = "report_id,measure,value,unit\n" + "".join(
    f"{report},{measure},{value},count\n"
    for report in "ab"
    for measure, value in [("answered", 40), ("not_held", 9)]
)


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A small raw folder, and what makes of it the tables, notebook 04 and the paper."""
    raw = tmp_path / "raw"
    (raw / "reports").mkdir(parents=True)
    shutil.copy(ROOT / "data/raw/reports/yubei-2021.txt", raw / "reports")
    (raw / "collected").mkdir()
    (raw / "collected/reports.csv").write_text(REPORTS, encoding="utf-8")
    (raw / "collected/prose.csv").write_text(PROSE, encoding="utf-8")
    monkeypatch.setenv("GOVSTATS_DATA", str(tmp_path / "out"))
    monkeypatch.setenv("MPLBACKEND", "agg")
    # Pictures take long, and the numbers beside them are what is compared here.
    monkeypatch.setattr("govstats.plots.style._METADATA", {})

    def made(*, notebook: bool) -> changes.Changes:
        changes.remember(tmp_path / "before")
        command = ["build", "--raw", str(raw), "--out", str(tmp_path / "out")]
        assert CliRunner().invoke(app, command).exit_code == 0
        if notebook:
            scope: dict = {}
            cells = _cells(ROOT / "notebooks/04_first_answers.ipynb")
            for cell in cells:
                exec("".join(cell["source"]) if cell["cell_type"] == "code" else "", scope)
            scope["plt"].close("all")
            assert paper.make() == 0
        found = changes.since(tmp_path / "before")
        changes.forget(tmp_path / "before")
        return found

    (tmp_path / "out").mkdir()
    made(notebook=True)
    return raw, made


def _replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def test_one_raw_number_changes_what_depends_on_it_and_nothing_else(small):
    raw, made = small
    assert made(notebook=False).lines() == []
    _replace(raw / "collected/prose.csv", "b,not_held,9", "b,not_held,10")
    found = made(notebook=False)
    measures = ["not_held", "not_held_low", "not_held_high"]
    assert found.lines() == [
        f"panel.csv: 1 row changed ({', '.join(measures)}, share_{', share_'.join(measures)})",
        "record_figures.csv: 1 row changed (value)",
        "totals.csv: 1 row changed (before, after)",
    ]
    # The total of the replies "not held" in the table of a report, in a line of its own.
    _replace(raw / "reports/yubei-2021.txt", "\n77\n", "\n78\n")
    found = made(notebook=True)
    assert {
        name: {"/".join(key[1:]): columns for key, columns in rows.changed.items()}
        for name, rows in found.processed.items()
    } == {
        "cells.csv": {"requests/not_held/total": ["value", "printed"]},
        "checks.csv": {
            "outcomes/requests.*.total": ["right", "difference", "verdict"],
            "applicants/requests.not_held.*": ["left", "difference", "verdict"],
        },
        "panel.csv": {
            "重庆市//渝北区/2021/year/unknown": [
                *("unable", *measures, "contradicts"),
                *(f"share_{name}" for name in (*measures, "unable")),
            ]
        },
        "record_cells.csv": {"requests/not_held/total": ["value"]},
        "reports.csv": {"": ["sha256", "checks_violated"]},
    }
    assert not any(rows.added or rows.removed for rows in found.processed.values())
    assert found.lines()[-3:] == [
        "figures: 04_not_held, 04_replies",
        "tables: 04_not_held, 04_totals",
        "macros: YubeiNotHeldLow, YubeiNotHeldOfReplies, YubeiReplies, YubeiRepliesHigh, "
        "YubeiRepliesLow",
    ]


def _due(target, folder):
    """What make would run in a folder where nothing has been made; nothing is run."""
    shutil.copy(ROOT / "Makefile", folder)
    for name in ("requirements.lock", "pyproject.toml", "notebooks/execute.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "--no-print-directory", "-n", target]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.skipif(not shutil.which("make"), reason="no make on this machine")
def test_the_laboratory_of_a_reader_holds_copies(tmp_path):
    steps = _due("lab", tmp_path)
    assert re.findall(r"cp (.*?);", steps) == ['"$each" "my-$each"']
    assert re.findall(r"jupyterlab (\S+)", steps) == ["my-notebooks/00_start_here.ipynb"]


@pytest.mark.skipif(not shutil.which("make"), reason="no make on this machine")
def test_reproduce_remembers_first_and_tells_last(tmp_path):
    said = _due("reproduce", tmp_path)
    # On what is shipped, also where a folder of one's own is named.
    calls = re.findall(r".*-m govstats.*|.*execute\.py", said)
    own = "env -u GOVSTATS_DATA -u GOVSTATS_LANG "
    assert [call for call in calls if own not in call] == []
    steps = re.findall(r"-m (govstats[ .]\w+ ?[a-z]*)|(execute)\.py", said)
    assert ["".join(step).strip() for step in steps] == [
        "govstats.paper remember",
        "govstats build",
        "govstats codebook",
        "govstats codebook forms",
        "govstats codebook metrics",
        "govstats.paper remember",
        "execute",
        "govstats.paper remember",
        "govstats.paper",
        "govstats.paper tell",
    ]
