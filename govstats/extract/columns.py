"""Which column is which, from the printed head: by the grid's columns, or by order of reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from govstats.extract.tokens import BLANK, Token
from govstats.forms import Block, Table
from govstats.labels import core, find_all

_GROUP = ""


def printed_order(labels: Sequence[Token], table: Table, block: Block) -> list[str] | None:
    """Column codes in the order of the printed head, or None when the head is incomplete.

    In a head of two lines the columns under a group stand behind the whole first line; they are put
    back where their group stands.
    """
    found = [code for _, code in find_all([t.text for t in labels], table.head_codes)]
    under = [column.code for column in block.columns if column.group]
    order = _insert_group(found, set(under))
    wanted = {column.code for column in block.columns}
    return order if len(order) == len(wanted) and set(order) == wanted else None


def _insert_group(found: Sequence[str], under: set[str]) -> list[str]:
    found = list(dict.fromkeys(found))
    plain = [code for code in found if code != _GROUP]
    inner = [code for code in plain if code in under]
    places = [i for i, code in enumerate(plain) if code in under]
    together = bool(places) and places[-1] - places[0] == len(places) - 1
    if _GROUP not in found or not together:
        return plain
    outer = [code for code in found if code not in under]
    at = outer.index(_GROUP)
    return [code for code in (*outer[:at], *inner, *outer[at + 1 :]) if code != _GROUP]


def by_position(labels: Sequence[Token], codes: Mapping[str, str]) -> dict[int, str]:
    """Grid column -> code of the lowest head label above it; empty outside grids.

    Where heads stand in two grids, only those of the last count: each grid numbers its own columns.
    """
    found: dict[int, str] = {}
    grid = -1
    for token in labels:
        code = _lowest_head(token.text, codes) if token.columns is not None else None
        if code is None or token.columns is None:
            continue
        if token.row[0] != grid:
            found, grid = {}, token.row[0]
        found.update(dict.fromkeys(token.columns, code))
    return found


def _lowest_head(text: str, codes: Mapping[str, str]) -> str | None:
    """Code of a head, or of the last lines of one that has its group's words above it."""
    lines = text.split("\n")
    tails = (codes.get(core("".join(lines[start:]))) for start in range(len(lines)))
    return next((code for code in tails if code is not None), None)


def place_by_position(values: Sequence[Token], heads: Mapping[int, str]) -> dict[str, Token] | None:
    """Column code -> cell for one grid row, or None unless every filled cell has its own column."""
    placed: dict[str, Token] = {}
    for token in values:
        code = heads.get(token.columns.start) if token.columns is not None else None
        if code is not None and code not in placed:
            placed[code] = token
        elif token.kind is not BLANK:
            return None
    return placed if placed and set(placed) == set(heads.values()) else None


def stand_under(values: Sequence[Token], heads: Mapping[int, str]) -> bool:
    """True when every cell that is filled stands under a head, though cells may be lost."""
    filled = [token.columns for token in values if token.kind is not BLANK]
    return all(columns is not None and columns.start in heads for columns in filled)
