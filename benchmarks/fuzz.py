"""Damaged files of every kind: `python -m benchmarks.fuzz --cases 20000 --seed 1`.

Laboratory documents of every layout are damaged and read through the front door in processes of
their own, each input within limits of processor time and memory. An input is to end in a report or
in a ReportError; anything else (another error, a crash, a time or memory limit) is a finding, kept
with its reason in a folder. The same seed and number give the same input: `--first` goes on.

The damages are our own, as they know zip parts, markup and PDF objects. What LibreOffice converts
is not converted here (seconds a file): such files end in the ReportError of a machine without it.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import resource
import signal
import sys
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from govstats.document import ReportError
from govstats.readers.clock import SECONDS

from .laboratory.cases import make_case
from .laboratory.layouts import LAYOUTS
from .laboratory.mutations import mutate

if TYPE_CHECKING:
    from govstats.corpus import Source
    from govstats.report import Report

# Documents of each layout that are damaged in turn.
VARIANTS = 4
REPORT, FINDING = "report", "finding"
# A process that waits and does not work uses no processor time: seconds until it is ended, and
# that for each second that it may work, as others may use the machine.
_WAIT, _WALL = 60, 10
_MEGABYTE = 1_000_000


class Limits(NamedTuple):
    """Seconds of processor time an input, and megabytes of memory a process."""

    seconds: float
    megabytes: int


class Result(NamedTuple):
    """How an input ended: `report`, the stage of its ReportError, or `finding` with the reason."""

    number: int
    layout: str
    damage: str
    end: str
    why: str
    seconds: float


class Input(NamedTuple):
    """A damaged file, and how it was made."""

    layout: str
    damage: str
    data: bytes


def make_input(number: int, seed: int) -> Input:
    """The input of this number among those of a seed."""
    rng = Random(f"{seed}/{number}")
    names = list(LAYOUTS)
    layout = names[number % len(names)]
    data = _document(layout, rng.randrange(VARIANTS))
    other = _document(rng.choice(names), 0)
    if rng.random() < 0.03:
        data = _archive((data, other))
        layout = f"zip of {layout}"
    damage, data = mutate(data, other, rng)
    return Input(layout, damage, data)


@cache
def _document(layout: str, variant: int) -> bytes:
    return make_case(variant, 7, [layout]).data


def _archive(documents: Sequence[bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, document in enumerate(documents):
            archive.writestr(zipfile.ZipInfo(f"{number}.html"), document)
    return target.getvalue()


def read_input(given: Input) -> str:
    """How an input ends, read as a file is; an archive of files is read member by member."""
    from govstats.corpus import find_sources
    from govstats.readers import LARGEST, load
    from govstats.readers.archive import Archives
    from govstats.report import read_report

    if not given.layout.startswith("zip"):
        return _end_of(lambda: read_report("input", given.data))
    with TemporaryDirectory() as folder, Archives() as archives:
        path = Path(folder, "input")
        path.write_bytes(given.data)

        def data(source: Source) -> bytes:
            inside = source.place
            return archives.load(path, inside, LARGEST) if inside else load(path)

        ends = [
            _end_of(partial(lambda each: read_report(each.name, data(each)), source))
            for source in find_sources([path])
        ]
    return max(ends, key=lambda end: end == REPORT)


def _end_of(read: Callable[[], Report]) -> str:
    from govstats.outcome import REPORTED, rows_of

    try:
        report = read()
    except ReportError as error:
        # Both go into a table in UTF-8.
        str(error).encode()
        return error.stage
    # As tables hold it: no number too long to print, no half of a surrogate pair.
    for name in REPORTED:
        "".join(str(value) for row in rows_of(report, name) for value in row).encode()
    return REPORT


def _serve(numbers: Sequence[int], seed: int, limits: Limits, out: Connection) -> None:
    """Read inputs one after the other, in a process of its own."""
    from govstats.readers import converted

    converted.find_program = lambda: None
    most = limits.megabytes * _MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in numbers:
        given = make_input(number, seed)
        out.send((number, given.layout, given.damage))
        # Not handled: it ends the process, also inside of a library.
        signal.setitimer(signal.ITIMER_PROF, limits.seconds)
        start, end, why = time.process_time(), FINDING, ""
        try:
            end = read_input(given)
        except Exception:  # the very thing that is looked for
            why = traceback.format_exc()
        seconds = time.process_time() - start
        signal.setitimer(signal.ITIMER_PROF, 0)
        out.send(Result(number, given.layout, given.damage, end, why, seconds))


def run_part(numbers: Sequence[int], seed: int, limits: Limits) -> Iterator[Result]:
    """The results of these inputs; a process that ends is a finding, and the next one goes on."""
    context = multiprocessing.get_context("spawn")
    while numbers:
        receive, send = context.Pipe(duplex=False)
        process = context.Process(target=_serve, args=(numbers, seed, limits, send), daemon=True)
        process.start()
        send.close()
        at, layout, damage, done = numbers[0] - 1, "", "", 0
        try:
            while receive.poll(_WAIT + _WALL * limits.seconds):
                said = receive.recv()
                if isinstance(said, Result):
                    done += 1
                    yield said
                else:
                    at, layout, damage = said
        except EOFError:
            pass
        process.join(1) if done == len(numbers) else process.kill()
        process.join()
        if done < len(numbers):
            code = process.exitcode or 0
            how = signal.Signals(-code).name if code < 0 else f"exit {code}"
            why = f"took over {limits.seconds:g} s" if how == "SIGPROF" else f"ended by {how}"
            yield Result(at, layout, damage, FINDING, why, limits.seconds)
        numbers = numbers[done + 1 :]


def run(numbers: Sequence[int], seed: int, limits: Limits, workers: int) -> list[Result]:
    """All results in order; the same whatever the number of workers."""
    parts = [numbers[start::workers] for start in range(workers)]
    with ThreadPoolExecutor(workers) as pool:
        task = partial(_listed, seed=seed, limits=limits)
        return sorted(result for part in pool.map(task, parts) for result in part)


def _listed(numbers: Sequence[int], seed: int, limits: Limits) -> list[Result]:
    return list(run_part(numbers, seed, limits))


def show(results: Sequence[Result], wall: float) -> str:
    """The counts of a run as text, its slowest inputs and its findings by reason."""
    ends = Counter(result.end for result in results)
    slowest = sorted(results, key=lambda result: -result.seconds)[:5]
    reasons = Counter(reason_of(result) for result in results if result.end == FINDING)
    counts = ", ".join(f"{name} {count}" for name, count in sorted(ends.items()))
    total = sum(result.seconds for result in results)
    return "\n".join([
        f"{len(results)} inputs in {wall:.0f} s ({len(results) / max(wall, 1e-9):.1f} a second; "
        f"processor {1000 * total / max(len(results), 1):.1f} ms an input): {counts}",
        f"{ends[FINDING]} findings",
        *(f"{count:>6}  {reason}" for reason, count in reasons.most_common()),
        "slowest: "
        + "; ".join(f"{r.number} ({r.layout}, {r.damage}) {r.seconds:.2f} s" for r in slowest),
    ])  # fmt: skip


def reason_of(result: Result) -> str:
    """A finding in one line: where the error arose, and what it says."""
    lines = result.why.strip().splitlines()
    places = [line.strip() for line in lines if "govstats/" in line]
    place = places[-1].partition("govstats/")[2] if places else ""
    return f"{lines[-1][:200]} [{place}]" if lines else "?"


def keep(results: Sequence[Result], seed: int, folder: Path) -> None:
    """Write the input of every finding, and beside it what happened."""
    for result in results:
        if result.end == FINDING:
            folder.mkdir(parents=True, exist_ok=True)
            name = folder / f"{seed}-{result.number}"
            name.with_suffix(".bin").write_bytes(make_input(result.number, seed).data)
            said = f"{result.layout}, {result.damage}\n{result.why}\n"
            name.with_suffix(".txt").write_text(said, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the inputs asked for. Returns 0, or 1 when there are findings."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="processor time an input")
    parser.add_argument("--megabytes", type=int, default=2_000, help="memory of a process")
    parser.add_argument("--out", type=Path, default=Path("build/fuzz"), help="folder for findings")
    options = parser.parse_args(arguments)
    start = time.monotonic()
    numbers = range(options.first, options.first + options.cases)
    limits = Limits(options.seconds, options.megabytes)
    results = run(numbers, options.seed, limits, options.workers)
    print(show(results, time.monotonic() - start))
    keep(results, options.seed, options.out)
    return int(any(result.end == FINDING for result in results))


if __name__ == "__main__":
    sys.exit(main())
