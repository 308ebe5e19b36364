"""How the tables of web pages hang together: rows, spans, and what broken markup leaves around."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element

from govstats.numbers import parse_number

# A step of a walk through a page: what to do, and with what.
Step = tuple[str, _Element | str | None]


def tags(names: str) -> frozenset[str]:
    """Tags from their names with spaces between."""
    return frozenset(names.split())


BLOCKS = tags(
    "p div li ul ol dl dt dd pre hr br center blockquote h1 h2 h3 h4 h5 h6 tr td th table tbody "
    "thead tfoot caption body form fieldset legend section article aside header footer nav main "
    "figure figcaption address details summary"
)
# What may stand between a table and its rows and cells, by right or by mistake.
_PARTS = tags("tbody thead tfoot tr form br hr")
# Browsers cap spans too; a hostile page must not make millions of cells.
_WIDEST = 100
_TALLEST = 500
_NUMBER = re.compile(r"\s*(\d{1,6})")


def mend(root: _Element) -> None:
    """Put cells outside any row into one, and rows outside any table into one, as browsers do.

    What follows in the last cell of a table without a start comes after it.
    """
    for cell in list(root.iter("td", "th")):
        if parent_of(cell).tag != "tr":
            _gather(cell, "tr", ("td", "th"))
    for row in list(root.iter("tr")):
        _wrap_figures(row)
        if next(row.iterancestors("table"), None) is not None:
            continue
        table = _gather(row, "table", ("tr",))
        cells = list(table.iter("td", "th"))
        for element in reversed(_swallowed(cells[-1]) if cells else []):
            table.addnext(element)


def _gather(first: _Element, tag: str, kinds: tuple[str, ...]) -> _Element:
    """A new element in the place of a run of siblings, which it then holds."""
    parent = etree.Element(tag)
    first.addprevious(parent)
    here: _Element | None = first
    while here is not None and here.tag in kinds:
        following = here.getnext()
        parent.append(here)
        here = following
    return parent


def _wrap_figures(row: _Element) -> None:
    """A figure between two cells stands in one whose start tag was lost."""
    for cell in list(row):
        if cell.tag in ("td", "th") and parse_number(cell.tail or ""):
            lost = etree.Element("td")
            lost.text, cell.tail = cell.tail, None
            cell.addnext(lost)


def _swallowed(cell: _Element) -> list[_Element]:
    """Paragraphs behind a cell's own text: its end tag and the table's are missing."""
    children = list(cell)
    own = bool((cell.text or "").strip())
    first = next((i for i, child in enumerate(children) if child.tag in BLOCKS), len(children))
    return children[first:] if own else []


def is_innermost(table: _Element) -> bool:
    """True unless a cell holds a table of its own; a single cell is a frame around text."""
    return not any(
        len(list(inner.iter("td", "th"))) > 1 and not _outer(inner, table)
        for inner in table.iterdescendants("table")
    )


def _outer(element: _Element, table: _Element) -> bool:
    """True when only parts of the table stand between an element and the table."""
    for above in element.iterancestors():
        if above is table:
            return True
        if above.tag in ("td", "th") or above.tag not in _PARTS:
            return False
    return False


def loose_parts(parent: _Element) -> Iterator[Step]:
    """Elements and texts that stand in a table but in none of its cells, as steps of a walk."""
    stack: list[Step] = [("open", parent)]
    while stack:
        step, item = stack.pop()
        if isinstance(item, str):
            if item.strip():
                yield "text", item
        elif item is None or not isinstance(item.tag, str):
            continue  # a comment
        elif item is parent or item.tag in _PARTS:
            for child in reversed(item):
                stack += [("text", child.tail), ("open", child)]
            stack.append(("text", item.text))
        elif item.tag not in ("td", "th"):
            yield "open", item


def own_parts(parent: _Element, wanted: tuple[str, ...]) -> Iterator[_Element]:
    """Rows of a table, or cells of a row, also below a form that broken pages put in between."""
    stack = list(reversed(parent))
    while stack:
        element = stack.pop()
        if element.tag in wanted:
            yield element
        elif element.tag not in ("table", "td", "th", "tr"):
            stack += reversed(element)


def parent_of(part: _Element) -> _Element:
    """The element in which a part of a table stands."""
    parent = part.getparent()
    if parent is None:
        raise ValueError(f"{part.tag} stands in nothing")
    return parent


def width_of(cell: _Element) -> int:
    """Columns that a cell covers."""
    return max(1, min(_number(cell, "colspan"), _WIDEST))


def height_of(cell: _Element, left: int) -> int:
    """Rows that a cell covers; 0 means all that are left."""
    height = _number(cell, "rowspan")
    return max(1, min(height or left, left, _TALLEST))


def _number(cell: _Element, name: str) -> int:
    value = cell.get(name)
    digits = _NUMBER.match(value) if value else None
    return int(digits[1]) if digits else 1
