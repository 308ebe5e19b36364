"""The same figures come out of every layout, with columns and rows in any order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import LAYOUTS, REQUESTS, make_requests

from govstats.extract import STATED, extract
from govstats.readers import read


def _stated(text: str) -> dict:
    found = extract(read(text.encode()))
    return {
        c.address: c.value
        for c in found.cells
        if c.status == STATED and c.address.table == "requests"
    }


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
