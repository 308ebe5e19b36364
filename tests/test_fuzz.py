"""Damaged laboratory files: repeatable, and each ends in a report, a refusal or a finding."""

from __future__ import annotations

import pytest

pytest.importorskip("resource")

from benchmarks import fuzz  # noqa: E402
from benchmarks.laboratory.layouts import LAYOUTS  # noqa: E402
from govstats.document import ReportError  # noqa: E402

LIMITS = fuzz.Limits(30.0, 4_000)


def test_an_input_is_the_same_whenever_it_is_made():
    assert fuzz.make_input(5, 1) == fuzz.make_input(5, 1)
    assert fuzz.make_input(5, 1).data != fuzz.make_input(5, 2).data


def test_inputs_are_of_every_layout():
    inputs = (fuzz.make_input(number, 2).layout for number in range(len(LAYOUTS)))
    assert [name.removeprefix("zip of ") for name in inputs] == list(LAYOUTS)


def test_a_run_counts_every_input(tmp_path, capsys):
    out = tmp_path / "found"
    options = ["--cases", "30", "--seed", "4", "--workers", "2", "--out", str(out)]
    assert fuzz.main(options) == 0
    assert capsys.readouterr().out.startswith("30 inputs in ")
    assert not out.exists()


def test_an_error_that_is_no_refusal_is_a_finding_with_its_place(tmp_path):
    why = 'Traceback\n  File "x/govstats/readers/a.py", line 3, in b\nKeyError: 1'
    found = fuzz.Result(3, "html_spans", "cut", fuzz.FINDING, why, 0.1)
    assert fuzz.reason_of(found) == 'KeyError: 1 [readers/a.py", line 3, in b]'
    fuzz.keep([found, found._replace(number=4, end=fuzz.REPORT)], 1, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1-3.bin", "1-3.txt"]
    assert (tmp_path / "1-3.bin").read_bytes() == fuzz.make_input(3, 1).data


def test_a_process_that_takes_too_long_or_ends_is_a_finding_and_the_rest_goes_on():
    # No input is done within so little: each ends the process.
    results = list(fuzz.run_part([0, 2], 1, fuzz.Limits(0.001, 4_000)))
    assert [(each.number, each.end, each.why) for each in results] == [
        (0, fuzz.FINDING, "took over 0.001 s"),
        (2, fuzz.FINDING, "took over 0.001 s"),
    ]


def test_the_end_of_an_input_is_its_stage():
    def refuse():
        raise ReportError("read", "is too large")

    assert fuzz._end_of(refuse) == "read"
    with pytest.raises(KeyError):
        fuzz._end_of(lambda: {}["report"])
