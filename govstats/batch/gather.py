"""Reports in memory, read on all cores in processes that may die or hang: for `govstats build`."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from govstats.batch import engine
from govstats.batch.guard import Order, Task, read_task
from govstats.batch.parts import fingerprint
from govstats.corpus import (
    DUPLICATE,
    LIMITS,
    Collection,
    Failure,
    Limits,
    Source,
    load_source,
    same_content,
)
from govstats.document import ReportError
from govstats.outcome import Outcome
from govstats.readers.archive import Archives
from govstats.report import digest_of


def gather(
    sources: Iterable[Source],
    limits: Limits = LIMITS,
    workers: int = 0,
    read: Callable[[Task], Outcome] = read_task,
) -> Collection:
    """Read every source: reports and failures in their order; `workers` 0: one for each core.

    A second file with the same bytes is not read again but listed as a duplicate. Raises
    EngineError and GuardError where no process can be had.
    """
    order = Order(limits.seconds, fingerprint(), read, packed)
    found: dict[str, Outcome] = {}
    notes: list[tuple[str, Outcome]] = []
    with engine.local(workers) as (executor, number):
        chunks = engine.in_chunks(_new(sources, limits, notes), number)
        for _, answers in engine.outcomes(executor, number, chunks, order):
            for outcome in (each for answer in answers for each in pickle.loads(answer)):
                found[outcome.sha256] = outcome
    collection = Collection()
    for name, noted in notes:
        outcome = noted if noted.stage else found[noted.sha256]
        if outcome.report:
            collection.reports.append(replace(outcome.report, source=name))
        else:
            collection.failures.append(Failure(name, outcome.stage, f"{name} {outcome.error}"))
    return collection


def packed(outcomes: Sequence[Outcome]) -> bytes:
    """Outcomes as one process sends them to another, with their reports."""
    return pickle.dumps(list(outcomes))


def _new(
    sources: Iterable[Source], limits: Limits, notes: list[tuple[str, Outcome]]
) -> Iterator[Task]:
    """The first source of each content; of every source it is noted what is known before reading.

    That is the hash, or why there is nothing to read.
    """
    first: dict[str, str] = {}
    with Archives() as archives:
        for source in sources:
            try:
                data = load_source(source, archives, limits.largest)
            except ReportError as error:
                notes.append((source.name, Outcome("", stage=error.stage, error=str(error))))
                continue
            digest = digest_of(data)
            if digest in first:
                same = same_content(first[digest])
                notes.append((source.name, Outcome(digest, stage=DUPLICATE, error=same)))
                continue
            first[digest] = source.name
            notes.append((source.name, Outcome(digest)))
            yield Task(source, data, limits)
