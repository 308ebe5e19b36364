"""Seconds that reading a file may take, and how a reader asks for more."""

from __future__ import annotations

from collections.abc import Callable

# A report takes some hundredths of a second.
SECONDS = 60.0


def _ignore(seconds: float) -> None:
    """Outside of a child process nobody waits."""


_told: Callable[[float], None] = _ignore


def allow(seconds: float) -> None:
    """Give the file in hand so many seconds more.

    For readers that know how much is still to do, such as the pages of a scan; elsewhere it does
    nothing.
    """
    _told(seconds)


def tell(whom: Callable[[float], None]) -> None:
    """Say who is to hear of it: the child process, before it reads."""
    global _told  # noqa: PLW0603 - one file is read at a time in a process
    _told = whom
