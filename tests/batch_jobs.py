"""What children read with in the tests of batches: files that end, stall or count their reader."""

from __future__ import annotations

import os
import time
from pathlib import Path

from govstats.batch import clock
from govstats.batch.guard import Task
from govstats.outcome import Outcome, outcome_of

# Where readings are noted, by source; set in the environment, which children inherit.
LOG = "GOVSTATS_TEST_LOG"
# How long an endless file takes.
SECONDS = "GOVSTATS_TEST_SECONDS"
DEADLY, ONCE, ENDLESS, SLOW = b"<!--deadly-->", b"<!--once-->", b"<!--endless-->", b"<!--slow-->"


def note(task: Task) -> Outcome:
    """Read, and note that it was read."""
    with open(os.environ[LOG], "a", encoding="utf-8") as log:
        log.write(task.source.name + "\n")
    return outcome_of(task.data)


def noted() -> list[str]:
    """The sources that were read since the log was last emptied, sorted."""
    log = Path(os.environ[LOG])
    lines = log.read_text(encoding="utf-8").split() if log.exists() else []
    log.unlink(missing_ok=True)
    return sorted(lines)


def suffer(task: Task) -> Outcome:
    """Read, if the file lets us."""
    if DEADLY in task.data:
        os._exit(9)
    if ONCE in task.data:
        mark = Path(os.environ[LOG] + ".once")
        if not mark.exists():
            mark.touch()
            os._exit(9)
    if ENDLESS in task.data:
        time.sleep(float(os.environ.get(SECONDS, "3600")))
    if SLOW in task.data:
        clock.allow(60)
        time.sleep(7)
    return note(task)
