"""Runs killed at random moments and gone on with: `python -m benchmarks.interruptions --runs 30`.

A folder of made-up reports is extracted once without disturbance. Then, for every trial, a new run
is killed (SIGKILL to all its processes) once to three times at moments drawn by the seed, every
third time while the tables are being written, and run to its end. Its tables must be those of the
undisturbed run, byte for byte, and no finished part may be read again. Returns 1 where they are
not.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from govstats.batch.parts import held_by
from govstats.batch.run import PARTS
from govstats.tables import EXTRACTED

from .laboratory.library import write_library

# Share of the time of a run that it takes with nothing left to read.
_ALWAYS = 0.3
# Parts of few files, so that there are many of them and the moments between them.
_RUN = """
import sys
from pathlib import Path
from govstats.batch import engine, run
run._PART_FILES, engine._CHUNK_FILES = 24, 4
run.extract([Path(sys.argv[1])], Path(sys.argv[2]), run.Options(workers=int(sys.argv[3])))
"""


@dataclass(frozen=True)
class Trial:
    """One run that was killed so many times; how many files each time had in finished parts."""

    number: int
    equal: bool
    finished: tuple[int, ...]
    read_twice: int


def run_trial(number: int, folder: Path, out: Path, calm: tuple[Path, float], rng: Random) -> Trial:
    """Kill, go on, compare; `calm` is the undisturbed run and the seconds that it took."""
    expected, seconds = calm
    finished = []
    for kill in range(rng.randint(1, 3)):
        process = _start(folder, out, rng.choice((1, 2)))
        if number % 3 == 2 and kill == 0:
            _wait(process, lambda: any(out.glob(f"{PARTS}/*.csv.part")))
            time.sleep(rng.uniform(0, 0.05))
        else:
            # What is left to read takes less time; starting and writing tables take some always.
            left = 1 - len(_held(out)) / len(_held(expected))
            _wait(process, None, rng.uniform(0, seconds * max(left, _ALWAYS)))
        # A run that has ended meanwhile has nothing left to kill.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        finished.append(len(_held(out)))
    _wait(_start(folder, out, 2))
    held = _held(out)
    equal = _tables(out) == _tables(expected)
    return Trial(number, equal, tuple(finished), len(held) - len(set(held)))


def _start(folder: Path, out: Path, workers: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", _RUN, str(folder), str(out), str(workers)]
    return subprocess.Popen(command, start_new_session=True)


def _wait(
    process: subprocess.Popen[bytes],
    until: Callable[[], bool] | None = None,
    seconds: float = float("inf"),
) -> None:
    """Wait for the end of a run, for something to be true, or for so many seconds."""
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end and not (until and until()):
        time.sleep(0.002)


def _held(out: Path) -> list[str]:
    """Hashes of all contents in finished parts; one that was read twice stands there twice."""
    parts = sorted((out / PARTS).glob("*.parquet"))
    return [digest for part in parts for digest, _ in held_by(part) or ()]


def _tables(out: Path) -> dict[str, bytes]:
    return {name: (out / f"{name}.csv").read_bytes() for name in EXTRACTED}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the trials. Returns 0 when all went well."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.interruptions", description=__doc__)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--files", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    rng = Random(options.seed)
    bad = 0
    with tempfile.TemporaryDirectory() as below:
        folder, expected = Path(below) / "files", Path(below) / "expected"
        write_library(folder, options.files)
        # What is started for the first time takes longer.
        _wait(_start(folder, Path(below) / "warm", 2))
        start = time.monotonic()
        _wait(_start(folder, expected, 2))
        calm = (expected, time.monotonic() - start)
        for number in range(options.runs):
            trial = run_trial(number, folder, Path(below) / f"out{number}", calm, rng)
            bad += not trial.equal or trial.read_twice > 0
            print(trial, flush=True)
    print(f"{options.runs - bad} of {options.runs} runs equal the undisturbed one, nothing twice")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
