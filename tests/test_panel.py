"""One row per issuer, year, period and scope; tables first, sentences second, nothing invented."""

from __future__ import annotations

import pandas as pd
import pytest

from govstats.metrics import add_metrics, metrics
from govstats.panel import KEYS, build_panel, measure_names

RECORD = {
    "origin": "collected",
    "issuer": "甲县人民政府",
    "province": "乙省",
    "prefecture": "丙市",
    "county": "甲县",
    "gb2260": "999901",
    "level": "county",
    "body": "government",
    "organ": "government",
    "year": 2022,
    "period": "year",
    "scope": "system",
    "form": "2021",
    "copy": 0,
    "truncated": 1,
    "patch": "governments",
}


def _build(records, figures=(), cells=()):
    columns = ["record_id", "measure", "value", "unit", "approximate", "scope"]
    figure_rows = [dict(zip(columns, [*row, "", "", ""][:6], strict=True)) for row in figures]
    for row in figure_rows:
        row["scope"] = row["scope"] or "unknown"
    names = ["record_id", "table", "row", "column", "value", "status"]
    return build_panel(
        pd.DataFrame([{**RECORD, **record} for record in records]),
        pd.DataFrame(figure_rows, columns=columns),
        pd.DataFrame([dict(zip(names, row, strict=True)) for row in cells], columns=names),
    )


def _only(panel):
    assert len(panel.rows) == 1
    return panel.rows.iloc[0]


def test_a_share_of_nothing_is_missing():
    row = _only(_build([{"record_id": "a"}], [("a", "answered", 0), ("a", "not_held", 0)]))
    assert row["not_held"] == 0
    assert pd.isna(row["share_not_held"])
    assert pd.isna(row["reviews_per_100"])


def test_what_is_not_stated_is_missing_and_has_no_source():
    row = _only(_build([{"record_id": "a"}], [("a", "received", 7)]))
    assert (row["received"], row["received_from"]) == (7, "prose")
    assert pd.isna(row["answered"]) and row["answered_from"] == ""


def test_the_table_goes_before_the_sentence_and_the_sentence_is_listed():
    panel = _build(
        [{"record_id": "a"}],
        [("a", "received", 7)],
        [("a", "requests", "new", "total", 8.0, "stated")],
    )
    row = _only(panel)
    assert (row["received"], row["received_from"]) == (8, "table")
    assert panel.unused[["record_id", "measure", "rule"]].values.tolist() == [
        ["a", "received", "table_first"]
    ]


def test_a_blank_cell_is_not_zero():
    cells = [("a", "requests", "not_held", "total", float("nan"), "blank")]
    assert pd.isna(_only(_build([{"record_id": "a"}], cells=cells))["not_held"])


def test_rows_that_add_up_to_the_total_imply_zero_for_the_rest():
    cells = [
        ("a", "requests", "granted", "total", 6.0, "stated"),
        ("a", "requests", "not_held", "total", 4.0, "stated"),
        ("a", "requests", "total", "total", 10.0, "stated"),
    ]
    row = _only(_build([{"record_id": "a"}], cells=cells))
    assert row["breakdown"] == "complete"
    assert (row["refused"], row["refused_from"]) == (0, "implied")
    assert (row["not_held"], row["not_held_from"], row["share_not_held"]) == (4, "table", 40)


def test_figures_of_another_scope_stand_in_a_row_of_their_own():
    figures = [("a", "received", 124, "count", "", "system"), ("a", "received", 41, "", "", "own")]
    rows = _build([{"record_id": "a"}], figures).rows
    assert dict(zip(rows["scope"], rows["received"], strict=True)) == {"system": 124, "own": 41}


def test_records_of_one_issuer_year_and_scope_are_joined_extraction_first():
    records = [{"record_id": "b"}, {"record_id": "a", "origin": "extracted", "truncated": 0}]
    panel = _build(records, [("b", "suits", 2)], [("a", "requests", "new", "total", 8.0, "stated")])
    row = _only(panel)
    assert (row["records"], row["suits"], row["received"]) == ("a;b", 2, 8)
    assert row["truncated"] == "0;1"


def test_half_years_and_places_of_one_name_stay_apart():
    records = [
        {"record_id": "a"},
        {"record_id": "b", "period": "H1"},
        {"record_id": "c", "province": "丁省"},
    ]
    assert len(_build(records).rows) == 3


def test_an_exact_figure_goes_before_an_approximate_one():
    figures = [("a", "received", 300, "count", "approximate"), ("a", "received", 296, "count", "")]
    panel = _build([{"record_id": "a"}], figures)
    assert _only(panel)["received"] == 296
    assert panel.unused["rule"].tolist() == ["exact_first"]


def test_a_value_stated_twice_is_taken_once():
    panel = _build([{"record_id": "a"}], [("a", "received", 3), ("a", "received", 3)])
    assert _only(panel)["received"] == 3
    assert panel.unused["rule"].tolist() == ["repeated"]


def test_two_exact_values_are_none():
    panel = _build([{"record_id": "a"}], [("a", "received", 3), ("a", "received", 4)])
    assert pd.isna(_only(panel)["received"])
    assert panel.unused["rule"].tolist() == ["two_values", "two_values"]


def test_bounds_of_not_held_become_bounds_of_its_share():
    row = _only(_build([{"record_id": "a"}], [("a", "answered", 20), ("a", "unable", 5)]))
    assert (row["not_held_low"], row["not_held_high"]) == (0, 5)
    assert (row["share_not_held_low"], row["share_not_held_high"]) == (0, 25)
    assert pd.isna(row["share_not_held"])


def test_columns_are_keys_measures_with_their_sources_and_metrics():
    columns = list(_build([{"record_id": "a"}]).rows)
    assert columns[: len(KEYS)] == list(KEYS)
    for measure in measure_names():
        assert columns.index(f"{measure}_from") == columns.index(measure) + 1
    assert columns[-len(metrics()) :] == [metric.name for metric in metrics()]


@pytest.mark.parametrize("metric", metrics(), ids=lambda metric: metric.name)
def test_every_metric_is_its_formula(metric):
    names = [name for part in (metric.numerator, metric.denominator) for name in part.split(" + ")]
    numbers = {name: 3 + place for place, name in enumerate(dict.fromkeys(names))}
    frame = pd.DataFrame([numbers, {**numbers, names[-1]: None}])
    wanted = {n for m in metrics() for e in (m.numerator, m.denominator) for n in e.split(" + ")}
    frame = frame.reindex(columns=sorted(wanted | set(frame)))
    found = add_metrics(frame)[metric.name]
    above, below = (
        sum(numbers[name] for name in part.split(" + "))
        for part in (metric.numerator, metric.denominator)
    )
    assert found[0] == pytest.approx(metric.per * above / below)
    assert pd.isna(found[1])
