"""The files that describe the project agree with each other, and hold for any machine."""

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# Where conda-forge has another name than the package index, on the left the former.
CONDA_NAMES = {"matplotlib-base": "matplotlib", "seaborn-base": "seaborn"}


def declared() -> dict[str, Requirement]:
    """Every dependency of pyproject.toml, base and extras and build backend, by name."""
    lines = list(PROJECT["project"]["dependencies"]) + PROJECT["build-system"]["requires"]
    for extra in PROJECT["project"]["optional-dependencies"].values():
        lines += extra
    requirements = map(Requirement, lines)
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def locked() -> dict[str, tuple[str, list[str]]]:
    """Version and hashes of every requirement in requirements.lock."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    found: dict[str, tuple[str, list[str]]] = {}
    for line in filter(str.strip, text.splitlines()):
        match = re.match(r"([a-z0-9-]+)==(\S+)", line)
        assert match, f"not a pinned requirement: {line}"
        assert match[1] not in found, f"{match[1]} is pinned twice"
        found[match[1]] = (match[2], re.findall(r"--hash=sha256:([0-9a-f]{64})(?!\S)", line))
    return found


def conda() -> tuple[dict[str, str], list[str]]:
    """Pins of environment.yml by package index name, and the lines of its pip part."""
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    pins: dict[str, str] = {}
    pip: list[str] = []
    for line in text.partition("dependencies:\n")[2].splitlines():
        if line.strip().startswith("#") or line.strip() in ("- pip", "- pip:"):
            continue
        if match := re.fullmatch(r"  - ([a-z0-9-]+)=([0-9]+\.[0-9]+)", line):
            pins[CONDA_NAMES.get(match[1], match[1])] = match[2]
        elif match := re.fullmatch(r"      - ([a-z0-9-]+)==([0-9]+\.[0-9]+)\.\*", line):
            pins[match[1]] = match[2]
        elif match := re.fullmatch(r"      - (.+)", line):
            pip.append(match[1])
        else:
            pytest.fail(f"environment.yml: not a dependency with a minor pin: {line!r}")
    return pins, pip


def test_lock_pins_what_pyproject_asks_for() -> None:
    pins = locked()
    for name, requirement in declared().items():
        assert name in pins, f"{name} is not in the lock: make lock"
        assert requirement.specifier.contains(pins[name][0]), f"{name}: make lock"


def test_lock_has_hashes_and_no_address() -> None:
    pins = locked()
    assert len(pins) > len(declared())
    assert [name for name, (_, hashes) in pins.items() if not hashes] == []
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert re.findall(r"\S*(?:://| @ |--(?!hash=sha256:[0-9a-f]{64}\s)\w).*", text) == []


def test_environment_names_what_pyproject_names() -> None:
    pins, pip = conda()
    assert pins.keys() - {"python"} == declared().keys()
    assert pip == ["-e ."]


def test_environment_pins_are_those_of_the_lock() -> None:
    pins, _ = conda()
    versions = locked()
    pins.pop("python")
    assert pins == {name: ".".join(versions[name][0].split(".")[:2]) for name in pins}


@pytest.mark.parametrize("folder", ["govstats", "benchmarks", "tools", "notebooks"])
def test_functions_and_modules_are_short(folder: str) -> None:
    modules = sorted((ROOT / folder).rglob("*.py"))
    assert modules
    for path in modules:
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 300, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                assert lines <= 50, f"{path}: {node.name} has {lines} lines"


def test_python_is_the_same_everywhere() -> None:
    oldest = conda()[0]["python"]
    assert PROJECT["project"]["requires-python"] == f">={oldest}"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.findall(r"version_info < \((\d+), (\d+)\)", makefile) == [tuple(oldest.split("."))]
    assert re.findall(r"--python-version (\S+)", makefile) == [oldest]
    readme = ROOT / "README.md"
    stated = re.findall(r"[Pp]ython3? *(?:>=|≥) *(3\.\d+)", readme.read_text(encoding="utf-8"))
    assert set(stated) <= {oldest}


def test_version_is_the_same_everywhere() -> None:
    version = PROJECT["project"]["version"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.+)$", citation, re.MULTILINE) == [version]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert version in changelog


def test_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    rules = set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile, re.MULTILINE))
    named = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    phony = set(" ".join(named).split()) - {"FORCE"}
    assert rules == phony
    if not shutil.which("make"):
        pytest.skip("no make on this machine")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "--no-print-directory"]  # help is what make does when asked for nothing
    shown = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    lines = [re.fullmatch(r"make ([a-z-]+) +\S.+", line) for line in shown.stdout.splitlines()]
    assert sorted(line[1] for line in lines if line) == sorted(rules)
    assert all(lines)


def machine_traces() -> re.Pattern[str]:
    """What only one machine or one package index knows: folders, addresses."""
    here = [
        re.escape(f"{folder}/") for folder in (ROOT.parent, Path.home()) if len(folder.parts) > 1
    ]
    parts = [
        r"(?<![\w.}\])*>])(?:" + "|".join([*here, r"/(?:home|Users)/\w", "/ro[o]t/"]) + ")",
        r"/t[m]p/ipykernel",
        r"[A-Z]:\\+Users\\",
        r"(?:pypi|pythonhosted|anaconda)\.(?:org|com|io)",
        r"--(?:extra-)?index-url|--find-l[i]nks",
        r"https?://[^\s\"']+/simple\b",
    ]
    return re.compile("|".join(parts))


@pytest.mark.parametrize(
    "text",
    [
        f"see {ROOT}/data",
        "/ho" + "me/someone/x",
        '"/ro' + 'ot/x"',
        "https://pypi" + ".org/x",
        "--index" + "-url x",
        "https://mirror.example/si" + "mple",
    ],
)
def test_machine_traces_are_found(text: str) -> None:
    assert machine_traces().search(text)


def test_no_file_names_a_machine_or_a_package_index() -> None:
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    names = [
        name for name in listed.stdout.decode().split("\0") if (ROOT / name).is_file() and name
    ]
    if not names:
        pytest.skip("git knows no files yet")
    traces = machine_traces()
    found = []
    for name in names:
        text = (ROOT / name).read_bytes().decode("utf-8", errors="ignore")
        found += [f"{name}: {match[0]}" for match in traces.finditer(text)]
    assert found == []


@pytest.fixture
def execute():
    """The script that runs the notebooks, as a module."""
    spec = importlib.util.spec_from_file_location("execute", ROOT / "notebooks" / "execute.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with mock.patch.dict(os.environ):  # main() sets what the kernel is to see
        yield module


def notebook_with(*outputs: nbformat.NotebookNode) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell("1", execution_count=7, outputs=list(outputs))
    cell.metadata = {"execution": {"iopub.status.busy": "now"}, "tags": ["kept"]}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A"), cell])
    notebook.metadata = {"language_info": {"name": "python", "version": "3.11.0"}}
    return notebook


def test_tidy_keeps_only_what_is_the_same_on_every_run(execute, capsys) -> None:
    stream = [
        nbformat.v4.new_output("stream", name=name, text=text)
        for name, text in [("stdout", "a"), ("stderr", "warned"), ("stdout", "b")]
    ]
    result = nbformat.v4.new_output("execute_result", {"text/plain": "1"}, execution_count=7)
    tidied = execute.tidy(notebook_with(*stream, result))
    nbformat.validate(tidied)
    _, cell = tidied.cells
    assert [each.id for each in tidied.cells] == ["cell-01", "cell-02"]
    assert (cell.execution_count, cell.metadata) == (1, {"tags": ["kept"]})
    assert [output.get("text") for output in cell.outputs] == ["ab", None]
    assert cell.outputs[1].execution_count == 1
    assert tidied.metadata.language_info == {"name": "python"}
    assert "warned" in capsys.readouterr().err


def test_tidy_refuses_an_address_in_memory(execute) -> None:
    output = nbformat.v4.new_output("display_data", {"text/plain": "<Axes at 0x7f00deadbeef>"})
    with pytest.raises(ValueError, match=r"^cell-02: the output holds ' at 0x7f00deadbeef'"):
        execute.tidy(notebook_with(output))


def test_a_failing_notebook_is_named_and_left_as_it_was(execute, tmp_path, capsys) -> None:
    path = tmp_path / "01_fails.ipynb"
    cells = [nbformat.v4.new_code_cell(source) for source in ("x = 0", "print(x)\n1 / x")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    before = path.read_bytes()
    assert execute.main([str(path)]) == 1
    assert path.read_bytes() == before
    assert capsys.readouterr().err.endswith(
        f"{path}: cell-02: ZeroDivisionError: division by zero\n"
    )
