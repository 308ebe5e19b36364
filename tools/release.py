"""Build wheel and sdist, and try the wheel as a user would: `make release`.

The wheel goes into a new environment outside the repository, with the versions that
requirements.lock pins; there the command must find its forms and vocabularies, read a made-up
report of each format and show it. The sdist must give the same wheel. What was done is printed; the
first thing that fails ends it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
REPORTS = ROOT / "data" / "example" / "my-reports"
DATA = ("forms", "vocabulary")
# Runs in the new environment, far from the repository.
FILES = """
from importlib.resources import files
import govstats
from govstats import forms, vocabulary
assert list(forms.forms()) and vocabulary.measures() and vocabulary.rules()
print(govstats.__file__)
for folder in ("forms", "vocabulary"):
    print(*sorted(path.name for path in files("govstats").joinpath(folder).iterdir()))
"""


class ReleaseError(Exception):
    """What is wrong with the release."""


def version() -> str:
    """The version that pyproject.toml states."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "version"
    ]


def constraints(lock: str) -> str:
    """The pins of a lock as constraints: without hashes, with the markers of platforms."""
    pins = re.findall(r"^([a-z0-9-]+==[^\s;]+(?: ; [^\\\n]+?)?) *\\?$", lock, re.MULTILINE)
    if not pins:
        raise ReleaseError("requirements.lock pins nothing: make lock")
    return "\n".join(pins) + "\n"


def contents(wheel: Path) -> Mapping[str, int]:
    """The files of a wheel with their checksums, but for the list of them."""
    with zipfile.ZipFile(wheel) as archive:
        return {i.filename: i.CRC for i in archive.infolist() if not i.filename.endswith("/RECORD")}


def lacking(names: Mapping[str, int], package: Path) -> list[str]:
    """Files of the package folder that a wheel does not hold."""
    files = (path for path in sorted(package.rglob("*")) if path.is_file())
    wanted = [f"govstats/{path.relative_to(package).as_posix()}" for path in files]
    return [name for name in wanted if "__pycache__" not in name and name not in names]


def run(*command: str | Path, cwd: Path, expected: str = "") -> str:
    """Run a command without the settings of this shell's Python; return what it prints."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "GOVSTATS"))}
    environment |= {"PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    said = " ".join(Path(part).name for part in map(str, command[:3]))
    if done.returncode or expected not in done.stdout:
        why = f"exit code {done.returncode}" if done.returncode else f"does not say {expected!r}"
        raise ReleaseError(f"{said}: {why}\n{done.stdout}{done.stderr}")
    return done.stdout


def build(source: Path, out: Path, *targets: str) -> None:
    """Build a wheel or sdist, or both, with the hatchling that is installed."""
    chosen = [part for target in targets for part in ("-t", target)]
    run(sys.executable, "-m", "hatchling", "build", "-d", out, *chosen, cwd=source)


def only(folder: Path, pattern: str) -> Path:
    """The one file in a folder that fits."""
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise ReleaseError(f"{folder.name}: {len(found)} files {pattern}, not one")
    return found[0]


def packed() -> tuple[Path, Path]:
    """Build into dist/, empty before; return wheel and sdist."""
    shutil.rmtree(DIST, ignore_errors=True)
    build(ROOT, DIST, "wheel", "sdist")
    wheel, sdist = only(DIST, "*.whl"), only(DIST, "*.tar.gz")
    if gone := lacking(contents(wheel), ROOT / "govstats"):
        raise ReleaseError(f"{wheel.name} lacks {', '.join(gone)}")
    for path in (wheel, sdist):
        print(f"built {path.relative_to(ROOT).as_posix()}: {path.stat().st_size / 1e6:.1f} MB")
    return wheel, sdist


def try_sdist(sdist: Path, wheel: Path, folder: Path) -> None:
    """The sdist, unpacked elsewhere, gives the same wheel."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "sdist", filter="data")
    build(only(folder / "sdist", "*"), folder / "again", "wheel")
    if contents(only(folder / "again", "*.whl")) != contents(wheel):
        raise ReleaseError(f"{sdist.name} gives another wheel than the repository does")
    print("the sdist gives the same wheel")


def installed(wheel: Path, folder: Path) -> Path:
    """Install the wheel into a new environment with the lock's versions; return its bin folder."""
    pins = folder / "constraints.txt"
    pins.write_text(constraints((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    venv.create(folder / "venv", with_pip=True)
    programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run(programs / "python", "-m", "pip", "install", "-qq", "-c", pins, wheel, cwd=folder)
    print("installed in a new environment with the versions of requirements.lock")
    return programs


def try_wheel(programs: Path, folder: Path) -> None:
    """Version, forms and vocabularies, `extract` and `show`, in a folder of made-up reports."""
    run(programs / "govstats", "--version", cwd=folder, expected=f"govstats {version()}")
    where, *listed = run(programs / "python", "-c", FILES, cwd=folder).splitlines()
    if not Path(where).is_relative_to(folder.resolve()):
        raise ReleaseError(f"govstats comes from {where}, not from the wheel")
    for name, line in zip(DATA, listed, strict=True):
        wanted = {path.name for path in (ROOT / "govstats" / name).iterdir()} - {"__pycache__"}
        if missing := wanted - set(line.split()):
            raise ReleaseError(f"the wheel lacks {name}: {', '.join(sorted(missing))}")
        print(f"found {len(wanted)} files of {name}")
    shutil.copytree(REPORTS, folder / "reports")
    names = sorted(path.name for path in REPORTS.iterdir())
    said = run(
        programs / "govstats",
        *("extract", "reports", "--out", "tables"),
        cwd=folder,
        expected=f"{len(names)} files: {len(names)} reports",
    )
    print(f"govstats extract: {said.strip()}")
    for name in names:
        run(programs / "govstats", "show", f"reports/{name}", cwd=folder, expected="2021")
    print(f"govstats show: {', '.join(names)}")


def main() -> int:
    """Do it all; return the exit status."""
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            wheel, sdist = packed()
            try_sdist(sdist, wheel, folder)
            try_wheel(installed(wheel, folder), folder)
    except ReleaseError as error:
        print(f"not fit for release: {error}", file=sys.stderr)
        return 1
    print(f"govstats {version()} is fit for release")
    return 0


if __name__ == "__main__":
    sys.exit(main())
