"""Runs of the laboratory: planned, repeatable, counted."""

from __future__ import annotations

import csv

from benchmarks import accuracy
from benchmarks.laboratory import damages, drifts
from benchmarks.laboratory.cases import make_case
from govstats.forms import TABLES


def test_a_case_is_the_same_whenever_it_is_made() -> None:
    assert make_case(77, 5) == make_case(77, 5)
    assert make_case(77, 5).data != make_case(77, 6).data


def test_cases_go_through_every_layout_and_damage() -> None:
    names = ["text_lines_1", "html_spans"]
    plans = [make_case(n, 1, names).plan for n in range(2 * 4 * len(damages.DAMAGES))]
    assert {(p.layout, p.damage) for p in plans} == {(n, d) for n in names for d in damages.DAMAGES}
    assert {p.drift for p in plans} == set(drifts.DRIFTS)


def test_a_run_is_the_same_with_any_number_of_workers() -> None:
    names = ["text_pipes_bare", "html_spans", "text_dump_after"]
    alone, together = (accuracy.run(range(60), 3, names, workers) for workers in (1, 2))
    assert alone == together
    assert sum(tally["cases"] for tally in alone.counts.values()) == 60 * len(TABLES)
    for tally in alone.counts.values():
        known_verdicts = sum(tally[name] for name in accuracy.VERDICTS)
        assert known_verdicts == tally["cells"] > 0


def test_command_writes_tidy_counts_and_faults(tmp_path, capsys) -> None:
    out, faults = tmp_path / "counts.csv", tmp_path / "faults.csv"
    options = ["--cases", "80", "--seed", "2", "--workers", "1", "--layout", "text_tabs_bare"]
    assert accuracy.main([*options, "--out", str(out), "--failures", str(faults)]) == 0
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert {row["layout"] for row in rows} == {"text_tabs_bare"}
    assert sum(int(row["cases"]) for row in rows) == 80 * len(TABLES)
    header = faults.read_text(encoding="utf-8").splitlines()[0]
    assert header == ",".join(accuracy.FAULT_FIELDS)
    printed = capsys.readouterr().out
    assert "undamaged, by layout" in printed and "bare swaps" in printed


def test_command_shows_one_case(tmp_path, capsys) -> None:
    saved = tmp_path / "case.txt"
    options = ["--layout", "text_lines_1", "--case", "9", "--show", "--save", str(saved)]
    assert accuracy.main(options) == 0
    shown = capsys.readouterr().out
    case = make_case(9, 1, ["text_lines_1"])
    assert shown.startswith(f"case 9: text_lines_1, {case.plan.damage}, {case.plan.drift};")
    assert case.data.decode() in shown and saved.read_bytes() == case.data
