"""The bridge from the years before 2019: statistics forms and sentences to the later measures."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pandas as pd
import pytest

from govstats import vocabulary
from govstats.bridge import bridged, parts
from govstats.build import build
from govstats.forms import STATISTICS, candidates
from govstats.replies import PROSE, Known, bounds_of_not_held, derive

VALID = Path(__file__).parent / "data" / "valid"


def _cells(**values):
    return {("statistics", row, "number"): value for row, value in values.items()}


def test_every_row_of_the_bridge_names_what_exists():
    rows = vocabulary.table("bridge.csv")
    known = {(a.table, a.row) for n in STATISTICS for t in candidates(n) for a in t.addresses}
    later = {str(a) for n in ("requests", "remedies") for t in candidates(n) for a in t.addresses}
    measures = set(vocabulary.measures())
    for row in rows:
        if row["table"] == "prose":
            assert row["row"] in measures
        else:
            assert (row["table"], row["row"]) in known, row
        assert row["measure"] in {*measures, ""}
        assert row["code"] in {*later, ""}, row
        assert row["relation"] in {"equal", "sum", "part of", "none"}
        assert row["measure"] or row["code"] or row["note"]


def test_not_held_is_both_grounds_together():
    for table in STATISTICS:
        assert parts(table, "not_held") == ("not_this_agency", "nonexistent")
    assert parts("prose", "not_held") == ("not_this_body", "nonexistent")
    found = {each.measure: each.value for each in bridged(_cells(not_this_agency=4, nonexistent=3))}
    assert found == {"not_held": 7, "not_this_body": 4, "nonexistent": 3}


def test_one_ground_alone_gives_no_sum():
    found = {each.measure for each in bridged(_cells(not_this_agency=4, nonexistent=None))}
    assert found == {"not_this_body"}
    known = {"not_this_body": Known(4.0, PROSE)}
    derive(known, complete=False)
    assert "not_held" not in known
    assert bounds_of_not_held(known) == (4.0, None)


def test_answered_is_what_was_replied_to_and_else_what_was_concluded():
    assert {b.value for b in bridged(_cells(replied=9, done=10))} == {9}
    assert [(b.measure, b.value) for b in bridged(_cells(done=10))] == [("answered", 10)]


def test_cumulative_numbers_are_left_alone():
    assert list(bridged({("local", "received", "cumulative"): 90})) == []


@pytest.fixture(scope="module")
def panel(tmp_path_factory):
    raw, out = tmp_path_factory.mktemp("raw"), tmp_path_factory.mktemp("out")
    names = ["html-statistics-2014.html", "tabs-local-cumulative-2011.txt"]
    (raw / "reports").mkdir()
    for name in names:
        shutil.copy(VALID / name, raw / "reports" / name)
    with (raw / "manifest.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["source", "issuer", "year", "scope"])
        writer.writerow([names[0], "甲县人民政府", "2016", "system"])
        writer.writerow([names[1], "乙市人民政府", "2011", "system"])
    build(raw, out)
    return pd.read_csv(out / "panel.csv").set_index("year")


def test_a_filled_statistics_form_is_a_row_of_the_panel(panel):
    row = panel.loc[2016]
    expected = {
        "received": 128, "answered": 121, "granted": 40, "partial": 6, "already_public": 22,
        "refused": 8, "refused_third_party": 5, "not_held": 36, "not_this_body": 21,
        "nonexistent": 15, "supplement_asked": 5, "redirected": 4, "reviews": 6,
        "reviews_upheld": 4, "suits": 3, "suits_upheld": 2, "channel_online": 96,
        "proactive_items": 5230, "people_trained": 260,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    assert {row[f"{name}_from"] for name in expected} == {"table"}
    assert row["form"] == "pre-2019"
    assert (row["not_held_low"], row["not_held_high"]) == (36, 36)
    assert row["breakdown"] == "complete"


def test_a_local_form_gives_the_years_numbers(panel):
    row = panel.loc[2011]
    expected = {
        "received": 37, "answered": 36, "granted": 11, "partial": 2, "not_held": 19,
        "still_unclear": 1, "reviews": 2, "suits": 0, "channel_email": 3, "channel_other": 0,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    assert {row[f"{name}_from"] for name in expected} == {"table"}
    assert pd.isna(row["refused"])
