"""A report around the sheets: title, headings and made-up prose with dates and stray numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from .sheets import Sheet


@dataclass(frozen=True, slots=True)
class PageEnd:
    """A page ends here, inside a table; `number` is what its foot prints."""

    number: str


Block = str | Sheet | PageEnd


@dataclass(frozen=True)
class Report:
    """A whole report in reading order; the first block is its title."""

    blocks: tuple[Block, ...]

    def sheets(self) -> list[Sheet]:
        """The tables, parts of one table apart."""
        return [block for block in self.blocks if isinstance(block, Sheet)]


ISSUERS = ("某某县水务局", "某某市某某区人民政府", "某某镇人民政府", "某某省某某厅")
HEADINGS = {
    "disclosure": "二、主动公开政府信息情况",
    "requests": "三、收到和处理政府信息公开申请情况",
    "remedies": "四、政府信息公开行政复议、行政诉讼情况",
    "statistics": "附件:政府信息公开情况统计表",
    "local": "附表:政府信息公开情况统计表",
}
FULL, RENUMBERED, BARE = "full", "renumbered", "bare"
_EARLIER = str.maketrans("二三四", "一二三")
OPENINGS = (
    "本报告按照《中华人民共和国政府信息公开条例》编制,统计期限为{year}年1月1日至12月31日。",
    "{year}年,本机关在网站公开各类信息1234条,答复群众来信56件,办结50件。",
    "全年召开3次会议,培训2次,120人参加。如有疑问,请拨打电话0000-1234567。",
    "本年度收费标准依照2020年第109号文件执行,网站于{year}年6月改版。",
)
CLOSINGS = (
    "五、存在的主要问题及改进情况",
    "存在3个方面的问题,提出5项措施,12月底前落实。",
    "六、其他需要报告的事项",
    "本年度没有收取信息处理费。",
    "{issuer}",
    "{next}年1月20日",
)


def compose(tables: Mapping[str, Sequence[Block]], year: int, rng: Random) -> Report:
    """A report with these blocks under their headings and one to three sentences before them.

    Some reports number their sections otherwise, in some the tables stand without headings.
    """
    issuer = rng.choice(ISSUERS)
    blocks: list[Block] = [f"{issuer}{year}年政府信息公开工作年度报告", "一、总体情况"]
    openings = rng.sample(OPENINGS, rng.randint(1, 3))
    blocks += [sentence.format(year=year) for sentence in openings]
    frame = rng.choice((FULL, FULL, FULL, FULL, RENUMBERED, BARE))
    for name, parts in tables.items():
        if frame != BARE:
            blocks.append(HEADINGS[name].translate(_EARLIER if frame == RENUMBERED else {}))
        blocks += parts
    closing = CLOSINGS if rng.random() < 0.7 else CLOSINGS[:2]
    blocks += [line.format(issuer=issuer, next=year + 1) for line in closing]
    return Report(tuple(blocks))
