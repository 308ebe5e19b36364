"""A process that reads files for another one: `python -m govstats.batch.child`.

It gets two functions first, what reads a task and what packs outcomes, and then lists of tasks on
its input, and says on its output which task it is at, how many seconds more one needs, and in the
end the packed outcomes. When its input ends, so does it, whatever it is doing.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import warnings
from queue import SimpleQueue
from threading import Thread
from typing import Any, BinaryIO

from govstats.readers import clock

READY, AT, MORE, DONE = "ready", "at", "more", "done"


def main() -> None:
    """Serve until the input ends."""
    # What a library prints must not come between the messages, and what it says of damaged files
    # would fill the terminal: what became of them is told in the tables.
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def say(kind: str, value: Any = None) -> None:
        pickle.dump((kind, value), output)
        output.flush()

    inbox: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_receive, args=(sys.stdin.buffer, inbox), daemon=True).start()
    read, pack = inbox.get()
    clock.tell(lambda seconds: say(MORE, seconds))
    pack([])  # what is imported for this is not to count as time of the first file
    say(READY)
    while True:
        tasks, outcomes = inbox.get(), []
        for number, task in enumerate(tasks):
            say(AT, number)
            outcomes.append(read(task))
        say(DONE, pack(outcomes))


def _receive(stream: BinaryIO, inbox: SimpleQueue[Any]) -> None:
    """Pass on what comes; the end of it is the end of the process."""
    try:
        while True:
            inbox.put(pickle.load(stream))
    except EOFError:
        os._exit(0)
    except BaseException:
        os._exit(1)


if __name__ == "__main__":
    main()
