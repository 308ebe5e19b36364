"""Time and memory by number of files: `python -m benchmarks.scale --files 1000 10000 100000`.

Made-up reports of every layout are extracted by the command, to Parquet, with each number of
workers. Written to benchmarks/results/scale.csv: files a second, seconds of all processors
together, peak memory of the largest process and of all, and between a size and the one before the
exponent e of time ~ files ** e. Printed besides: how much faster more workers are. Memory is looked
up with psutil, which comes with the extra `notebooks`.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from math import log
from pathlib import Path

from .laboratory.library import write_library

RESULTS = Path(__file__).parent / "results" / "scale.csv"
_MEGABYTE = 1_000_000
# Seconds between two looks at the memory.
_TICK = 0.1


@dataclass(frozen=True)
class Run:
    """One run of the command; memory in megabytes of resident pages, each with shared ones.

    Of the seconds of all processors, `main_cpu_seconds` are those of the process that has the
    others read: it alone cannot be spread over more.
    """

    files: int
    workers: int
    seconds: float
    cpu_seconds: float
    main_cpu_seconds: float
    files_per_second: float
    peak_mb_largest: float
    peak_mb_all: float
    reports: int
    failures: int
    exponent: float | None = None


def measure(folder: Path, out: Path, files: int, workers: int) -> Run:
    """Extract a folder into a new one, and look at what that takes."""
    command = [sys.executable, "-m", "govstats", "extract", str(folder), "--out", str(out)]
    command += ["--format", "parquet", "--workers", str(workers)]
    start = time.monotonic()
    with (out.parent / "said").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
        (largest, together), (main, cpu) = _watch(process)
    seconds = time.monotonic() - start
    reports, failures = (_rows(out / f"{name}.parquet") for name in ("reports", "failures"))
    if reports + failures != files:
        raise AssertionError(f"{files} files, but {reports} reports and {failures} failures")
    peaks = (round(largest / _MEGABYTE, 1), round(together / _MEGABYTE, 1))
    times = (round(seconds, 2), round(cpu, 2), round(main, 2), round(files / seconds, 1))
    return Run(files, workers, *times, *peaks, reports, failures)


def _watch(process: subprocess.Popen[bytes]) -> tuple[tuple[int, int], tuple[float, float]]:
    """Peak memory of the largest process and of all; seconds of the first process and of all."""
    import psutil

    largest = together = 0
    cpu: dict[int, float] = {}
    command = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            family = [command, *command.children(recursive=True)]
            sizes = [each.memory_info().rss for each in family]
            for each in family:
                cpu[each.pid] = sum(each.cpu_times()[:2])
            largest, together = max(largest, *sizes), max(together, sum(sizes))
        except psutil.Error:
            pass  # one of them has just ended
        time.sleep(_TICK)
    return (largest, together), (cpu.get(process.pid, 0.0), sum(cpu.values()))


def _rows(path: Path) -> int:
    from pyarrow import parquet

    rows: int = parquet.read_metadata(path).num_rows
    return rows


def with_exponents(runs: Iterable[Run]) -> list[Run]:
    """The runs, each but the smallest with the exponent since the next smaller one."""
    done: list[Run] = []
    before: dict[int, Run] = {}
    for run in runs:
        last = before.get(run.workers)
        exponent = None
        if last is not None and last.files < run.files:
            exponent = log(run.seconds / last.seconds) / log(run.files / last.files)
        done.append(Run(**(asdict(run) | {"exponent": exponent and round(exponent, 3)})))
        before[run.workers] = run
    return done


def write(runs: Sequence[Run], path: Path) -> None:
    """The runs as a table."""
    names = [field.name for field in fields(Run)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(run) for run in runs)


def show(runs: Sequence[Run]) -> str:
    """The runs as text, with the gain of more workers."""
    lines = [", ".join(f"{k} {v}" for k, v in asdict(run).items() if v is not None) for run in runs]
    one = {run.files: run for run in runs if run.workers == 1}
    lines += [
        f"{run.files} files: {run.workers} workers are {gain:.2f} times as fast as one"
        for run in runs
        if run.workers > 1 and run.files in one and (gain := one[run.files].seconds / run.seconds)
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for. Returns 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--files", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--one-up-to", type=int, default=10_000, help="files for one worker")
    parser.add_argument("--folder", type=Path, help="for files and tables; some GB for 100000")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    runs: list[Run] = []
    for files in sorted(options.files):
        with tempfile.TemporaryDirectory(dir=options.folder) as below:
            folder = Path(below) / "files"
            write_library(folder, files)
            for workers in options.workers:
                if workers > 1 or files <= options.one_up_to:
                    runs.append(measure(folder, Path(below) / f"out{workers}", files, workers))
                    print(show(runs[-1:]), flush=True)
    runs = with_exponents(runs)
    print(show(runs))
    write(runs, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
