"""Years are taken only from where they count."""

from __future__ import annotations

import pytest

from govstats.extract.titles import find_title, find_year

CASES = {
    "title before all": ("甲县2021年政府信息公开工作年度报告", "统计期限自2020年1月1日起", 2021),
    "period": ("", "所列数据的统计期限自2021年1月1日起至2021年12月31日止", 2021),
    "period with lost characters": ("", "统计期限自202111日起至20211231日止", 2021),
    "another loss": ("", "统计期限为20251月1日至202512月31日", 2025),
    "until": ("", "截至2020年12月31日", 2020),
    "in front of the subject": ("", "现公布2019年度政府信息公开工作情况", 2019),
    "spaces": ("甲县 2022 年 政府信息公开工作年度报告", "", 2022),
    "accounts of another year": ("", "公开了2019年度部门决算", None),
    "number of a notice": ("", "国办公开办函〔202130号", None),
}


@pytest.mark.parametrize("case", CASES)
def test_year(case):
    title, text, year = CASES[case]
    assert find_year(title, text) == year


TITLES = {
    "甲县2021年政府信息公开工作年度报告": True,
    "甲县人民政府2019年政府信息公开年报": True,
    "甲局2023年度政务公开工作年度报告": True,
    "您当前的位置: 首页>政务公开>政府信息公开年报 > 区政府": False,
    "甲县2021年工作总结": False,
}


@pytest.mark.parametrize("line", TITLES)
def test_title(line):
    assert find_title(["首页", line]) == (line if TITLES[line] else "")


def test_a_file_ending_is_no_part_of_the_title():
    assert (
        find_title(["甲县2019年政府信息公开工作年报告.docx"]) == "甲县2019年政府信息公开工作年报告"
    )
