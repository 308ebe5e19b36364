"""The judge of the laboratory tells every verdict from the others."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from benchmarks import accuracy
from benchmarks.laboratory.judge import Known, judge
from govstats.extract import Cell, Extraction
from govstats.forms import Address, candidates


def reading(changes: dict[str, object] | None = None, at: str = "upheld") -> Extraction:
    """A table of remedies 1 + 2 + 0 + 0 = 3 in each block, one cell of the first one changed."""
    values = {"upheld": 1, "corrected": 2, "other": 0, "pending": 0, "total": 3}
    cells = []
    for address in candidates("remedies")[0].addresses:
        value = values[address.column]
        cell = Cell(address, value, "", str(value), "stated", None, None, "any", "line 1")
        if changes and (address.row, address.column) == ("review", at):
            cell = cell._replace(**changes)
        cells.append(cell)
    return Extraction("", 2022, {"remedies": "any"}, tuple(cells))


def known(printed: dict[str, int | None] | None = None, gone: str = "") -> Known:
    """The document of `reading`, with other printed values or one cell gone in the first block."""
    truth = {cell.address: cell.value for cell in reading().cells if cell.value is not None}
    shown: dict[Address, int | None] = dict(truth)
    for column, value in (printed or {}).items():
        shown[Address("remedies", "review", column)] = value
    shown.pop(Address("remedies", "review", gone), None)
    return Known({"remedies": "any"}, truth, shown)


def lost(status: str, value=None, low=None, high=None) -> dict[str, object]:
    return {"status": status, "value": value, "low": low, "high": high}


JUDGED = [
    ({}, known(), "right"),
    (lost("unread"), known(), "unread"),
    (lost("implied", 1), known(), "implied"),
    (lost("implied", 7), known(), "silent"),
    (lost("bounded", None, 0, 3), known(), "bounded"),
    (lost("bounded", None, 2, 3), known(), "missed"),
    ({"value": 9}, known(), "named"),
    ({}, known(gone="upheld"), "restored"),
    ({"value": 9}, known(gone="upheld"), "invented"),
    (lost("implied", 2), known(gone="upheld"), "invented"),
    (lost("implied", 1), known(gone="upheld"), "implied"),
    (lost("unread"), known(gone="upheld"), "open"),
    (lost("blank"), known({"upheld": None}), "right"),
    (lost("blank", None, 0, 1), known({"upheld": None}), "right"),
    (lost("blank", None, 4, 5), known({"upheld": None}), "missed"),
    ({"value": 0}, known({"upheld": None}), "invented"),
]


def test_what_stands_under_a_head_may_be_read() -> None:
    where = Address("remedies", "review", "upheld")
    document = replace(known(gone="upheld"), moved={where: 2})
    verdicts = {value: judge(reading({"value": value}), document)[0].verdict for value in (1, 2, 9)}
    assert verdicts == {1: "restored", 2: "right", 9: "invented"}


@pytest.mark.parametrize(("changes", "document", "verdict"), JUDGED)
def test_the_judge_sees_each_verdict(changes, document, verdict) -> None:
    judged = {item.address: item for item in judge(reading(changes), document)}
    assert judged.pop(Address("remedies", "review", "upheld")).verdict == verdict
    assert {item.verdict for item in judged.values()} == {"right"}


def test_two_parts_read_in_each_others_place_are_silently_wrong() -> None:
    found = reading({"value": 2})
    cells = [
        c._replace(value=1) if c.address[1:] == ("review", "corrected") else c for c in found.cells
    ]
    judged = judge(replace(found, cells=tuple(cells)), known())
    assert Counter(item.verdict for item in judged) == {"right": 13, "silent": 2}


def test_a_refused_document_has_no_cell_read() -> None:
    assert {item.verdict for item in judge(None, known())} == {"unread"}
    assert Counter(i.verdict for i in judge(None, known(gone="other")))["open"] == 1


def test_a_row_that_the_document_lacks_is_invented() -> None:
    found = reading()
    beyond = found.cells[0]._replace(address=Address("remedies", "appeal", "upheld"))
    judged = judge(replace(found, cells=(*found.cells, beyond)), known())
    assert Counter(item.verdict for item in judged) == {"right": 15, "invented": 1}


def test_an_altered_number_is_named_unread_or_unseen() -> None:
    changed = known({"upheld": 5})
    where = Address("remedies", "review", "upheld")

    def outcome(extraction: Extraction, document: Known) -> tuple[str, str, bool]:
        item = next(i for i in judge(extraction, document) if i.address == where)
        return item.verdict, item.alteration, item.checkable

    assert outcome(reading({"value": 5}), changed) == ("right", "named", True)
    assert outcome(reading(lost("unread")), changed) == ("unread", "unread", True)
    both = known({"upheld": 5, "total": None})
    assert outcome(reading({"value": 5}), both)[2] is False
    # The sum is made to agree: nothing names the number any more.
    agreeing = reading({"value": 5})
    cells = [
        c._replace(value=7) if c.address[1:] == ("review", "total") else c for c in agreeing.cells
    ]
    unseen = judge(replace(agreeing, cells=tuple(cells)), changed)
    assert [i.alteration for i in unseen if i.address == where] == ["unseen"]
    assert any(accuracy.is_fault(i) for i in unseen)
