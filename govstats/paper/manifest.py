"""Which notebook, from which data, made each file: paper/manifest.json."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from govstats.paper.folders import paper_folder, sha256, tables_folder
from govstats.plots.style import figures_folder
from govstats.tables import processed_folder

NAME = "manifest.json"
# Settings of the kernel and caches of its libraries: no outputs.
_CACHES = (".make", ".venv")
# Besides the tables of the panel, what notebooks read; relative to the root of the repository.
_READ = ("data", "benchmarks/results")


def path() -> Path:
    """The manifest of the outputs in use."""
    return paper_folder() / NAME


def load() -> dict[str, Any]:
    """The manifest: notebooks (name -> data, reads) and files (name -> how it was made)."""
    if not path().is_file():
        return {"notebooks": {}, "files": {}}
    return json.loads(path().read_text(encoding="utf-8"))


def save(manifest: Mapping[str, Any]) -> None:
    """Write the manifest, the same bytes for the same files."""
    path().parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    path().write_text(text + "\n", encoding="utf-8", newline="\n")


def label(file: Path) -> str:
    """A file's name from its base: the data folder in use, or the root of the repository."""
    file = Path(os.path.abspath(file))
    own = os.environ.get("GOVSTATS_DATA")
    for base in (Path(own) if own else None, Path()):
        if base is not None and file.is_relative_to(base.resolve()):
            return file.relative_to(base.resolve()).as_posix()
    return file.name


def digest(hashes: Mapping[str, str]) -> str:
    """One hash for several files: that of the lines which `sha256sum` prints, by name."""
    lines = "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes))
    return hashlib.sha256(lines.encode()).hexdigest()


def record(file: Path, traced: str) -> None:
    """Take in what a notebook opened (lines of `trace.watch`): what it read and what it wrote.

    `file` is the notebook as it was written back.
    """
    notebook, opened = file.stem, _opened(traced)
    written = [Path(p) for way, p in opened if way == "w" and _within(p, _outputs())]
    read = [Path(p) for way, p in opened if way == "r" and _within(p, _inputs())]
    reads = _hashes(p for p in read if p not in written and not _within(p, _outputs()))
    data = digest(reads)
    manifest = load()
    told = {"data": data, "reads": reads, "sha256": sha256(file)}
    manifest["notebooks"][notebook] = told
    kept = {n: f for n, f in manifest["files"].items() if f["notebook"] != notebook}
    made = _hashes(written).items()
    kept |= {n: {"data": data, "notebook": notebook, "sha256": found} for n, found in made}
    save(manifest | {"files": kept})


def _opened(traced: str) -> Iterable[tuple[str, str]]:
    """Each way ("r" or "w") and path once."""
    return dict.fromkeys(line.partition("\t")[::2] for line in traced.splitlines())


def refuse_strays(traced: str) -> None:
    """Raise ValueError where a notebook wrote to the repository or to the data folder anything
    that is neither a figure nor a table."""
    known = [*_outputs(), *map(Path, _CACHES)]
    for file in (Path(p) for way, p in _opened(traced) if way == "w"):
        if _within(file, [Path(), processed_folder()]) and not _within(file, known):
            raise ValueError(f"it wrote {label(file)}, which is neither a figure nor a table")


def _inputs() -> list[Path]:
    return [processed_folder(), *map(Path, _READ)]


def _outputs() -> list[Path]:
    return [figures_folder(), tables_folder()]


def _within(file: str | Path, folders: Iterable[Path]) -> bool:
    return any(Path(file).is_relative_to(folder.resolve()) for folder in folders)


def _hashes(files: Iterable[Path]) -> dict[str, str]:
    return {label(file): sha256(file) for file in sorted(files) if file.is_file()}


def derive(made: Mapping[Path, Iterable[Path]]) -> None:
    """Note files that were made from other files: file -> those. What was derived before goes.

    Their notebooks and data are those of the files that they were made from.
    """
    manifest = load()
    files = {n: f for n, f in manifest["files"].items() if "made_from" not in f}
    found = {}
    for file, sources in made.items():
        hashes = _hashes(sources)
        makers = sorted({files[name]["notebook"] for name in hashes if name in files})
        found[label(file)] = {
            "data": digest(hashes),
            "made_from": hashes,
            "notebook": "; ".join(makers),
            "sha256": sha256(file),
        }
    save(manifest | {"files": files | found})


def problems() -> list[str]:
    """What of figures/ and tables/ is not as the manifest says, a sentence each."""
    files = load()["files"]
    there = {
        label(file): file
        for folder in _outputs()
        for file in folder.glob("*.*")
        if not file.name.startswith(".")
    }
    said = [f"{name} was made by no notebook" for name in sorted(there.keys() - files.keys())]
    for name, told in sorted(files.items()):
        file = there.get(name, paper_folder() / Path(name).name)
        if not file.is_file():
            said.append(f"{name} is not there; notebook {told['notebook']} made it")
        elif sha256(file) != told["sha256"]:
            said.append(
                f"{name} is not what {told['notebook'] or 'the last run'} made: run it again"
            )
    return said
