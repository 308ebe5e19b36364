"""What merely mentions labels is no table, and what no table can be is passed over quickly."""

from __future__ import annotations

from contextlib import suppress

import pytest

from govstats.document import ReportError
from govstats.extract import extract
from govstats.readers import read

MENU = ["政府信息公开年报", "行政许可", "行政处罚", "行政强制", "行政复议", "行政诉讼", "规章"]
RUNS = {
    "one line of numbers": "第二十条第(一)项 信息内容 规章 规范性文件 制作数量 " + "0 " * 100_000,
    "one label again and again": "信息内容\n制作数量\n1\n" + "行政复议\n" * 50_000,
    "columns again and again": "第二十条第(一)项\n规章\n规范性文件\n" + "本年制发件数\n1\n2\n" * 24,
    "double zeros": "申请人情况 重复申请 " + "00 " * 151 + "四、结转下年度继续办理 0 0 0 0 0 0 0",
}


@pytest.mark.parametrize("numbers", ["", "12 3", "1\n2\n3\n4\n5"])
def test_a_menu_is_no_report(numbers):
    with pytest.raises(ReportError, match="is no report"):
        extract(read("\n".join([*MENU, numbers]).encode()))


def test_a_subheading_is_no_table():
    lines = [
        "某县2020年政府信息公开工作年度报告",
        "一、公开情况",
        "行政复议",
        "3",
        "二、其他",
        "无",
    ]
    assert extract(read("\n".join(lines).encode())).forms == {}


@pytest.mark.parametrize("run", RUNS)
def test_long_runs_come_to_an_end(run):
    with suppress(ReportError):
        extract(read(RUNS[run].encode()))
