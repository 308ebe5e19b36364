"""The statutory forms as data: rows, columns, labels and identities of each notice's tables.

One file a notice in govstats/forms/; adding a form is adding a file. Sources: the notices
国办公开办函〔2019〕60号 and 〔2021〕30号, and the articles of the Regulations named with every row;
for the statistics form of 2014 and the local ones before it see the files themselves.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from govstats.labels import Codes, core

TABLES = ("disclosure", "requests", "remedies")
# One number a row: the statistics form of 2014-2018 and the local forms before it.
STATISTICS = ("local", "statistics")
WILDCARD = "*"


class Address(NamedTuple):
    """Where a cell stands in a form, whatever the layout: table.row.column."""

    table: str
    row: str
    column: str

    def __str__(self) -> str:
        return ".".join(self)


@dataclass(frozen=True)
class Label:
    """A row or column: code, printed labels, English term, number path, legal basis, group head.

    `unit` is what a row of the statistics forms counts, as the form prints it.
    """

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    path: str = ""
    legal: str = ""
    group: str = ""
    unit: str = ""

    def cores(self) -> Iterator[str]:
        """The label's words and those of its known drifts."""
        return (core(text) for text in (self.zh, *self.aliases))


@dataclass(frozen=True)
class Block:
    """Rows that share a head and columns: an article of the disclosure table, or a whole table."""

    path: str
    legal: str
    rows: tuple[Label, ...]
    columns: tuple[Label, ...]


@dataclass(frozen=True)
class Identity:
    """Signed addresses whose sums agree (`=`), or whose left is at most the right (`<=`)."""

    name: str
    relation: str
    left: tuple[tuple[int, Address], ...]
    right: tuple[tuple[int, Address], ...]
    address: str

    def terms(self) -> tuple[tuple[int, Address], ...]:
        """Left side minus right side, as signed addresses."""
        return self._terms

    @cached_property
    def _terms(self) -> tuple[tuple[int, Address], ...]:
        return (*self.left, *((-sign, address) for sign, address in self.right))


# Each is made once: the same table is the same object, so that it is cheap as a key.
@dataclass(frozen=True, eq=False)
class Table:
    """One table of a form; `form` is the notice's year, or `any` where forms share the table."""

    name: str
    form: str
    zh: str
    en: str
    blocks: tuple[Block, ...]
    heads: tuple[str, ...]
    groups: tuple[Label, ...]
    identities: tuple[Identity, ...]
    negative: frozenset[str]

    @cached_property
    def addresses(self) -> tuple[Address, ...]:
        """Every cell of the table in printed order."""
        return tuple(
            Address(self.name, row.code, column.code)
            for block in self.blocks
            for row in block.rows
            for column in block.columns
        )

    @cached_property
    def row_codes(self) -> Codes:
        """Words of every row label -> code."""
        return _index(row for block in self.blocks for row in block.rows)

    @cached_property
    def column_codes(self) -> Codes:
        """Words of every column label -> code."""
        return _index(column for block in self.blocks for column in block.columns)

    @cached_property
    def head_codes(self) -> Codes:
        """Words of every column label -> code, and of every group of columns -> ""."""
        columns = [column for block in self.blocks for column in block.columns]
        groups = {core(column.group): "" for column in columns if column.group}
        return Codes({**self.column_codes, **groups})

    @cached_property
    def label_codes(self) -> Codes:
        """Words of every label -> code of its row, or "column" and code of its column."""
        columns = {text: f"column {code}" for text, code in self.column_codes.items()}
        return Codes({**self.row_codes, **columns})

    @cached_property
    def block_of(self) -> Mapping[str, Block]:
        """Row code -> the block it stands in."""
        return {row.code: block for block in self.blocks for row in block.rows}

    @cached_property
    def identity_rows(self) -> tuple[tuple[Identity, frozenset[str]], ...]:
        """Every identity with the rows that it joins."""
        return tuple((i, frozenset(a.row for _, a in i.terms())) for i in self.identities)

    @lru_cache(maxsize=4096)  # noqa: B019 - tables live as long as the process
    def identities_within(self, rows: frozenset[str]) -> tuple[Identity, ...]:
        """Identities that lie wholly within the given rows."""
        return tuple(identity for identity, joined in self.identity_rows if joined <= rows)

    @cached_property
    def head_cores(self) -> frozenset[str]:
        """Words that head columns or groups and carry no numbers of their own."""
        return frozenset(core(text) for text in (*self.heads, *(group.zh for group in self.groups)))


