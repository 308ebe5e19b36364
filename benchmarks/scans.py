"""How often scans are read wrong: `python -m benchmarks.scans --pages 30 --seed 1 --jobs 2`.

The same ruled reports of known figures are scanned at every resolution and with every damage, read
back through the front door and judged. Printed: one row a scan; `text` is the PDF before scanning,
which says what is lost by other things than the scan. `--out` writes the counts as a tidy table,
one row a report, table and kind of printed cell (nonzero, zero, none); `--failures` every cell
wrong or unread; `--save` the files. Needs the extras ocr, notebooks and dev.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from .accuracy import read_case
from .laboratory.damages import NONE
from .laboratory.judge import BOUNDED, FAULTS, NAMED, RIGHT, SUMMED, UNREAD, VERDICTS, Judgement
from .laboratory.scan_damages import DAMAGES
from .laboratory.scans import DPIS, POOR, SCANS, count_pages, make_ruled, write_scan

if TYPE_CHECKING:
    import pandas as pd

    from govstats.models import Estimate

TEXT = "text"
# Every damage by itself at the resolution that most scans have; the others by --scan.
USUAL = (
    TEXT,
    *(f"scan_ruled_{dpi}" for dpi in DPIS),
    *(f"scan_ruled_200_{name}" for name in DAMAGES),
    *(f"scan_ruled_{dpi}_{POOR}" for dpi in DPIS),
    *(name for name, how in SCANS.items() if how.kind != "pdf"),
)
NONZERO, ZERO, NOTHING = "nonzero", "zero", "none"
FAILED = FAULTS | {NAMED, UNREAD}
FAULT_FIELDS = ("scan", "report", "verdict", "cell", "printed", "truth", "read", "locator")
Row = dict[str, object]


@dataclass(frozen=True)
class Outcome:
    """What came of one report in one scan: rows of counts and of wrong cells."""

    counts: list[Row]
    faults: list[tuple[object, ...]]


def run_one(task: tuple[str, int], seed: int, save: Path | None = None) -> Outcome:
    """Scan, read and judge one report; `seconds` a page are those of one core, for the reading."""
    name, number = task
    case = make_ruled(number, seed)
    pages, how = count_pages(case.data), SCANS.get(name)
    if how:
        case = replace(case, data=write_scan(case.data, how, 1000 * seed + number))
    if save:
        suffix = how.kind if how and how.kind in ("png", "jpeg") else "pdf"
        (save / f"{name}-{number}.{suffix}").write_bytes(case.data)
    began = time.process_time()
    judged, refusal = read_case(case)
    seconds = round((time.process_time() - began) / pages, 3)
    key: Row = {"scan": name, "kind": TEXT, "dpi": "", "damage": NONE}
    if how:
        key |= {"kind": how.kind, "dpi": how.dpi, "damage": "+".join(how.damages) or NONE}
    key |= {"report": number, "pages": pages, "seconds": seconds}
    counts = [key | row for row in _counts(judged, bool(refusal))]
    faults = [(name, number, *_fault(item)) for item in judged if item.verdict in FAILED]
    return Outcome(counts, faults)


def _counts(judged: Iterable[Judgement], refused: bool) -> Iterator[Row]:
    found: dict[tuple[str, str], Counter[str]] = {}
    for item in judged:
        kind = NOTHING if item.printed is None else NONZERO if item.printed else ZERO
        tally = found.setdefault((item.address.table, kind), Counter())
        tally.update(("cells", item.verdict))
    for (table, kind), tally in found.items():
        numbers = {name: tally[name] for name in ("cells", *VERDICTS)}
        yield {"table": table, "printed": kind, "refused": int(refused), **numbers}


def _fault(item: Judgement) -> tuple[object, ...]:
    return (item.verdict, str(item.address), item.printed, item.truth, item.value, item.locator)


def run(
    scans: Sequence[str], reports: Sequence[int], seed: int, jobs: int = 1, save: Path | None = None
) -> Outcome:
    """All these reports in all these scans; counts do not depend on the number of processes."""
    tasks = [(name, number) for name in scans for number in reports]
    task = partial(run_one, seed=seed, save=save)
    with ProcessPoolExecutor(jobs) if jobs > 1 else nullcontext() as pool:
        done = pool.map(task, tasks) if pool else map(task, tasks)
        found = list(tqdm(done, total=len(tasks), unit="report", file=sys.stderr))
    counts = [row for outcome in found for row in outcome.counts]
    return Outcome(counts, [row for outcome in found for row in outcome.faults])


def enough(pages: int, seed: int) -> list[int]:
    """The first reports of a seed that have so many pages together."""
    numbers: list[int] = []
    while pages > 0:
        pages -= count_pages(make_ruled(len(numbers), seed).data)
        numbers.append(len(numbers))
    return numbers


def summary(counts: pd.DataFrame) -> pd.DataFrame:
    """One row a scan; shares in % of the cells that print another number than 0.

    The interval of `right` is between reports (jackknife), as the cells of a report share its scan.
    `silent` counts cells of any kind that are wrong with no word of it, invented or outside their
    limits; `tables` is the share of tables that have such a cell, with Wilson's interval, as in the
    notebook on accuracy.
    """
    import pandas as pd

    rows = [{"scan": name, **_summed(part)} for name, part in counts.groupby("scan", sort=False)]
    return pd.DataFrame(rows).set_index("scan")


def _summed(rows: pd.DataFrame) -> Row:
    from govstats import models

    printed = rows[rows["printed"] == NONZERO]
    reports = printed.groupby("report")[[RIGHT, "cells"]].sum()
    right = models.crude_share(reports, RIGHT, "cells", "non-zero cells right")
    wrong = rows[[*FAULTS]].sum(axis=1)
    faulty = wrong.groupby([rows["report"], rows["table"]]).sum() > 0
    tables = models.share(int(faulty.sum()), len(faulty), "tables with a silent fault")
    whole = printed["cells"].sum()
    seconds = rows.groupby("report")["seconds"].first()
    shares = {name: 100 * printed[name].sum() / whole for name in (UNREAD, NAMED)}
    return {
        "pages": rows.groupby("report")["pages"].first().sum(),
        "cells": rows["cells"].sum(),
        "nonzero": whole,
        "right %": _limits(right),
        "unread %": round(shares[UNREAD], 2),
        "sums %": round(100 * printed[[SUMMED, BOUNDED]].sum().sum() / whole, 2),
        "named %": round(shares[NAMED], 2),
        "silent": int(wrong.sum()),
        "tables %": _limits(tables),
        "s/page": round(seconds.median(), 2),
        "max": round(seconds.max(), 2),
    }


def _limits(found: Estimate) -> str:
    # Where one report holds all that is not right, nothing says how reports differ.
    between = "-" if isnan(found.low) else f"{found.low:.1f}, {found.high:.1f}"
    return f"{found.estimate:.1f} [{between}]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the scans asked for. Returns 0, or 2 where the extra that reads scans is missing."""
    options = _options(arguments)
    scans = options.scan or list(USUAL)
    if scans != [TEXT] and not find_spec("rapidocr"):
        print("scans are read by the extra ocr: pip install 'govstats[ocr]'", file=sys.stderr)
        return 2
    import pandas as pd

    if options.save:
        options.save.mkdir(parents=True, exist_ok=True)
    reports = enough(options.pages, options.seed)
    found = run(scans, reports, options.seed, options.jobs, options.save)
    counts = pd.DataFrame(found.counts)
    print(summary(counts).to_string())
    if options.out:
        counts.to_csv(options.out, index=False, lineterminator="\n")
    if options.failures:
        faults = pd.DataFrame(found.faults, columns=FAULT_FIELDS)
        faults.to_csv(options.failures, index=False, lineterminator="\n")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scans", description=__doc__)
    parser.add_argument("--pages", type=int, default=30, help="at least so many for every scan")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scan", action="append", choices=[TEXT, *SCANS], help="only these scans")
    parser.add_argument("--jobs", type=int, choices=(1, 2), default=1, help="processes")
    parser.add_argument("--out", type=Path, help="counts as a table")
    parser.add_argument("--failures", type=Path, help="every cell wrong or unread")
    parser.add_argument("--save", type=Path, help="write the files into this folder")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
