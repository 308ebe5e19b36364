"""The metric dictionary as Markdown, in English and Chinese: metrics, what is derived, measures.

Sources: metrics.toml, measures.csv and the names of measures in fields.toml (govstats/vocabulary).
"""

from __future__ import annotations

from collections.abc import Iterator

from govstats import vocabulary
from govstats.metrics import Metric, metrics

_HEAD = """# Metrics and measures / 指标与度量

Made by `govstats codebook metrics` from `metrics.toml` and `measures.csv` in `govstats/vocabulary`;
a test compares this page with them. Every name is a column of the panel
([codebook.md](codebook.md)).

- A metric is not available where a part of it is missing or its denominator is 0: never 0, never
  100 %. 分子、分母有缺或分母为零时，指标为空，绝不记作0或100%。
- A measure comes from the tables first and from sentences second; `NAME_from` says which: table,
  prose, implied or derived. 度量先取自表格，后取自正文；NAME_from 列注明来源。
"""
_MEASURES = """## Measures / 度量

`cell` is the address (`table.row.column`, see [forms.md](forms.md)) that the measure is taken from,
where the tables have one; without it only sentences, or forms before 2019, state it.
`cell` 为该度量在表格中的地址；没有地址的，只见于正文或2019年前的表格。

| measure | 名称 | unit | cell | definition |
|---|---|---|---|---|"""


def dictionary() -> str:
    """The page docs/metrics.md, in Markdown."""
    parts = [_HEAD, "## Metrics / 指标\n", *map(_metric, metrics()), "## Derived / 算得的列\n"]
    derived = vocabulary.words("metrics.toml")["derived"]
    parts += [_entry(entry["name"], entry["zh"], entry["en"], _derived(entry)) for entry in derived]
    return "\n".join([*parts, "\n".join([_MEASURES, *_measures()]), ""])


def _entry(name: str, zh: str, en: str, lines: Iterator[str]) -> str:
    return "\n".join([f"### {name}", "", f"{zh} / {en}", "", *lines, ""])


def _metric(metric: Metric) -> str:
    return _entry(metric.name, metric.zh, metric.en, _about(metric))


def _about(metric: Metric) -> Iterator[str]:
    yield f"- Formula / 公式: `{metric.formula}`, {metric.unit}"
    yield f"- Source / 依据: {metric.source}"
    yield from _caveats(metric.caveats, metric.caveats_zh)


def _derived(entry: dict[str, str]) -> Iterator[str]:
    if entry["unit"]:
        yield f"- Unit / 单位: {entry['unit']}"
    yield from _caveats(entry["caveats"], entry.get("caveats_zh", ""))


def _caveats(en: str, zh: str) -> Iterator[str]:
    if en or zh:
        yield f"- Take care / 注意: {en} {zh}".rstrip()


def _measures() -> Iterator[str]:
    labels = vocabulary.words("fields.toml")["measures"]
    for name, row in vocabulary.measures().items():
        cell = f"`{row['cell']}`" if row["cell"] else ""
        yield f"| `{name}` | {labels[name]} | {row['unit']} | {cell} | {row['definition']} |"
