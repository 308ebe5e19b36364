"""Pre-commit runs what is installed and fetches nothing; issue forms ask for what is needed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def _read(path: Path) -> dict:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_hooks_are_local_and_run_declared_programs():
    (repo,) = _read(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repo["repo"] == "local"
    declared = {re.match(r"[\w-]+", line)[0] for line in PROJECT["optional-dependencies"]["dev"]}
    programs = []
    for hook in repo["hooks"]:
        assert hook["language"] == "system"
        programs.append(re.match(r"\.venv/bin/python -m (\w+)", hook["entry"])[1])
    assert set(programs) == {"ruff", "mypy"} <= declared


def test_there_are_two_issue_forms():
    assert [path.stem for path in FORMS] == ["other", "wrong-reading"]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_an_issue_form_is_whole(path):
    form = _read(path)
    assert form["name"] and form["description"]
    fields = [item for item in form["body"] if item["type"] != "markdown"]
    assert len({item["id"] for item in fields}) == len(fields)
    assert all(item["attributes"]["label"] for item in fields)
    kinds = {"markdown", "input", "textarea", "dropdown"}
    assert {item["type"] for item in form["body"]} <= kinds


def test_a_wrong_reading_is_told_with_hash_output_format_and_cell():
    fields = {item.get("id"): item for item in _read(FORMS[1])["body"]}
    needed = {name for name, item in fields.items() if item.get("validations", {}).get("required")}
    assert needed == {"sha256", "format", "shown", "expected", "version"}
    assert "govstats show" in fields["shown"]["attributes"]["label"]
    assert "PDF with text" in fields["format"]["attributes"]["options"]


def test_supported_pythons_are_told():
    assert PROJECT["requires-python"] == ">=3.11"
    for version in ("3.11", "3.12", "3.13"):
        assert f"Programming Language :: Python :: {version}" in PROJECT["classifiers"]
