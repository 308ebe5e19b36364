"""The forms as data: every cell of the code list, and identities that mean what they say."""

from __future__ import annotations

import csv
import os
from dataclasses import asdict
from pathlib import Path

import pytest

from govstats.forms import Address, candidates, find_table, forms
from govstats.labels import core

CODES = Path(os.environ.get("GOVSTATS_ORIGINALS", "not-given")).parent / "forms" / "codes.csv"


def test_sizes_of_the_tables():
    sizes = {
        (form, name): len(table.addresses)
        for form, tables in forms().items()
        for name, table in tables.items()
    }
    # A form that comes later is added without a change here.
    assert (
        sizes.items()
        >= {
            ("2008", "local"): 64,
            ("2014", "statistics"): 54,
            ("2019", "disclosure"): 22,
            ("2019", "requests"): 161,
            ("2019", "remedies"): 15,
            ("2021", "disclosure"): 10,
            ("2021", "requests"): 175,
            ("2021", "remedies"): 15,
        }.items()
    )


@pytest.mark.skipif(not CODES.exists(), reason="the code list is not here")
def test_addresses_are_those_of_the_code_list():
    with CODES.open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["table"] != "statistics"]
    for form, tables in forms().items():
        listed = [row for row in rows if form in row["forms"].split()]
        if "requests" not in tables or not listed:
            continue
        cells = {(r["table"], r["row"], r["column"]) for r in listed if r["row"] and r["column"]}
        for table in ("disclosure", "remedies"):
            assert set(tables[table].addresses) == {c for c in cells if c[0] == table}
        requests = [row for row in listed if row["table"] == "requests"]
        products = {
            ("requests", r["row"], c["column"])
            for r in requests
            for c in requests
            if r["row"] and c["column"]
        }
        assert set(tables["requests"].addresses) == products


def test_remedies_are_the_same_in_every_form():
    first, *others = (asdict(t["remedies"]) for t in forms().values() if "remedies" in t)
    assert len(others) == 1
    assert all(other == first for other in others)
    assert [table.form for table in candidates("remedies")] == ["any"]


def test_identities_stand_for_every_row_and_column():
    found = [(i.name, i.address) for i in find_table("requests", "2021").identities]
    assert found.count(("balance", "requests.*.total")) == 1
    names = [name for name, _ in found]
    assert {name: names.count(name) for name in set(names)} == {
        "balance": 7,
        "outcomes": 7,
        "applicants": 25,
    }
    outcomes = next(i for i in find_table("requests", "2019").identities if i.name == "outcomes")
    assert len(outcomes.right) == 19
    assert (1, Address("requests", "other_undivided", "natural_person")) in outcomes.right


def test_no_label_means_two_rows_of_one_table():
    for tables in forms().values():
        for table in tables.values():
            for block in table.blocks:
                for labels in (block.rows, block.columns):
                    words = [text for label in labels for text in set(label.cores())]
                    assert len(words) == len(set(words))


def test_every_row_has_its_legal_basis_and_english_term():
    for tables in forms().values():
        for table in tables.values():
            assert all(row.en and core(row.zh) for b in table.blocks for row in b.rows)
        assert all(
            b.legal or row.legal for t in tables.values() for b in t.blocks for row in b.rows
        )


def test_unknown_table_is_an_error():
    with pytest.raises(KeyError, match="no form '2014' has a table 'requests'"):
        find_table("requests", "2014")
