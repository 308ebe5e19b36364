"""Parts of the release: pins become constraints, and what a wheel lacks is named."""

from __future__ import annotations

import importlib.util
import re
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _tool(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


release, every_python = _tool("release"), _tool("every_python")


def test_every_pin_of_the_lock_is_a_constraint_without_hash():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    lines = release.constraints(lock).splitlines()
    assert len(lines) == len(re.findall(r"^[a-z0-9-]+==", lock, re.MULTILINE))
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.]+(?: ; .+)?", line) for line in lines)
    assert not any("hash" in line or line.endswith("\\") for line in lines)


def test_a_marker_stays_with_its_pin():
    lock = "a==1.0 ; os_name == 'nt' \\\n    --hash=sha256:00\nb==2 \\\n    --hash=sha256:11\n"
    assert release.constraints(lock) == "a==1.0 ; os_name == 'nt'\nb==2\n"


def test_an_empty_lock_is_told():
    with pytest.raises(release.ReleaseError, match="pins nothing: make lock"):
        release.constraints("# nothing\n")


def test_what_a_wheel_lacks_is_named(tmp_path):
    package = tmp_path / "govstats"
    for name in ("a.py", "forms/2021.toml", "__pycache__/a.pyc"):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text("x")
    wheel = tmp_path / "x.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("govstats/a.py", "x")
        archive.writestr("x.dist-info/RECORD", "")
    names = release.contents(wheel)
    assert list(names) == ["govstats/a.py"]
    assert release.lacking(names, package) == ["govstats/forms/2021.toml"]


def test_a_command_that_fails_says_why(tmp_path):
    with pytest.raises(release.ReleaseError, match=r"exit code 3\n.*said"):
        release.run(sys.executable, "-c", "print('said'); raise SystemExit(3)", cwd=tmp_path)
    with pytest.raises(release.ReleaseError, match="does not say 'b'"):
        release.run(sys.executable, "-c", "print('a')", cwd=tmp_path, expected="b")


def test_supported_versions_begin_with_the_one_that_is_required():
    versions = every_python.supported()
    required = re.search(
        r'^requires-python = ">=(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.M
    )
    assert versions[0] == required[1]
    assert versions == ["3.11", "3.12", "3.13"]


def test_this_python_is_found_and_another_is_not(monkeypatch, tmp_path):
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert every_python.find("3.11") is None
    here = "{}.{}".format(*sys.version_info)
    (tmp_path / f"python{here}").symlink_to(sys.executable)
    assert every_python.find(here) == tmp_path / f"python{here}"


def test_quick_tests_are_there():
    missing = [n for n in every_python.QUICK if not (ROOT / "tests" / f"test_{n}.py").is_file()]
    assert missing == []
