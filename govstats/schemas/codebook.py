"""The codebook as Markdown, made from the descriptions that check the tables."""

from __future__ import annotations

from collections.abc import Iterator

from govstats.schemas.fields import BESIDE, INPUTS, TABLES, Field, Metrics, names, table

_HEAD = """# Codebook

What every column means. Made from `govstats/vocabulary/fields.toml`, `measures.csv` and
`metrics.toml`; a test compares this file with them. An empty field is a value that is not known: it
is never 0, and a share without a denominator is never 0 or 100 %. A `required` column is never
empty.
"""
_PARTS = {
    TABLES: "# Tables in data/processed",
    INPUTS: "# Tables in data/raw/collected, or your own\n\n"
    "One folder a collection; `reports.csv` is needed, the others are not. Further columns are"
    " allowed and not read.",
    BESIDE: "# Tables beside the raw folder\n\n"
    "`data/corrections.csv`, or `corrections.csv` in or beside a folder of your own; without one"
    " nothing is corrected.",
}
_COLUMNS = "| column | 名称 | type | rule | meaning | 含义 |\n|---|---|---|---|---|---|"


def codebook(metrics: Metrics | None = None) -> str:
    """Return the codebook of every table written and of every table that may be handed in."""
    parts = [_HEAD]
    for section, heading in _PARTS.items():
        parts.append(f"{heading}\n")
        parts += [_chapter(name, section, metrics) for name in names(section)]
    return "\n".join(parts)


def _chapter(name: str, section: str, metrics: Metrics | None) -> str:
    described = table(name, section, metrics)
    heading = f"## {name}: {described.title} / {described.label}"
    lines = [heading, "", described.en, described.zh, ""]
    if described.key:
        lines += [f"Key: {', '.join(described.key)}.", ""]
    return "\n".join([*lines, _COLUMNS, *map(_row, described.fields), ""])


def _row(field: Field) -> str:
    kind = f"{field.type} ({field.unit})" if field.unit else field.type
    rule = "; ".join(_rules(field))
    cells = [f"`{field.name}`", field.label, kind, rule, field.en, field.zh]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _rules(field: Field) -> Iterator[str]:
    if field.required:
        yield "required"
    if field.unique:
        yield "unique"
    if field.enum:
        yield "one of " + ", ".join(map(str, field.enum))
    if field.minimum is not None:
        yield f"at least {field.minimum}"
    if field.maximum is not None:
        yield f"at most {field.maximum}"
    if field.pattern:
        yield f"pattern `{field.pattern}`"
    if field.default:
        yield f"default {field.default}"
