"""What the columns of every table mean, as data.

Sources: govstats/vocabulary/fields.toml, the measures of measures.csv and the metric dictionary
metrics.toml.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from govstats import vocabulary

Metrics = Mapping[str, Sequence[Mapping[str, Any]]]

TABLES, INPUTS, BESIDE = "tables", "inputs", "beside"
# Where a value of the panel comes from; empty where the measure is not known.
ORIGINS = ("table", "prose", "implied", "derived")
# Ends the origin of a value that would be another, or from elsewhere, without a hand correction.
CORRECTED = " (corrected)"
COMPANION = "_from"
_ARROW = {"text": "string", "whole": "int64", "number": "float64"}


@dataclass(frozen=True, slots=True)
class Field:
    """A column: type (text, whole, number), unit, names and meaning, and what it may hold."""

    name: str
    label: str
    en: str
    zh: str
    type: str = "text"
    unit: str = ""
    required: bool = False
    unique: bool = False
    enum: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    default: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its names, what a row is, the columns that name a row, and all columns."""

    name: str
    title: str
    label: str
    en: str
    zh: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]


def _dictionary() -> dict[str, Any]:
    return vocabulary.words("fields.toml")


def names(section: str = TABLES) -> tuple[str, ...]:
    """Return the tables that are written (`tables`) or may be handed in (`inputs`, `beside`)."""
    return tuple(_dictionary()[section])


def table(name: str, section: str = TABLES, metrics: Metrics | None = None) -> Table:
    """Return the description of a table. Raises KeyError for an unknown name.

    metrics is a metric dictionary as tomllib reads it (arrays `derived` and `metric` of tables with
    name, zh, en, unit, caveats, ...); without it, that of govstats/vocabulary is used.
    """
    entry = _dictionary()[section][name]
    found = [_field(column, entry.get("fields", {})) for column in entry["columns"]]
    if entry.get("measures"):
        computed = list(_computed(vocabulary.words("metrics.toml") if metrics is None else metrics))
        found += [*_measured({field.name for field in computed}), *computed]
    about = (entry["title"], entry["label"], entry["en"], entry["zh"])
    return Table(name, *about, tuple(entry["key"]), tuple(found))


def columns(name: str) -> dict[str, str]:
    """Return the columns of a written table -> Arrow type (string, int64, float64), in order."""
    return {field.name: _ARROW[field.type] for field in table(name).fields}


def _field(name: str, overrides: Mapping[str, Any]) -> Field:
    found = {**_dictionary()["fields"].get(name, {}), **overrides.get(name, {})}
    if found.get("type", "text") == "text":
        # A column that is a number elsewhere may be a word here, such as `any` for a year.
        found = {key: found[key] for key in found if key not in ("minimum", "maximum")}
    return Field(name, **(found | {"enum": tuple(found.get("enum", ()))}))


def _measured(computed: set[str]) -> Iterator[Field]:
    """Every measure and its companion; a share that the dictionary computes is not told twice."""
    for name, row in vocabulary.measures().items():
        if name not in computed:
            label = _dictionary()["measures"][name]
            yield _measure(name, label, row)
            yield _companion(name, label)


def _measure(name: str, label: str, row: Mapping[str, str]) -> Field:
    cell = f" Cell: {row['cell']}." if row["cell"] else ""
    # A growth may be negative and above 100; every other measure is neither.
    growth = name.endswith("_growth")
    return Field(
        name,
        label,
        f"{row['definition'] or name.replace('_', ' ')}.{cell}",
        f"{label}；不明时为空",
        "number",
        row["unit"],
        minimum=None if growth else 0,
        maximum=100 if row["unit"] == "percent" and not growth else None,
        optional=True,
    )


def _companion(name: str, label: str) -> Field:
    allowed = (*ORIGINS, *(origin + CORRECTED for origin in ORIGINS if origin != "prose"))
    english = f"where {name} comes from: {', '.join(ORIGINS)}; empty where it is not known"
    english += "; then (corrected) where a correction by hand made it so"
    chinese = f"{label}的来源：表格、正文、推得、算得；不明时为空；因人工更正而得者后加 (corrected)"
    return Field(name + COMPANION, f"{label}来源", english, chinese, enum=allowed, optional=True)


def _computed(metrics: Metrics) -> Iterator[Field]:
    """What the panel derives and computes; without a unit it is a word, not a number."""
    for entry in [*metrics.get("derived", ()), *metrics.get("metric", ())]:
        kind = entry.get("type", "number" if entry.get("unit") else "text")
        notes = [entry["en"] + ".", _formula(entry), entry.get("caveats", "")]
        if entry.get("source"):
            notes.append(f"Source: {entry['source']}.")
        english = " ".join(note for note in notes if note)
        limits = {key: entry[key] for key in ("minimum", "maximum") if key in entry}
        allowed = tuple(entry.get("enum", ()))
        label = entry["zh"]
        unit = entry.get("unit", "")
        yield Field(entry["name"], label, english, label, kind, unit, enum=allowed, **limits)


def _formula(entry: Mapping[str, Any]) -> str:
    if entry.get("formula"):
        return f"Formula: {entry['formula']}."
    if not entry.get("numerator"):
        return ""
    return f"Formula: {entry.get('per', 1)} * ({entry['numerator']}) / ({entry['denominator']})."
