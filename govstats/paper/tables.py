"""A table of results as LaTeX (booktabs), as HTML that pastes into Word, and as CSV."""

from __future__ import annotations

import html
import math
import string
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from govstats import vocabulary
from govstats.paper.caveats import in_words
from govstats.paper.folders import find, tables_folder
from govstats.plots.words import language, term, width

if TYPE_CHECKING:
    import pandas

NONE = "—"
INTERVAL = "interval"
_TEX = {
    **{mark: "\\" + mark for mark in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    # In the old encoding of pdfLaTeX these would print as other marks.
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}
_SCALED = ("estimate", "share", "value", INTERVAL)
# A table that is longer may run over the page.
_LONG = 35
# Text that is wider runs over several lines, or the whole table would shrink to fit the page.
_WIDE = 45
_WRAPPED = r">{\raggedright\arraybackslash}p{14em}"


class Printed(NamedTuple):
    """A table as it is printed: number, texts, headings, cells, and which columns are numbers."""

    name: str
    number: str
    title: str
    note: str
    headings: list[str]
    rows: list[list[str]]
    numeric: list[bool]


def spoken(pair: Sequence[str]) -> str:
    """Of an English and a Chinese text that in the language of the figures."""
    return pair[language() == "zh"]


def source(entry: Mapping[str, Any]) -> str:
    """The file with the numbers of a table: that of the figure of the same name, or its own."""
    return f"{'tables' if entry.get('kept') else 'figures'}/{entry['name']}.csv"


def rows_of(entry: Mapping[str, Any]) -> pandas.DataFrame | None:
    """The numbers of a table, None where the notebook wrote none or found no rows.

    Raises ValueError when a column that is to be printed is not in the file.
    """
    import pandas

    if not (path := find(source(entry))).is_file():
        return None
    rows = pandas.read_csv(path, keep_default_na=False, na_values=[""])
    if rows.empty:  # which may lack columns too
        return None
    held = {*rows.columns, INTERVAL}
    if lacking := [column for column in entry["columns"] if column not in held]:
        raise ValueError(f"paper.toml, table {entry['name']}: {path} has no column {lacking[0]}")
    return rows


def laid_out(entry: Mapping[str, Any], number: str, rows: pandas.DataFrame) -> Printed:
    """The table as it is printed, caveats of rows as letters that the note explains."""
    words = vocabulary.words("paper.toml")
    headings = words["headings"] | entry.get("headings", {})
    columns = entry["columns"]
    cells = [[_cell(row, column, entry, rows) for column in columns] for _, row in rows.iterrows()]
    limits = [_limits(said) for said in rows.get("caveats", [])]
    letters = dict(
        zip(dict.fromkeys(each for row in limits for each in row), _names(), strict=False)
    )
    for line, said in zip(cells, limits, strict=False):
        line[0] += f" [{', '.join(letters[each] for each in said)}]" if said else ""
    notes, stop = [spoken(entry["note"])], spoken((".", "。"))
    # Not said of what is made up or counted by others.
    notes += [spoken(words["common"]["note"])] if entry.get("common", True) else []
    notes += [f"[{letter}] {in_words(caveat)}{stop}" for caveat, letter in letters.items()]
    return Printed(
        entry["name"],
        number,
        spoken(entry["title"]),
        " ".join(notes),
        [spoken(headings[column]) for column in columns],
        cells,
        [column == INTERVAL or rows[column].dtype.kind in "fi" for column in columns],
    )


def _limits(caveats: object) -> list[str]:
    return caveats.split("; ") if isinstance(caveats, str) else []


def _names() -> Iterator[str]:
    """a to z, aa, ab and so on, for as many caveats as there are."""
    for many in count(1):
        yield from map("".join, product(string.ascii_lowercase, repeat=many))


def _cell(row: pandas.Series, column: str, entry: Mapping[str, Any], rows: pandas.DataFrame) -> str:
    digits = entry.get("digits", 1)
    scale = entry.get("scale", 1) if column in _SCALED else 1
    if column == INTERVAL:
        ends = [row["low"], row["high"]]
        return (
            NONE if any(map(math.isnan, ends)) else "–".join(_said(scale * x, digits) for x in ends)
        )
    value = row[column]
    if rows[column].dtype.kind not in "fi":
        return NONE if not isinstance(value, str) else term(value)
    # Errors that are not clustered have 0 clusters.
    if math.isnan(value) or (column == "clusters" and not value):
        return NONE
    if column == "p" or column.startswith("p_"):
        return "<0.001" if value < 0.0005 else f"{value:.3f}"
    whole = (rows[column].dropna() % 1 == 0).all() and column not in _SCALED
    return _said(scale * value, 0 if whole else digits)


def _said(number: float, digits: int) -> str:
    return f"{number:.{digits}f}"


def escape(text: str) -> str:
    """Text for LaTeX, also as the first cell of a row, where a bracket would be read as a length.

    >>> escape("95 % of A_B")
    '95 \\\\% of A\\\\_B'
    """
    text = "".join(_TEX.get(mark, mark) for mark in text)
    return "{}" + text if text.lstrip().startswith("[") else text


def as_latex(table: Printed) -> str:
    """A booktabs table with caption, label and note; long ones as longtable."""
    import pandas

    cells = [[escape(cell) for cell in row] for row in table.rows]
    frame = pandas.DataFrame(cells, columns=[escape(heading) for heading in table.headings])
    shape = "".join(_column(place, table) for place in range(len(table.headings)))
    label, long = f"tab:{table.name}", len(table.rows) > _LONG
    options: dict[str, Any] = {"index": False, "escape": False, "column_format": shape}
    if long:
        options |= {"longtable": True, "caption": escape(table.title), "label": label}
    body = frame.to_latex(**options)
    note = f"\\begin{{minipage}}{{\\linewidth}}\\footnotesize {escape(table.note)}\\end{{minipage}}"
    if long:
        return f"{body}{note}\n"
    head = f"\\begin{{table}}[htbp]\n\\centering\n\\caption{{{escape(table.title)}}}\n"
    fitted = f"\\begin{{adjustbox}}{{max width=\\linewidth}}\n{body}\\end{{adjustbox}}\n"
    gap = "\\par\\smallskip"  # article leaves none between a caption above and the rule
    return f"{head}\\label{{{label}}}{gap}\n{fitted}\n\\smallskip\n{note}\n\\end{{table}}\n"


def _column(place: int, table: Printed) -> str:
    """The letter of a column of numbers, of short texts, or of texts that are to be broken."""
    if table.numeric[place]:
        return "r"
    return _WRAPPED if max((width(row[place]) for row in table.rows), default=0) > _WIDE else "l"


def as_html(table: Printed) -> str:
    """A page with the one table, whose looks hang on no style sheet, as Word leaves those out."""
    heads = zip(table.headings, table.numeric, strict=True)
    lines = ["".join(_td("th", text, numeric) for text, numeric in heads)]
    for row in table.rows:
        cells = zip(row, table.numeric, strict=True)
        lines.append("".join(_td("td", text, numeric) for text, numeric in cells))
    caption = f"<b>{html.escape(table.number)}.</b> {html.escape(table.title)}"
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    return (
        f'<!DOCTYPE html>\n<html lang="{language()}">\n<head><meta charset="utf-8">'
        f"<title>{html.escape(table.number)}</title></head>\n<body>\n<p>{caption}</p>\n"
        f'<table border="1" cellspacing="0" cellpadding="4">\n{body}\n</table>\n'
        f"<p><small>{html.escape(table.note)}</small></p>\n</body>\n</html>\n"
    )


def _td(tag: str, text: str, numeric: bool) -> str:
    side = "right" if numeric else "left"
    # Office programs would break an interval where a column is a little too narrow.
    whole = " nowrap" if numeric and tag == "td" else ""
    return f'<{tag} align="{side}" valign="top"{whole}>{html.escape(text)}</{tag}>'


def write(entry: Mapping[str, Any], number: str) -> list[Path]:
    """Write one table in every format; return the paths, none where there are no numbers.

    The CSV has the columns printed, in full precision, and the caveats of each row.
    """
    if (rows := rows_of(entry)) is None:
        return []
    folder, name = tables_folder(), entry["name"]
    folder.mkdir(parents=True, exist_ok=True)
    table = laid_out(entry, number, rows)
    texts = {f"{name}.tex": as_latex(table), f"{name}.html": as_html(table)}
    if not entry.get("kept"):
        shown = [c for c in entry["columns"] if c != INTERVAL]
        shown += ["low", "high"] if INTERVAL in entry["columns"] else []
        shown += ["caveats"] if "caveats" in rows else []
        texts[f"{name}.csv"] = rows[shown].to_csv(index=False, lineterminator="\n")
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    return [folder / file for file in texts]
