"""Run the quick tests with every supported Python that is found: `make test-all`.

python tools/every_python.py            3.11 to 3.13
python tools/every_python.py 3.13 ...   only those named

Looked for is python3.N on the PATH and below pyenv's folder of versions. Each gets
an environment of its own in .make/pythons with what requirements.lock pins, kept for the next time.
What is not found is told and is no error, unless nothing is found.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".make" / "pythons"
# Forms, readers, extraction, sentences, tables and the panel; no notebooks, no long simulations.
QUICK = (
    *("forms", "labels", "numbers", "sums", "fixtures", "readers", "readers_word", "readers_sheet"),
    *("readers_pdf", "prose", "issuers", "corpus", "schemas", "docs", "doctests", "example"),
    *("panel", "guards", "bridge", "replies", "adding_a_form"),
)


def supported() -> list[str]:
    """The versions that pyproject.toml names in its classifiers, as 3.11."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    classifiers = tomllib.loads(text)["project"]["classifiers"]
    found = (re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", c) for c in classifiers)
    return [match[1] for match in found if match]


def find(version: str) -> Path | None:
    """An interpreter of that version that starts, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    held = sorted(pyenv.glob(f"{version}.*/bin/python"), reverse=True)
    for path in filter(None, [shutil.which(f"python{version}"), *held]):
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        said = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False)
        if said.stdout.strip() == version:
            return Path(path)
    return None


def environment(version: str, interpreter: Path) -> Path:
    """The Python of an environment with all that the lock pins; made where it is not up to date.

    Raises CalledProcessError where that is impossible.
    """
    folder = FOLDER / version
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    inputs = [(ROOT / name).read_bytes() for name in ("requirements.lock", "pyproject.toml")]
    wanted, stamp = hashlib.sha256(b"".join(inputs)).hexdigest(), folder / "made-of"
    if stamp.is_file() and stamp.read_text() == wanted:
        return python
    subprocess.run([interpreter, "-m", "venv", "--clear", folder], check=True)
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "-qq", "install"]
    lock = ROOT / "requirements.lock"
    subprocess.run([*pip, "--require-hashes", "-r", lock], check=True)
    editable = ["--no-deps", "--no-build-isolation", "--editable", ROOT]
    subprocess.run([*pip, *editable], check=True)
    stamp.write_text(wanted)
    return python


def test(version: str, interpreter: Path) -> bool:
    """Run the quick tests; say and return whether they pass."""
    files = [ROOT / "tests" / f"test_{name}.py" for name in QUICK]
    try:
        command = [environment(version, interpreter), "-m", "pytest", "-p", "no:cacheprovider"]
        subprocess.run(
            [*command, *(file for file in files if file.is_file())], cwd=ROOT, check=True
        )
    except subprocess.CalledProcessError as error:
        print(f"Python {version}: failed ({Path(error.cmd[2]).name})", flush=True)
        return False
    print(f"Python {version}: passed", flush=True)
    return True


def main(versions: list[str]) -> int:
    """Try the versions named, or every supported one; return the exit status."""
    results = []
    for version in versions or supported():
        if interpreter := find(version):
            results.append(test(version, interpreter))
        else:
            print(f"Python {version}: not found, not tested", flush=True)
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
