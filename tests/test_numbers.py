"""Numbers as cells print them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govstats.numbers import header_unit, is_blank, parse_number

READ = {
    "0": (0, ""),
    "00": (0, ""),
    "+2": (2, ""),
    "-62": (-62, ""),
    "−62": (-62, ""),
    "１２３": (123, ""),
    "1,234": (1234, ""),
    "124宗": (124, "宗"),
    "43.788万元": (Decimal("43.788"), "万元"),
    "29628302.01": (Decimal("29628302.01"), ""),
    "21(批次)": (21, "批次"),
    "21（件）": (21, "件"),
    "0.0000": (0, ""),
    "9802.00": (9802, ""),
    " 7 ": (7, ""),
    "7 件": (7, "件"),
}
NOT_NUMBERS = (
    "",
    "第3项",
    "(一)",
    "3.其他",
    "1 2",
    "12,34",
    "1.2.3",
    "- 3 -",
    "约3",
    "3件左右",
    "2021年",
)


@pytest.mark.parametrize("text", READ)
def test_reads(text):
    assert parse_number(text) == READ[text]


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_does_not_read(text):
    assert parse_number(text) is None


@pytest.mark.parametrize(
    "text", ["", " ", "\u3000", "-", "—", "/", "无", "／", "－－", "—\u3000—", "−"]
)
def test_blank_is_not_zero(text):
    assert is_blank(text)
    assert parse_number(text) is None
    assert not is_blank("0")


@given(st.integers(-(10**12), 10**12))
def test_any_integer_comes_back(number):
    assert parse_number(str(number)) == (number, "")
    assert parse_number(f"{number:,}") == (number, "")
    assert parse_number(f"{number:+d}件") == (number, "件")


@given(st.decimals(-(10**9), 10**9, places=4))
def test_any_amount_comes_back_exactly(number):
    read = parse_number(f"{number:f}万元")
    assert read is not None
    assert (Decimal(read.value), read.unit) == (number, "万元")


@given(st.text())
def test_any_text_is_taken_or_left(text):
    read = parse_number(text)
    assert read is None or any(char.isdigit() for char in text)


def test_unit_of_a_head():
    assert header_unit("本年收费金额（单位：万元，保留4位小数）") == "万元"
    assert header_unit("采购总金额") == ""
