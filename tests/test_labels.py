"""Labels as they drift, matched to the row that is meant or to none."""

from __future__ import annotations

import pytest

from govstats.forms import find_table
from govstats.labels import core, find_row

ROWS_2019 = find_table("requests", "2019").row_codes
ROWS_2021 = find_table("requests", "2021").row_codes
DRIFTS = {
    "一、本年新收政府信息公开申请数量": "new",
    "一、本年(2023)新收政府信息公开申请数量": "new",
    "二、上年结转政府信息公开数量": "carried_in",
    "三、本年度办理结果（一）予以公开": "granted",
    "三、本年度办理结果(二)部分公开（区分处理的，只计这一情况，不计其他情形）": "partial",
    "（三）不予公开 1、属于国家秘密": "refused_state_secret",
    "2.其他法律行政止公开": "refused_prohibited_by_law",
    "5.属于三类内容事务信息": "refused_internal_affairs",
    "(四)无法提供1.本机关不掌握相关政府信息": "not_held",
    "5.要求行政机关确认": "reconfirm",
    "3.危及“三安全一稳 定”": "refused_security_stability",
    "七、总计": "total",
    "四、结转下年度继续办理": "carried_out",
}


@pytest.mark.parametrize("label", DRIFTS)
@pytest.mark.parametrize("rows", [ROWS_2019, ROWS_2021], ids=["2019", "2021"])
def test_drifted_labels(label, rows):
    assert find_row([label], rows) == DRIFTS[label]


def test_other_handling_is_undivided_in_one_form_and_divided_in_the_other():
    assert find_row(["(六)其他处理"], ROWS_2019) == "other_undivided"
    assert find_row(["(六)其他处理"], ROWS_2021) is None
    assert find_row(["(六)其他处理", "3.其他"], ROWS_2021) == "other"


@pytest.mark.parametrize(
    "label", ["自然人", "法人或其他组织", "(三)不予公开", "申请人情况", "合计数"]
)
def test_what_is_no_row(label):
    assert find_row([label], ROWS_2021) is None


def test_labels_broken_over_cells_are_joined():
    assert find_row(["(三)不予", "公开", "1.属于", "国家秘密"], ROWS_2021) == "refused_state_secret"


def test_core_keeps_only_the_words():
    assert core("（七） 总计：") == "总计"
    assert core("商业\n企业") == "商业企业"
