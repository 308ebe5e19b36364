"""Drifts of labels and numerals, as real reports print them: the words change, the figures not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random

from govstats.forms import STATISTICS, TABLES, candidates

from .sheets import GROUP, HEAD, LABEL, VALUE, Cell, Row, Sheet

Drift = Callable[[str, Random], str]

_NUMBERING = re.compile(r"^(?:\d\.|\([一二三四五六七]\)|[一二三四]、)")
_RESULT = re.compile(r"^\(([一二三四五六七])\)")
_ITEM = re.compile(r"^(\d)\.")
_WORDS = re.compile(r"^([一二三四五六七、()\d.]*)(.{7,})$")
_FULL_WIDTH = str.maketrans("(),:", "（），：")
_FULL_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
_TRADITIONAL = str.maketrans(
    "数规现发废条项总计请办结业会构务开关织组机复议讼维终经诉转续处费购采额许罚强对区类过执询权无须确认"
    "获举当纳缴补违继护违证",
    "數規現發廢條項總計請辦結業會構務開關織組機復議訟維終經訴轉續處費購採額許罰強對區類過執詢權無須確認"
    "獲舉當納繳補違繼護違證",
)
_PINYIN = {"条": "tiáo", "废": "fèi", "讼": "sòng", "掌": "zhǎng", "予": "yǔ"}
_MISPRINTS = "的内容数决事"


def full_width(text: str, rng: Random) -> str:
    """Full-width brackets and commas."""
    return text.translate(_FULL_WIDTH)


def ideographic_comma(text: str, rng: Random) -> str:
    """1、 for 1."""
    return _ITEM.sub(r"\1、", text)


def unnumbered(text: str, rng: Random) -> str:
    """Labels without their numbering."""
    return _NUMBERING.sub("", text)


def spaced(text: str, rng: Random) -> str:
    """A space inside the label."""
    middle = len(text) // 2
    return text if len(text) < 3 else text[:middle] + rng.choice((" ", "　", "  ")) + text[middle:]


def results_numbered(text: str, rng: Random) -> str:
    """Results numbered 1. 2. 3. for (一)(二)(三), so that 3. stands for two things."""
    return _RESULT.sub(lambda match: f"{'一二三四五六七'.index(match[1]) + 1}.", text)


def misprinted(text: str, rng: Random) -> str:
    """One character of a long label is another one."""
    if len(text) < 8 or rng.random() < 0.6:
        return text
    at = rng.randrange(3, len(text))
    return text[:at] + rng.choice(_MISPRINTS) + text[at + 1 :]


def shortened(text: str, rng: Random) -> str:
    """The end of a long label is missing."""
    cuttable = _WORDS.match(text) and "(" not in text[3:]
    return text[: -rng.randint(1, 2)] if cuttable and rng.random() < 0.4 else text


def traditional(text: str, rng: Random) -> str:
    """Traditional characters."""
    return text.translate(_TRADITIONAL)


def spelt(text: str, rng: Random) -> str:
    """Pinyin in brackets behind some characters."""
    return "".join(f"{sign}({_PINYIN[sign]})" if sign in _PINYIN else sign for sign in text)


def dated(text: str, rng: Random) -> str:
    """The year put in behind 本年."""
    return text.replace("本年新收", "本年(2023)新收")


def _aliases() -> dict[str, tuple[str, ...]]:
    labels = (
        label
        for name in (*TABLES, *STATISTICS)
        for table in candidates(name)
        for block in table.blocks
        for label in (*block.rows, *block.columns)
    )
    return {label.zh: label.aliases for label in labels if label.aliases}


ALIASES = _aliases()


def aliased(text: str, rng: Random) -> str:
    """Another wording that the form lists for the label."""
    mark = _NUMBERING.match(text)
    start = mark[0] if mark else ""
    others = ALIASES.get(text[len(start) :], ())
    return start + rng.choice(others) if others and rng.random() < 0.6 else text


def thousands(text: str, rng: Random) -> str:
    """1,234"""
    whole, point, fraction = text.lstrip("+-").partition(".")
    sign = text[: len(text) - len(text.lstrip("+-"))]
    return f"{sign}{int(whole):,}{point}{fraction}"


def full_digits(text: str, rng: Random) -> str:
    """Full-width digits."""
    return text.translate(_FULL_DIGITS)


def united(text: str, rng: Random) -> str:
    """Some numbers carry their unit."""
    return f"{text}件" if rng.random() < 0.2 and "." not in text else text


def zeros_doubled(text: str, rng: Random) -> str:
    """00 for some zeros."""
    return "00" if text == "0" and rng.random() < 0.3 else text


NONE = "none"
LABELS: dict[str, tuple[Drift, frozenset[str]]] = {
    "full_width": (full_width, frozenset({HEAD, GROUP, LABEL})),
    "ideographic_comma": (ideographic_comma, frozenset({LABEL})),
    "unnumbered": (unnumbered, frozenset({GROUP, LABEL})),
    "spaced": (spaced, frozenset({HEAD, GROUP, LABEL})),
    "results_numbered": (results_numbered, frozenset({GROUP, LABEL})),
    "misprinted": (misprinted, frozenset({GROUP, LABEL})),
    "shortened": (shortened, frozenset({GROUP, LABEL})),
    "traditional": (traditional, frozenset({HEAD, GROUP, LABEL})),
    "spelt": (spelt, frozenset({HEAD, GROUP, LABEL})),
    "dated": (dated, frozenset({LABEL})),
    "aliased": (aliased, frozenset({HEAD, LABEL})),
}
NUMERALS: dict[str, Drift] = {
    "thousands": thousands,
    "full_digits": full_digits,
    "united": united,
    "zeros_doubled": zeros_doubled,
}
DRIFTS = (NONE, *LABELS, *NUMERALS)


def drift(name: str, sheet: Sheet, rng: Random) -> Sheet:
    """The sheet with its labels or numerals drifted; figures stay what they are."""
    if name == NONE:
        return sheet
    return Sheet(sheet.name, [_drift_row(name, row, rng) for row in sheet.rows])


def _drift_row(name: str, row: Row, rng: Random) -> Row:
    return [_drift_cell(name, cell, rng) for cell in row]


def _drift_cell(name: str, cell: Cell, rng: Random) -> Cell:
    if name in NUMERALS:
        readable = cell.role == VALUE and cell.value is not None
        return replace(cell, text=NUMERALS[name](cell.text, rng)) if readable else cell
    change, roles = LABELS[name]
    return replace(cell, text=change(cell.text, rng)) if cell.role in roles else cell
