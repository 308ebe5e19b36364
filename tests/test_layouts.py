"""The same figures come out of every layout, with columns and rows in any order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import (
    LAYOUTS,
    REMEDIES,
    REQUESTS,
    disclosure_rows,
    make_disclosure,
    make_remedies,
    make_requests,
    remedies_html,
)

from govstats.extract import STATED, extract
from govstats.readers import read


def _stated(text: str) -> dict:
    found = extract(read(text.encode()))
    return {cell.address: cell.value for cell in found.cells if cell.status == STATED}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("form", REQUESTS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_columns_and_rows_permuted_with_their_labels_give_the_same_cells(layout, form, data):
    table = REQUESTS[form]
    figures = make_requests(table, data.draw(st.integers(0, 10_000)))
    rows = data.draw(st.permutations([row.code for row in table.blocks[0].rows]))
    columns = data.draw(st.permutations([column.code for column in table.blocks[0].columns]))
    assert _stated(LAYOUTS[layout](figures, table, rows, columns)) == figures


SEPARATORS = {"tabs": "\t", "pipes": " | ", "lines": "\n\n"}


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("form", REQUESTS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_disclosure_in_any_order_gives_the_same_cells(separator, form, data):
    figures = make_disclosure(form, data.draw(st.integers(0, 10_000)))
    rows = disclosure_rows(figures, form, lambda codes: data.draw(st.permutations(codes)))
    end = "\n\n" if separator == "lines" else "\n"
    assert _stated(end.join(SEPARATORS[separator].join(row) for row in rows)) == figures


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.permutations(REMEDIES.addresses))
def test_remedies_under_their_own_heads_give_the_same_cells(seed, order):
    figures = make_remedies(seed)
    assert _stated(remedies_html(figures, order)) == figures
