"""Contracts: what every written table must hold, as pandera schemas, and checking a frame.

Needs the extra `panel`, which is imported only when a function here is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from govstats.schemas.fields import COMPANION, Field, Metrics, table

if TYPE_CHECKING:
    import pandas
    import pandera.pandas

SHOWN = 20
_KINDS = {"Int64": "whole numbers", "float64": "numbers"}
_PANDAS = {"text": "str", "whole": "Int64", "number": "float64"}


class TableError(ValueError):
    """A table breaks its contract; the message names table, column and row."""


def schema(name: str, metrics: Metrics | None = None) -> pandera.pandas.DataFrameSchema:
    """Return the pandera schema of a written table.

    Text is str with "" for nothing, whole numbers are Int64, others float64. A column that the
    dictionary does not name is refused; a measure may be missing from the panel.
    """
    import pandera.pandas as pa

    described = table(name, metrics=metrics)
    parts = {field.name: _column(field) for field in described.fields}
    # A single column that names a row is `unique` itself.
    checks = [_key_check(described.key)] if len(described.key) > 1 else []
    pairs = [f.name for f in described.fields if f.name + COMPANION in parts]
    checks += [_pair_check(measure) for measure in pairs]
    return pa.DataFrameSchema(parts, checks=checks, strict=True, name=name, title=described.title)


def _column(field: Field) -> pandera.pandas.Column:
    import pandera.pandas as pa

    checks = []
    if field.required and field.type == "text":
        checks.append(pa.Check(lambda column: column != "", error="is empty"))
    if field.enum:
        allowed = [*field.enum, *([""] if field.type == "text" and not field.required else [])]
        said = "is none of " + ", ".join(map(str, field.enum))
        checks.append(pa.Check.isin(allowed, error=said))
    if field.minimum is not None:
        checks.append(pa.Check.ge(field.minimum, error=f"is below {field.minimum}"))
    if field.maximum is not None:
        checks.append(pa.Check.le(field.maximum, error=f"is above {field.maximum}"))
    if field.pattern:
        pattern = field.pattern if field.required else f"(?:{field.pattern})?"
        matches = pa.Check(lambda c: c.str.fullmatch(pattern), error=f"is not {field.pattern}")
        checks.append(matches)
    return pa.Column(
        _PANDAS[field.type],
        checks,
        nullable=not (field.required or field.type == "text"),
        unique=field.unique,
        required=not field.optional,
        description=field.en,
    )


def _key_check(key: tuple[str, ...]) -> pandera.pandas.Check:
    import pandas
    import pandera.pandas as pa

    def new(frame: pandas.DataFrame) -> pandas.Series:
        # A missing column is told by the schema itself, and without it rows only seem the same.
        if not set(key) <= set(frame.columns):
            return pandas.Series(True, index=frame.index)
        return ~frame.duplicated(list(key))

    return pa.Check(new, error="has the key of an earlier row: " + ", ".join(key))


def _pair_check(measure: str) -> pandera.pandas.Check:
    """A value without a source, or a source without a value, is a fault of the build."""
    import pandas
    import pandera.pandas as pa

    def agrees(frame: pandas.DataFrame) -> pandas.Series:
        if not {measure, measure + COMPANION} <= set(frame.columns):
            present = {measure, measure + COMPANION} & set(frame.columns)
            return pandas.Series(not present, index=frame.index)
        return frame[measure].notna() == (frame[measure + COMPANION] != "")

    return pa.Check(agrees, error=f"has {measure} or {measure}{COMPANION} without the other")


def check_table(
    name: str, frame: pandas.DataFrame, metrics: Metrics | None = None
) -> pandas.DataFrame:
    """Return the frame with the types of its contract; its values are not changed.

    Raises TableError that names the table and, for at most 20 faults, column and row (counted from
    1 below the head).
    """
    from pandera.errors import SchemaErrors

    typed = _typed(frame.reset_index(drop=True), table(name, metrics=metrics).fields)
    try:
        schema(name, metrics).validate(typed, lazy=True)
    except SchemaErrors as error:
        faults = [f"{name}: {text}" for text in _faults(error.failure_cases)]
        lines = faults[:SHOWN]
        more = [f"... and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else []
        raise TableError("\n".join([*lines, *more])) from None
    return typed


def _typed(frame: pandas.DataFrame, fields: Sequence[Field]) -> pandas.DataFrame:
    """Whole numbers in any width become Int64 and numbers float64, where nothing can be lost."""
    import pandas

    types = {}
    for field in fields:
        if field.name in frame and field.type != "text":
            kind = frame[field.name].dtype
            whole = pandas.api.types.is_integer_dtype(kind)
            if whole or (field.type == "number" and pandas.api.types.is_float_dtype(kind)):
                types[field.name] = _PANDAS[field.type]
    return frame.astype(types)


def _faults(cases: pandas.DataFrame) -> list[str]:
    """One text a fault, by column and row; of a column with a wrong type, that fault only."""
    found: dict[tuple[str, int, str], str] = {}
    rows = [_fault(case) for case in cases.to_dict("records")]
    mistyped = {column for column, row, _ in rows if column and not row}
    for column, row, text in rows:
        if not (row and column in mistyped):
            place = [f"column {column}"] if column else []
            place += [f"row {row}"] if row else []
            found[column, row, text] = f"{', '.join(place)}: {text}"
    return [found[key] for key in sorted(found)]


def _fault(case: dict[str, Any]) -> tuple[str, int, str]:
    """Column, row (0: all rows) and text of one of pandera's failure cases."""
    check, value = str(case["check"]), case["failure_case"]
    row = 0 if case["index"] is None or case["index"] != case["index"] else int(case["index"]) + 1
    if check == "column_in_dataframe":
        return str(value), 0, "is missing"
    if check == "column_in_schema":
        return str(value), 0, "is not in govstats/vocabulary/fields.toml: describe it there"
    if case["schema_context"] == "DataFrameSchema":
        return "", row, check
    column = str(case["column"])
    if check == "not_nullable":
        return column, row, "is empty"
    if check == "field_uniqueness":
        return column, row, f"{value!r} stands in another row too"
    if check.startswith("dtype("):
        return column, 0, f"must hold {_KINDS.get(check[7:-2], 'text')} only"
    return column, row, f"{value!r} {check}"
