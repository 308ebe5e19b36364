"""The figures and tables of the paper in order: their numbers, captions, and LaTeX to take in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from govstats import vocabulary
from govstats.paper.folders import find
from govstats.paper.tables import escape, spoken
from govstats.plots.style import figures_folder
from govstats.plots.words import language, say

_ABOUT = """\
# Figures and tables of the paper

Numbers follow the order of `govstats/vocabulary/paper.toml`; a file is named after the notebook
that makes its numbers. `manifest.json` says of every file which notebook made it and from which
data: `data` is the SHA-256 of the lines that `sha256sum` prints for the files read, sorted by name.

In LaTeX, from the folder that holds `figures`, `tables` and `paper`: load graphicx, array,
booktabs, longtable, adjustbox and xeCJK (Debian and Ubuntu: texlive-xetex, texlive-latex-extra,
texlive-lang-chinese), then `\\input{paper/numbers}` in the preamble, `\\ShareNotHeldMean` and the
like in sentences, `\\input{paper/figures}` and `\\input{paper/tables}` where they belong, and run
XeLaTeX twice. pdfLaTeX does without xeCJK, but stops where the note of a table names a Chinese
place; XeLaTeX without xeCJK leaves such a name out. In Word: open a `tables/*.html` in a browser,
mark all, copy and paste.
"""
_WORDS = {"figure": ("Figure", "图"), "table": ("Table", "表")}


class Item(NamedTuple):
    """A figure or table: its number, such as `Figure 3` or `Table A1`, and its entry."""

    kind: str
    number: str
    entry: Mapping[str, Any]


def items() -> list[Item]:
    """Every figure, then every table of paper.toml; those of the appendix are counted apart."""
    return [item for kind in _WORDS for item in _numbered(kind)]


def _numbered(kind: str) -> Iterator[Item]:
    main = appendix = 0
    word = say(*_WORDS[kind])
    gap = " " if language() == "en" else ""
    for entry in vocabulary.words("paper.toml")[kind]:
        if entry.get("appendix"):
            appendix += 1
            number = f"A{appendix}"
        else:
            main += 1
            number = str(main)
        yield Item(kind, f"{word}{gap}{number}", entry)


def write(folder: Path) -> list[Path]:
    """Write contents.md, figures.tex and tables.tex into the folder; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    found = items()
    texts = {
        "contents.md": _contents(found),
        "figures.tex": _including(found, "figure"),
        "tables.tex": _including(found, "table"),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in texts]


def _contents(found: list[Item]) -> str:
    lines = [_ABOUT, "| number | file | English | 中文 |", "|---|---|---|---|"]
    for item in found:
        english, chinese = item.entry["title"]
        file = f"{item.kind}s/{item.entry['name']}"
        lines.append(f"| {item.number} | `{file}` | {english} | {chinese} |")
    return "\n".join(lines) + "\n"


def _including(found: list[Item], kind: str) -> str:
    """LaTeX that takes all figures or tables in; paths are those from the folder of figures/."""
    lines = ["% Needs graphicx, array, booktabs, longtable, adjustbox; for Chinese names xeCJK."]
    appended = False
    for item in found:
        if item.kind != kind:
            continue
        if item.entry.get("appendix") and not appended:
            appended = True
            lines += [
                f"\\setcounter{{{kind}}}{{0}}",
                f"\\renewcommand{{\\the{kind}}}{{A\\arabic{{{kind}}}}}",
            ]
        lines.append(_taken_in(item))
    return "\n".join(lines) + "\n"


def _taken_in(item: Item) -> str:
    """What takes one figure or table in, a remark where the data in use gave none."""
    kind, ending = item.kind, "pdf" if item.kind == "figure" else "tex"
    if not find(f"{kind}s/{item.entry['name']}.{ending}").is_file():
        return f"% {item.number} ({item.entry['name']}) was not made"
    return _figure(item) if kind == "figure" else f"\\input{{{_place('tables', item)}.tex}}"


def _place(folder: str, item: Item) -> str:
    return "/".join([folder, *(["zh"] if language() == "zh" else []), item.entry["name"]])


def _figure(item: Item) -> str:
    title = escape(spoken(item.entry["title"]))
    name = item.entry["name"]
    return (
        f"\\begin{{figure}}[htbp]\n\\centering\n"
        f"\\includegraphics[width=\\linewidth]{{{_place('figures', item)}.pdf}}\n"
        f"\\caption{{{title}}}\n\\label{{fig:{name}}}\n\\end{{figure}}"
    )


def lacking() -> list[str]:
    """Figures of the folder without a place in the paper; those of the tour (00) need none."""
    named = {item.entry["name"] for item in items() if item.kind == "figure"}
    there = {path.stem for path in figures_folder().glob("*.csv") if path.stem[:3] != "00_"}
    return [f"{name} has no caption in paper.toml" for name in sorted(there - named)]
