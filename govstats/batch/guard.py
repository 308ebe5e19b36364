"""Reads files in a child process that may die or hang: that costs the file at fault, no other.

Every thread has one child of its own, so a pool of threads, here or in a worker of a cluster, is a
pool of processes each of which can be ended alone.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread, local
from typing import Any

from govstats.batch import child as serving
from govstats.batch.parts import fingerprint, pack
from govstats.corpus import LIMITS, Limits, Source, beside_source
from govstats.outcome import Outcome, outcome_of
from govstats.readers.archive import Archives
from govstats.report import digest_of

# A child is replaced after so many files, in case a library loses memory.
RENEWED_AFTER = 5_000
# Importing everything takes under a second; a loaded machine may take long.
SECONDS_TO_START = 120.0
_STARTS = 3
_TICK = 0.2

DIED = (
    "ended the process that read it, twice (out of memory, or a fault in a library): "
    "save it in another format, or cut out the report"
)


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read: its bytes, where they came from, and the limits that hold for it."""

    source: Source
    data: bytes
    limits: Limits = LIMITS


@dataclass(frozen=True, slots=True)
class Order:
    """How to read: seconds a file, the fingerprint of the govstats it is for, what reads a file,
    and what packs the outcomes for the way back."""

    seconds: float
    made_by: str
    read: Callable[[Task], Outcome]
    pack: Callable[[Sequence[Outcome]], bytes] = pack


def read_task(task: Task) -> Outcome:
    """Read one file; pictures that lie beside it are found where this process sees its folder."""
    with Archives() as archives:
        beside = beside_source(task.source, archives, task.limits.largest)
        return outcome_of(task.data, beside, task.limits.most_pages)


class GuardError(RuntimeError):
    """No child process can be started, or it is of another version than the run."""


class Lost(Exception):
    """A child is gone: at which task (-1: before the first), and whether it took too long."""

    def __init__(self, at: int, slow: bool) -> None:
        super().__init__(at, slow)
        self.at = at
        self.slow = slow


def read_tasks(tasks: Sequence[Task], order: Order) -> list[bytes]:
    """Read files in this thread's child; their outcomes, packed, in any order.

    A file that takes too long is a failure, and so is one at which two children died. Raises
    GuardError where no child can be had.
    """
    if order.made_by != fingerprint():
        raise GuardError("the worker has another version of govstats: install the same everywhere")
    packed, left, starts = [], list(tasks), 0
    while left:
        try:
            packed.append(_own_child(order).ask(left))
            break
        except Lost as lost:
            starts += 1
            if lost.at >= 0:
                starts, task = 0, left.pop(lost.at)
                packed.append(_too_slow(task, order) if lost.slow else _alone(task, order))
        if starts >= _STARTS:
            raise GuardError("a worker process ends as soon as it starts: see what it said above")
    return packed


def _alone(task: Task, order: Order) -> bytes:
    """Read a file at which a child died: that may have been another's fault."""
    for _ in range(_STARTS):
        try:
            return _own_child(order).ask([task])
        except Lost as lost:
            if lost.slow:
                return _too_slow(task, order)
            if lost.at >= 0:
                break
    return order.pack([Outcome(digest_of(task.data), stage="extract", error=DIED)])


def _too_slow(task: Task, order: Order) -> bytes:
    error = f"took more than {order.seconds:g} seconds: raise the limit with --max-seconds"
    limits = seconds_in_words(order.seconds)
    outcome = Outcome(digest_of(task.data), stage="extract", error=error, limits=limits)
    return order.pack([outcome])


def seconds_in_words(seconds: float) -> str:
    """The limit of time as an outcome that it ended names it; under another it is tried anew."""
    return f"{seconds:g} seconds"


class Child:
    """A child process, its place in the list of tasks and the time by which it must say more."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.files = 0
        self.at = -1
        self.slow = False
        self.deadline = time.monotonic() + SECONDS_TO_START
        paths = [path or os.getcwd() for path in sys.path]
        self._process = subprocess.Popen(
            # -P, so that nothing in the folder where the command is given is taken for a module.
            [sys.executable, "-P", "-m", serving.__name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        )
        _watch(self)
        try:
            self._send((order.read, order.pack))
            self._receive()
        except Lost:
            self.close()
            raise

    def ask(self, tasks: Sequence[Task]) -> bytes:
        """Have files read; their outcomes, packed. Raises Lost, and is of no use after that."""
        self.at = -1
        self.files += len(tasks)
        try:
            self._send(tasks)
            while True:
                self.deadline = time.monotonic() + self.order.seconds
                kind, value = self._receive()
                if kind == serving.AT:
                    self.at = value
                if kind == serving.DONE:
                    done: bytes = value
                    self.deadline = float("inf")
                    return done
        except Lost:
            self.close()
            raise

    def _send(self, message: object) -> None:
        assert self._process.stdin is not None
        try:
            pickle.dump(message, self._process.stdin)
            self._process.stdin.flush()
        except (OSError, ValueError) as error:
            raise Lost(self.at, self.slow) from error

    def _receive(self) -> tuple[str, Any]:
        assert self._process.stdout is not None
        while True:
            try:
                kind, value = pickle.load(self._process.stdout)
            except (EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
                raise Lost(self.at, self.slow) from error
            if kind != serving.MORE:
                return kind, value
            self.deadline += value

    def look(self, now: float) -> None:
        """End the process when it is past its time."""
        if now > self.deadline:
            self.slow = True
            self._process.kill()

    def close(self) -> None:
        """End the process and wait for its end."""
        with _lock:
            if self in _children:
                _children.remove(self)
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                # What was still to be sent has no reader any more.
                with suppress(OSError):
                    stream.close()
        self._process.wait()


_lock = Lock()
_children: list[Child] = []
_watching: list[Thread] = []
_closed = Event()
_mine = local()


def _own_child(order: Order) -> Child:
    """This thread's child; a new one where there is none, or it is gone, worn out or another's."""
    if _closed.is_set():
        raise GuardError("the run was ended")
    child: Child | None = getattr(_mine, "child", None)
    if child is not None and child in _children:
        if child.order == order and child.files < RENEWED_AFTER:
            return child
        child.close()
    _mine.child = Child(order)
    return _mine.child


def _watch(child: Child) -> None:
    with _lock:
        _children.append(child)
        if not _watching:
            _watching.append(Thread(target=_look, daemon=True))
            _watching[0].start()


def _look() -> None:
    """One thread looks after all children, as timers would cost more than reading a file."""
    while True:
        time.sleep(_TICK)
        now = time.monotonic()
        with _lock:
            children = list(_children)
        for child in children:
            child.look(now)


@contextmanager
def children() -> Iterator[None]:
    """While this lasts, children may be had; at its end all are ended, also those at work."""
    _closed.clear()
    try:
        yield
    finally:
        _closed.set()
        with _lock:
            left = list(_children)
        for child in left:
            child.close()
