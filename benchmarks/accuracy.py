"""How often cells are read wrong: `python -m benchmarks.accuracy --cases 5000 --seed 1`.

Known figures are written in every layout, damaged on purpose and read back through the front door.
Printed: verdicts by layout (undamaged), by damage and by drift. `--out` writes the counts as a tidy
table, `--failures` every cell that is wrong, `--case N --show` one case again.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from govstats.document import ReportError
from govstats.extract import extract
from govstats.readers import read

from .laboratory.cases import Case, make_case
from .laboratory.cells import SUMMED
from .laboratory.damages import BARE, NONE, SINGLE
from .laboratory.judge import FAULTS, INVENTED, SILENT, VERDICTS, Judgement, Known, judge
from .laboratory.layouts import LAYOUTS

KEYS = ("layout", "damage", "drift", "table", "form", "case")
UNSEEN = "altered_unseen"
ALL, ONE = "all but bare swaps", "one cell damaged, under a sum"
ALTERED = ("altered", "altered_checkable", "altered_named", UNSEEN)
COUNTS = ("cases", "cases_faulty", "refused", "cells", *VERDICTS, *ALTERED)
FAULT_FIELDS = (*KEYS, "verdict", "cell", "printed", "truth", "read", "locator")
Key = tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of one case: counts by stratum, and its faults as rows of FAULT_FIELDS."""

    counts: dict[Key, Counter[str]]
    faults: list[tuple[object, ...]]


def run_case(number: int, seed: int, layouts: Sequence[str]) -> Outcome:
    """Make, read and judge one case."""
    case = make_case(number, seed, layouts)
    judged, refusal = read_case(case)
    counts: dict[Key, Counter[str]] = {}
    faults = []
    for table, found in groupby(judged, key=lambda item: item.address.table):
        key = _key(case, table)
        tally = counts.setdefault(key, Counter(cases=1, refused=int(bool(refusal))))
        for item in found:
            tally.update(_count(item))
            if is_fault(item):
                faults.append((*key, *_fault(item)))
        tally["cases_faulty"] = int(any(tally[name] for name in FAULTS))
    return Outcome(counts, faults)


def read_case(case: Case) -> tuple[list[Judgement], str]:
    """The judgements on a case and, where the document was refused, why.

    A refused document is no fault of the reading: its cells are unread. Other errors are not
    caught: a reader must not fall over.
    """
    known = Known(case.forms, case.truth, case.printed, case.moved)
    try:
        found = extract(read(case.data))
    except ReportError as error:
        return judge(None, known), str(error)
    judged = judge(found, known)
    return sorted(judged, key=lambda item: list(case.forms).index(item.address.table)), ""


def _key(case: Case, table: str) -> Key:
    plan = case.plan
    form = case.forms[table]
    return plan.layout, case.damages[table], plan.drift, table, form, str(plan.number)


def _count(item: Judgement) -> Iterator[str]:
    yield "cells"
    yield item.verdict
    if item.alteration:
        yield "altered"
        if item.checkable:
            yield "altered_checkable"
            if item.alteration != "unread":
                yield f"altered_{item.alteration}"


def is_fault(item: Judgement) -> bool:
    """True for a wrong cell that nothing names, and for an altered one that no sum finds."""
    return item.verdict in FAULTS or (item.alteration == "unseen" and item.checkable)


def _fault(item: Judgement) -> tuple[object, ...]:
    verdict = item.verdict if item.verdict in FAULTS else UNSEEN
    values = ("" if v is None else v for v in (item.printed, item.truth, item.value))
    return verdict, str(item.address), *values, item.locator


def run(cases: Iterable[int], seed: int, layouts: Sequence[str], workers: int = 1) -> Outcome:
    """All these cases; the same whatever the number of workers."""
    task = partial(run_case, seed=seed, layouts=tuple(layouts))
    if workers == 1:
        return merge(map(task, cases))
    with ProcessPoolExecutor(workers) as pool:
        return merge(pool.map(task, cases, chunksize=25))


def merge(outcomes: Iterable[Outcome]) -> Outcome:
    """Sums of the counts, all faults in order."""
    counts: dict[Key, Counter[str]] = {}
    faults: list[tuple[object, ...]] = []
    for outcome in outcomes:
        for key, tally in outcome.counts.items():
            counts.setdefault(key, Counter()).update(tally)
        faults += outcome.faults
    return Outcome(dict(sorted(counts.items())), faults)


def write_counts(outcome: Outcome, path: Path, by: Sequence[str] = KEYS) -> None:
    """One row for every value of the keys of `by` (layout, damage, drift, table, form, case)."""
    places = [KEYS.index(name) for name in by]
    sums: dict[Key, Counter[str]] = {}
    for key, tally in outcome.counts.items():
        sums.setdefault(tuple(key[place] for place in places), Counter()).update(tally)
    rows = ((*key, *(tally[name] for name in COUNTS)) for key, tally in sorted(sums.items()))
    _write(path, (*by, *COUNTS), rows)


