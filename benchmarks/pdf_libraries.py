"""Which library reads PDF tables best and fastest: python -m benchmarks.pdf_libraries FILE.pdf ...

Each file is read by every library that is installed, in turn, seven times; printed are the median
milliseconds a page and how many cells of the statutory tables `extract` states from what it gives.
A file of figures beside a PDF (NAME.csv: table, row, column, value) makes it count the right ones.
pdfplumber is wanted for the comparison only: pip install pdfplumber.
"""

from __future__ import annotations

import csv
import io
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from govstats.document import Document, Line, ReportError, lay_out
from govstats.extract import STATED, extract
from govstats.forms import Address
from govstats.numbers import parse_number
from govstats.readers.pdf import read_pdf

ROUNDS = 7


def bare_pypdfium2(data: bytes) -> None:
    """Text of every page and the box of every character: the floor."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as pdf:
        for page in pdf:
            textpage = page.get_textpage()
            textpage.get_text_range()
            for index in range(textpage.count_chars()):
                textpage.get_charbox(index)


def pdfplumber_tables(data: bytes) -> Document:
    """Lines and tables as pdfplumber finds them with its own settings."""
    import pdfplumber

    blocks: list[Any] = []
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            tables = page.find_tables()
            text = page.extract_text() or ""
            blocks += (Line(line, number) for number, line in enumerate(text.split("\n"), start=1))
            for table in tables:
                rows = [[(cell or "", 1, 1) for cell in row] for row in table.extract()]
                blocks.append(lay_out(rows, len(blocks)))
    return Document("pdf", tuple(blocks))


READERS: dict[str, Callable[[bytes], Document | None]] = {
    "bare pypdfium2": bare_pypdfium2,
    "govstats (pypdfium2)": read_pdf,
    "pdfplumber": pdfplumber_tables,
}


def stated(document: Document | None, truth: dict[Address, str]) -> str:
    """Right / wrong / missing cells against the truth, or how many are stated without one."""
    if document is None:
        return ""
    try:
        found = {c.address: c.value for c in extract(document).cells if c.status == STATED}
    except ReportError:
        found = {}
    if not truth:
        return f"{len(found)} cells stated"
    values = {a: number.value for a, text in truth.items() if (number := parse_number(text))}
    right = sum(found.get(address) == value for address, value in values.items())
    wrong = sum(values.get(address) != value for address, value in found.items())
    return f"{right}/{len(values)} cells right, {wrong} wrong"


def main(paths: list[Path]) -> None:
    """Print one line a file and reader."""
    logging.disable(logging.WARNING)
    for path in paths:
        data, beside = path.read_bytes(), path.with_suffix(".csv")
        truth = read_truth(beside) if beside.is_file() else {}
        pages = _pages(data)
        times: dict[str, list[float]] = {name: [] for name in READERS}
        results: dict[str, str] = {}
        for _ in range(ROUNDS):
            for name, reader in READERS.items():
                start = process_time()
                try:
                    document = reader(data)
                except ImportError:
                    continue
                times[name].append(process_time() - start)
                results[name] = stated(document, truth)
        for name, result in results.items():
            each = 1000 * median(times[name]) / pages
            print(f"{path.name:40} {name:22} {each:8.1f} ms a page  {result}")


def read_truth(path: Path) -> dict[Address, str]:
    """Figures by address."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {
            Address(r["table"], r["row"], r["column"]): r["value"] for r in csv.DictReader(stream)
        }


def _pages(data: bytes) -> int:
    import pypdfium2

    with pypdfium2.PdfDocument(data) as pdf:
        return len(pdf)


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
