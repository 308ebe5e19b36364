"""Run the notebooks in order and write them back, the same bytes on every run and machine.

python notebooks/execute.py           every notebooks/NN_*.ipynb
python notebooks/execute.py FILE...   only those named

Paths in a notebook are relative to the root of the repository, which is its working directory.
A notebook that fails is left as it was. With data of one's own (GOVSTATS_DATA) or figures in
Chinese (GOVSTATS_LANG=zh) those shipped are left alone: what was run goes to `notebooks` beside
that data, to `notebooks/zh` if in Chinese. What a cell writes to stderr (warnings, progress bars)
is shown here and not kept, since it holds times and paths. Which data a notebook read and which
files it wrote is noted in paper/manifest.json.
"""

import contextlib
import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from govstats.paper import manifest, trace
from govstats.paper.folders import notebooks_folder

ROOT = Path(__file__).resolve().parent.parent
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# What would let the clock, the hash salt, the number of cores or a user's own settings show.
ENVIRONMENT = {
    "COLUMNS": "100",
    "IPYTHONDIR": str(ROOT / ".make/ipython"),
    "JUPYTER_PREFER_ENV_PATH": "1",
    "LC_ALL": "C.UTF-8",
    "MPLCONFIGDIR": str(ROOT / ".make/matplotlib"),
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
}
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
WIDGET = "application/vnd.jupyter.widget-view+json"
UNSTABLE = re.compile(r" at 0x[0-9a-f]{6,}|(?<![\w.])" + re.escape(str(ROOT)) + r"\b")


def tidy(notebook: NotebookNode) -> NotebookNode:
    """Keep of an executed notebook what is the same on every run."""
    count = 0
    for position, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{position:02}"
        cell.metadata = {"tags": cell.metadata.tags} if cell.metadata.get("tags") else {}
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        cell.outputs = stable_outputs(cell)
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
            if found := UNSTABLE.search(str(output)):
                raise ValueError(
                    f"{cell.id}: the output holds '{found[0]}', not the same elsewhere"
                )
    notebook.metadata = METADATA
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def stable_outputs(cell: NotebookNode) -> list[NotebookNode]:
    """Drop stderr and widgets, and join the pieces in which one stream arrived."""
    kept: list[NotebookNode] = []
    for output in cell.outputs:
        if output.get("name") == "stderr":
            print(f"  {cell.id}: {output.text.rstrip()}", file=sys.stderr)
        elif output.output_type == "stream" and kept and kept[-1].output_type == "stream":
            kept[-1].text += output.text
        elif WIDGET not in output.get("data", {}):
            kept.append(output)
    return kept


def target(path: Path) -> Path:
    """Where a notebook goes when it was run: over itself, unless settings of one's own are used."""
    folder = notebooks_folder()
    return path if folder == Path("notebooks") else ROOT / folder / path.name


def traced(path: Path) -> str:
    """Run one notebook, note what it read and wrote, and say whether its bytes changed."""
    with tempfile.TemporaryDirectory() as folder:
        opened = Path(folder) / "opened"
        os.environ[trace.VARIABLE] = str(opened)
        after = run(path)
        lines = opened.read_text(encoding="utf-8")
        with contextlib.chdir(ROOT):  # where the notebook ran
            manifest.refuse_strays(lines)
            said = write(after, target(path))
            manifest.record(target(path), lines)
    return said


def write(after: bytes, into: Path) -> str:
    """Write a notebook that was run; say whether the bytes there changed."""
    if into.is_file() and into.read_bytes() == after:
        return "as before"
    into.parent.mkdir(parents=True, exist_ok=True)
    into.write_bytes(after)
    return "written"


def run(path: Path) -> bytes:
    """Run one notebook; what it is then."""
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=None,
        record_timing=False,
        extra_arguments=["--log-level=ERROR", f"--IPKernelApp.exec_lines={trace.BEGIN}"],
        resources={"metadata": {"path": str(ROOT)}},
    )
    at = "start"

    def note(cell: NotebookNode, cell_index: int) -> None:
        nonlocal at
        at = f"cell-{cell_index + 1:02}"

    client.on_cell_start = note
    try:
        client.execute()
    except Exception as error:
        plain = COLOUR.sub("", str(error)).strip()
        last = plain.splitlines()[-1] if plain else type(error).__name__
        raise RuntimeError(f"{at}: {last}") from error
    return (nbformat.writes(tidy(notebook)) + "\n").encode()


def shown(path: Path) -> Path:
    """A path as it is printed: from the root of the repository, where it is in there."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def main(arguments: list[str]) -> int:
    """Run the notebooks named, or all; return the exit status."""
    Path(ENVIRONMENT["IPYTHONDIR"]).mkdir(parents=True, exist_ok=True)
    os.environ.update(ENVIRONMENT)
    os.environ.pop("MPLBACKEND", None)
    own = os.environ.get("GOVSTATS_DATA", "")
    if own and not os.path.isabs(own):  # named from where the command is given
        os.environ["GOVSTATS_DATA"] = os.path.relpath(own, ROOT)
    paths = [Path(a).resolve() for a in arguments]
    paths = paths or sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    for path in paths:
        name = shown(path)
        try:
            said = traced(path)
            print(f"{shown(target(path))}: {said}", flush=True)
        except (OSError, RuntimeError, ValueError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