def write_faults(outcome: Outcome, path: Path) -> None:
    """One row a faulty cell."""
    _write(path, FAULT_FIELDS, outcome.faults)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def show(outcome: Outcome) -> str:
    """The tables of a run as text; bare swaps of columns stand apart from the totals."""
    sections = (
        ("undamaged, by layout", 0, lambda key: key[1:3] == (NONE, NONE)),
        ("labels or numerals drifted, by drift", 2, lambda key: key[1] == NONE != key[2]),
        ("damaged, by damage", 1, lambda key: key[1] != NONE),
        ("damaged, by layout", 0, lambda key: key[1] not in (NONE, BARE)),
    )
    parts = [_section(outcome, *section) for section in sections]
    totals = _group(outcome, lambda key: "bare swaps" if key[1] == BARE else ALL)
    single = _group(outcome, lambda key: ONE if key[1] in SINGLE and key[3] in SUMMED else "")
    verdicts = [_verdict(ALL, totals[ALL]), _verdict(ONE, single.get(ONE, Counter()))]
    return "\n\n".join([*parts, _lines("total", totals), "\n".join(verdicts), _causes(outcome)])


def _section(outcome: Outcome, title: str, place: int, wanted: Callable[[Key], bool]) -> str:
    found = Outcome({k: v for k, v in outcome.counts.items() if wanted(k)}, [])
    return _lines(title, _group(found, lambda key: key[place]))


def _group(outcome: Outcome, name: Callable[[Key], str]) -> dict[str, Counter[str]]:
    groups: dict[str, Counter[str]] = {}
    for key, tally in outcome.counts.items():
        groups.setdefault(name(key), Counter()).update(tally)
    return groups


def _lines(title: str, groups: dict[str, Counter[str]]) -> str:
    names = [name for name in COUNTS if name != "cases_faulty"]
    widths = [max(len(name) + 1, 9) for name in names]
    lines = [f"{title:<24}" + "".join(f"{n:>{w}}" for n, w in zip(names, widths, strict=True))]
    for group, tally in groups.items():
        shown = (f"{tally[n] or '.':>{w}}" for n, w in zip(names, widths, strict=True))
        lines.append(f"{group:<24}" + "".join(shown))
    return "\n".join(lines)


def _causes(outcome: Outcome) -> str:
    """Faults by damage, table and verdict with the numbers of the cases, worst first."""
    found: dict[tuple[str, ...], Counter[str]] = {}
    for layout, damage, drift, table, _, case, verdict, *_ in outcome.faults:
        if damage != BARE or verdict != UNSEEN:
            cases = found.setdefault((str(damage), str(table), str(verdict)), Counter())
            cases[f"{case} ({layout}, {drift})"] += 1
    lines = ["faults by cause: cells, cases, and the cases with the fewest"]
    for cause, cases in sorted(found.items(), key=lambda item: -item[1].total()):
        least = "; ".join(name for name, _ in reversed(cases.most_common()[-3:]))
        lines.append(f"{' / '.join(cause):<48}{cases.total():>6}{len(cases):>6}  {least}")
    return "\n".join(lines)


def _verdict(name: str, tally: Counter[str]) -> str:
    cells, silent = tally["cells"], tally[SILENT]
    return (
        f"{name}: {cells} cells: {silent} silently wrong ({100 * silent / max(cells, 1):.4f} %), "
        f"{tally[INVENTED]} invented, {tally['altered_unseen']} of "
        f"{tally['altered_checkable']} altered numbers under a complete sum unseen"
    )


def show_case(case: Case) -> str:
    """A case with its document and its wrong cells."""
    judged, refusal = read_case(case)
    plan = case.plan
    lines = [f"case {plan.number}: {plan.layout}, {plan.damage}, {plan.drift}; forms {case.forms}"]
    try:
        lines.append(case.data.decode())
    except UnicodeDecodeError:
        lines.append(f"{len(case.data)} bytes")
    lines += [refusal] if refusal else []
    wrong = [item for item in judged if is_fault(item) or item.verdict == "unread"]
    lines += [
        f"{item.verdict:<9}{item.address}: printed {item.printed}, read {item.value}, "
        f"true {item.truth} ({item.locator})"
        for item in wrong
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases asked for. Returns 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--layout", action="append", choices=list(LAYOUTS))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, help="counts as a table")
    parser.add_argument("--by", nargs="+", choices=KEYS, default=KEYS, help="keys of --out")
    parser.add_argument("--failures", type=Path, help="every wrong cell")
    parser.add_argument("--case", type=int, help="run this case only")
    parser.add_argument("--show", action="store_true", help="print the case and its wrong cells")
    parser.add_argument("--save", type=Path, help="write the document of the case here")
    options = parser.parse_args(arguments)
    layouts = options.layout or list(LAYOUTS)
    if options.case is not None:
        case = make_case(options.case, options.seed, layouts)
        if options.save:
            options.save.write_bytes(case.data)
        if options.show:
            print(show_case(case))
            return 0
    numbers = range(options.cases) if options.case is None else [options.case]
    outcome = run(numbers, options.seed, layouts, options.workers)
    print(show(outcome))
    if options.out:
        write_counts(outcome, options.out, options.by)
    if options.failures:
        write_faults(outcome, options.failures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
