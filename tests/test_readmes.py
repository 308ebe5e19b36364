"""Both READMEs hold the same commands, outputs, links and tables; the commands are real ones."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from govstats.cli import app

ROOT = Path(__file__).parents[1]
NAMES = ("README.md", "README.zh.md")
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in NAMES}


def _blocks(text: str) -> list[tuple[str, str]]:
    """Language and text of every code block, remarks behind commands left out."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [(kind, re.sub(r" +#.*$", "", code, flags=re.MULTILINE)) for kind, code in found]


def _links(text: str) -> list[str]:
    return [link for link in re.findall(r"\]\(([^)]+)\)", text) if link not in NAMES]


def _commands() -> list[str]:
    return [
        line
        for kind, code in _blocks(TEXTS["README.md"])
        if kind == "sh"
        for line in code.split("\n")
    ]


def test_both_hold_the_same_code_blocks():
    one, other = (_blocks(TEXTS[name]) for name in NAMES)
    assert len(one) >= 8
    assert one == other


def test_both_hold_the_same_links_in_the_same_order():
    one, other = (_links(TEXTS[name]) for name in NAMES)
    assert len(one) >= 20
    assert one == other
    assert all((ROOT / link).exists() for link in one)


def test_each_leads_to_the_other():
    assert "](README.zh.md)" in TEXTS["README.md"]
    assert "](README.md)" in TEXTS["README.zh.md"]


def test_both_hold_the_same_parts_names_and_numbers():
    for pattern in (r"^(#+) ", r"^\|(?:[^|]*\|)+$"):
        counts = {len(re.findall(pattern, text, re.MULTILINE)) for text in TEXTS.values()}
        assert len(counts) == 1, pattern
    years = [set(re.findall(r"(?<!\d)(?:20\d\d|595|95)(?!\d)", text)) for text in TEXTS.values()]
    assert years[0] == years[1]
    names = [sorted(set(re.findall(r"`([^`\n]+)`", text))) for text in TEXTS.values()]
    assert names[0] == names[1]


@pytest.mark.parametrize("name", NAMES)
def test_every_notebook_has_a_line_with_the_figures_that_it_announces(name):
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        (line,) = re.findall(rf"^\| \[{path.stem}\].*$", TEXTS[name], re.MULTILINE)
        written = {figure.stem for figure in (ROOT / "figures").glob(f"{path.stem[:2]}_*.csv")}
        assert set(re.findall(r"`figures/(\w+)`", line)) == written


def test_targets_of_make_are_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    text = "\n".join(TEXTS.values()) + _contributing()
    said = re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE)
    assert {"setup", "reproduce", "test"} <= set(said)
    missing = {name for name in said if not re.search(rf"^{name}:", makefile, re.MULTILINE)}
    assert missing == set()


def _contributing() -> str:
    return (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_commands_and_options_of_govstats_are_there():
    group = get_command(app)
    for line in _commands():
        if not (match := re.match(r"\.venv/bin/govstats (\w+)(.*)", line)):
            continue
        command = group.commands[match[1]]
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[\w-]+", match[2])) <= known, line


def test_options_named_in_the_text_are_there():
    known = {o for p in get_command(app).commands["extract"].params for o in p.opts}
    assert set(re.findall(r"`(--[\w-]+)`", TEXTS["README.md"])) <= known


def test_extras_are_there():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = re.findall(r'"\.\[([\w,]+)\]"', TEXTS["README.md"])
    assert {extra for group in named for extra in group.split(",")} <= set(
        project["optional-dependencies"]
    )


def test_what_was_not_tried_is_marked():
    for text, words in zip(TEXTS.values(), ("not tried", "未"), strict=True):
        for block in ("conda env create", "py -3.11"):
            before = text[: text.index(block)].rstrip().splitlines()[-3:]
            assert words in " ".join(before)


def test_files_that_are_named_exist():
    named = re.findall(r"`((?:govstats|data|notebooks|docs)/[\w./-]+\.\w+)`", TEXTS["README.md"])
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