def _index(labels: Iterable[Label]) -> Codes:
    return Codes({text: label.code for label in labels for text in label.cores()})


def _label(data: Mapping[str, Any]) -> Label:
    return Label(
        data.get("code", ""),
        data["zh"],
        data["en"],
        tuple(data.get("aliases", ())),
        data.get("path", ""),
        data.get("legal", ""),
        data.get("group", ""),
        data.get("unit", ""),
    )


def _labels(data: Iterable[Mapping[str, Any]]) -> tuple[Label, ...]:
    return tuple(_label(item) for item in data)


def _blocks(data: Mapping[str, Any]) -> tuple[Block, ...]:
    blocks = data.get("blocks") or [data]
    return tuple(
        Block(
            block.get("path", ""),
            block.get("legal", ""),
            _labels(block["rows"]),
            _labels(block["columns"]),
        )
        for block in blocks
    )


def _signed(pattern: str, star: str) -> tuple[int, Address]:
    parts = pattern[1:].replace(WILDCARD, star).split(".")
    return (-1 if pattern[0] == "-" else 1), Address(*parts)


def _expand(
    data: Mapping[str, Any], relation: str, addresses: Iterable[Address]
) -> Iterator[Identity]:
    """One identity for each row or column that the wildcard can stand for."""
    known = frozenset(addresses)
    patterns = data["left"] + data["right"]
    first = patterns[0][1:].split(".")
    place = first.index(WILDCARD)
    for star in dict.fromkeys(address[place] for address in addresses if address.table == first[0]):
        left = tuple(_signed(pattern, star) for pattern in data["left"])
        right = tuple(_signed(pattern, star) for pattern in data["right"])
        if all(address in known for _, address in left + right):
            shown = [first[0], WILDCARD, WILDCARD]
            shown[place] = star
            yield Identity(data["name"], relation, left, right, ".".join(shown))


def _table(name: str, data: Mapping[str, Any]) -> Table:
    part = data[name]
    bare = Table(
        name,
        part["form"],
        part["zh"],
        part["en"],
        _blocks(part),
        tuple(part.get("heads", ())),
        _labels(part.get("groups", ())),
        (),
        frozenset(part.get("negative", ())),
    )
    found = [
        identity
        for key, relation in (("identities", "="), ("inequalities", "<="))
        for item in data.get(key, ())
        for identity in _expand(item, relation, bare.addresses)
    ]
    return replace(bare, identities=tuple(found))


@lru_cache(maxsize=1)
def forms() -> Mapping[str, Mapping[str, Table]]:
    """Every shipped form, oldest first: notice year -> table name -> Table."""
    found = {}
    for path in sorted(files("govstats").joinpath("forms").iterdir(), key=lambda item: item.name):
        if path.name.endswith(".toml"):
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            found[data["form"]] = {
                name: _table(name, data) for name in (*TABLES, *STATISTICS) if name in data
            }
    return found


@lru_cache(maxsize=8)
def candidates(name: str) -> tuple[Table, ...]:
    """The different versions of one table, oldest form first; shared tables once."""
    versions = {form[name].form: form[name] for form in forms().values() if name in form}
    return tuple(versions.values())


def find_table(name: str, form: str) -> Table:
    """The table of that name in a form (`any` for shared ones). Raises KeyError for others.

    >>> table = find_table("requests", "2021")
    >>> len(table.addresses)
    175
    >>> [row.zh for row in table.block_of["not_held"].rows if row.code == "not_held"]
    ['本机关不掌握相关政府信息']
    """
    for table in candidates(name):
        if table.form == form:
            return table
    raise KeyError(f"no form {form!r} has a table {name!r}")
