"""Where chunks of files are read: on all cores of this machine, or on a Dask cluster.

Both are executors of concurrent.futures, and what they run is `guard.read_tasks`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager

from govstats.batch.guard import Order, Task, children, read_tasks

# A chunk for a worker ends at so many files or bytes.
_CHUNK_FILES = 16
_CHUNK_BYTES = 4_000_000
# So many chunks wait for every worker, so that none is ever idle and few lie in memory.
_AHEAD = 2
# A chunk of a cluster is tried so often when the worker that has it is lost.
_RETRIES = 10
# Seconds to wait for a scheduler, and for its first worker.
_PATIENCE = 60


class EngineError(RuntimeError):
    """The cluster cannot be used: why, and what to do."""


@contextmanager
def local(workers: int) -> Iterator[tuple[Executor, int]]:
    """A process for each of so many threads (0: one for each core), and how many there are."""
    number = workers or cores()
    # The children end first, so that nothing is waited for when the run is interrupted.
    with ThreadPoolExecutor(number) as pool, children():
        yield pool, number


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """The workers of a Dask scheduler such as tcp://host:8786, and how many threads they have."""
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise EngineError(
            f"{error.name} is missing: pip install 'govstats[cluster]', here and on the workers"
        ) from error
    try:
        client = Client(address, timeout=_PATIENCE)
    except (OSError, ValueError) as error:
        raise EngineError(f"no scheduler answers at {address} ({error}): start it") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            raise EngineError(f"{address} has no workers: start some") from error
        number = sum(client.ncores().values())
        yield client.get_executor(retries=_RETRIES, pure=False), number


def in_chunks(tasks: Iterable[Task], workers: int) -> Iterator[list[Task]]:
    """Tasks in chunks; small ones first, so that few files go to all workers."""
    chunk: list[Task] = []
    size = 0
    for files, task in enumerate(tasks, start=1):
        chunk.append(task)
        size += len(task.data)
        if size >= _CHUNK_BYTES or len(chunk) >= min(_CHUNK_FILES, 1 + files // (4 * workers)):
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def outcomes(
    executor: Executor, workers: int, chunks: Iterable[Sequence[Task]], order: Order
) -> Iterator[tuple[int, list[bytes]]]:
    """Read chunks of files: of each, as they get ready, how many files and the packed outcomes.

    Raises GuardError, and EngineError where the machine or the cluster does not go on.
    """
    waiting: dict[Future[list[bytes]], int] = {}
    for chunk in chunks:
        waiting[executor.submit(read_tasks, chunk, order)] = len(chunk)
        if len(waiting) >= workers * _AHEAD:
            yield from _ready(waiting)
    while waiting:
        yield from _ready(waiting)


def _ready(waiting: dict[Future[list[bytes]], int]) -> Iterator[tuple[int, list[bytes]]]:
    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in done:
        files = waiting.pop(future)
        try:
            packed = future.result()
        except Exception as error:
            if isinstance(error, (OSError, CancelledError)) or _is_killed_worker(error):
                raise EngineError(
                    f"reading cannot go on ({type(error).__name__}: {error}): "
                    "mend it and run the same again"
                ) from error
            raise
        yield files, packed


def _is_killed_worker(error: Exception) -> bool:
    """True for what Dask raises when several workers died with the same chunk."""
    return type(error).__name__ == "KilledWorker"
