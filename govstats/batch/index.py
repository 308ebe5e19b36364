"""Which source has which content and which part holds it, on disk, so that memory stays small.

It is made anew from the parts and the sources by every run, and nothing is lost with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -32000;
BEGIN;
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT, sha256 TEXT, stage TEXT, error TEXT);
CREATE TABLE content (sha256 TEXT PRIMARY KEY, first INTEGER, part INTEGER, row INTEGER)
  WITHOUT ROWID;
"""
_HOLDS = """
INSERT INTO content VALUES (?, NULL, ?, ?)
ON CONFLICT DO UPDATE SET part = excluded.part, row = excluded.row
"""
_ENTRIES = """
SELECT source.name, source.stage, source.error, content.part, content.row,
       CASE WHEN content.first < source.id THEN earlier.name END
FROM source
LEFT JOIN content ON content.sha256 = source.sha256
LEFT JOIN source AS earlier ON earlier.id = content.first
ORDER BY source.id
"""


class LockedError(OSError):
    """Another run writes to the same folder."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A source at the end of a run: why it could not be loaded, or where its outcome is.

    `first` is the name of the earlier source with the same bytes, if there is one.
    """

    name: str
    stage: str
    error: str
    part: int
    row: int
    first: str | None


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold a folder for this run; the system lets it go however the run ends."""
    # SQLite locks files on every system. Nothing is ever written to this one.
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as held:
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise LockedError("another run is writing there") from error
        yield


class Index:
    """Sources in their order, contents by hash. Raises sqlite3.Error when the disk is full."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._base = sqlite3.connect(path, isolation_level=None)
        self._base.executescript(_TABLES)

    def close(self) -> None:
        """Let the file go."""
        self._base.close()

    def add_part(self, part: int, held: Iterable[tuple[str, str]], limits: Container[str]) -> None:
        """Say what the rows of a part hold: hash, and the limit that ended the reading, or "".

        What other limits ended is not known here. Where two parts hold the same content, one that
        was read to its end counts.
        """
        for row, (digest, cut) in enumerate(held):
            if not cut or cut in limits:
                self._base.execute(
                    _HOLDS + (" WHERE part IS NULL" if cut else ""), (digest, part, row)
                )

    def fail(self, name: str, stage: str, error: str) -> None:
        """Note the next source, which could not be loaded."""
        self._base.execute("INSERT INTO source VALUES (NULL, ?, NULL, ?, ?)", (name, stage, error))

    def see(self, name: str, digest: str) -> bool:
        """Note the next source and its content: is it to be read, being new?"""
        number = self._base.execute(
            "INSERT INTO source VALUES (NULL, ?, ?, '', '')", (name, digest)
        ).lastrowid
        known = self._base.execute("SELECT first FROM content WHERE sha256 = ?", (digest,))
        row = known.fetchone()
        if row is None:
            self._base.execute("INSERT INTO content VALUES (?, ?, NULL, NULL)", (digest, number))
        elif row[0] is None:
            self._base.execute("UPDATE content SET first = ? WHERE sha256 = ?", (number, digest))
        return row is None

    def entries(self) -> Iterator[Entry]:
        """All sources, in their order."""
        return (Entry(*row) for row in self._base.execute(_ENTRIES))
