"""Time of reading a file beside the floor: `python -m benchmarks.speed --files 40`.

For each format laboratory files are read in one process, each once, after some for warming up, and
in turn with the least that any reader must do with them (the floor): decoding a text, parsing a
page with lxml, unzipping and parsing the main part of a Word file, going through a spreadsheet with
openpyxl, text and character boxes of a PDF with pypdfium2. Processor time, so that other programs
disturb little. Then how long the command and the import of extraction take to start.
"""

from __future__ import annotations

import argparse
import csv
import io
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from govstats.readers import read
from govstats.report import read_report

from .laboratory.cases import make_case
from .laboratory.layouts import EARLIER, LAYOUTS

FIELDS = ("what", "files", "floor_ms", "read_ms", "report_ms", "read_ratio", "report_ratio")
_WARM = 4
STARTS = {
    "govstats --help": ["-m", "govstats", "--help"],
    "import govstats.extract": ["-c", "import govstats.extract"],
}


class Row(NamedTuple):
    """Medians in milliseconds over the files of a format, and medians of their ratios."""

    what: str
    files: int
    floor_ms: float
    read_ms: float
    report_ms: float
    read_ratio: float
    report_ratio: float


def _floor_text(data: bytes) -> object:
    return data.decode()


def _floor_html(data: bytes) -> object:
    from lxml import html

    return html.document_fromstring(data)


def _floor_docx(data: bytes) -> object:
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return etree.fromstring(archive.read("word/document.xml"))


def _floor_xlsx(data: bytes) -> object:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    return [row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)]


def _floor_pdf(data: bytes) -> object:
    import pypdfium2

    pdf = pypdfium2.PdfDocument(data)
    try:
        found = []
        for page in pdf:
            text = page.get_textpage()
            boxes = [text.get_charbox(index) for index in range(text.count_chars())]
            found.append((text.get_text_range(), boxes))
        return found
    finally:
        pdf.close()


FLOORS: dict[str, Callable[[bytes], object]] = {
    "text": _floor_text,
    "html": _floor_html,
    "docx": _floor_docx,
    "xlsx": _floor_xlsx,
    "pdf": _floor_pdf,
}


def documents(name: str, count: int, seed: int = 3) -> list[bytes]:
    """So many different undamaged files of a format, its layouts in turn."""
    layouts = [each for each in LAYOUTS if each.startswith(f"{name}_") and each not in EARLIER]
    # Within a layout the first case is undamaged.
    return [
        make_case(0, seed + at // len(layouts), [layouts[at % len(layouts)]]).data
        for at in range(count)
    ]


def measure(name: str, count: int) -> Row:
    """The row of one format."""
    steps = (FLOORS[name], read, lambda data: read_report(name, data))
    times = []
    for number, data in enumerate(documents(name, count + _WARM)):
        taken = [_milliseconds(step, data) for step in steps]
        if number >= _WARM:
            times.append(taken)
    ratios = [median(found[step] / found[0] for found in times) for step in (1, 2)]
    return Row(name, count, *(median(column) for column in zip(*times, strict=True)), *ratios)


def _milliseconds(step: Callable[[bytes], object], data: bytes) -> float:
    start = time.process_time()
    step(data)
    return 1000 * (time.process_time() - start)


def measure_start(what: str, times: int) -> tuple[float, float]:
    """Median seconds of wall and of processor time to start a process."""
    taken = []
    for _ in range(times):
        before, start = _processor(), time.perf_counter()
        subprocess.run([sys.executable, *STARTS[what]], check=True, stdout=subprocess.DEVNULL)
        taken.append((time.perf_counter() - start, _processor() - before))
    wall, processor = (median(column) for column in zip(*taken, strict=True))
    return wall, processor


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write the table. Returns 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--format", action="append", choices=list(FLOORS))
    parser.add_argument("--starts", type=int, default=7, help="times that each start is measured")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/speed.csv"))
    options = parser.parse_args(arguments)
    print(f"{FIELDS[0]:<24}" + "".join(f"{name:>13}" for name in FIELDS[1:]))
    rows = []
    for name in options.format or FLOORS:
        row = measure(name, options.files)
        rows.append(row)
        print(f"{row.what:<24}{row.files:>13}" + "".join(f"{value:>13.2f}" for value in row[2:]))
    for what in STARTS if options.starts else ():
        wall, processor = measure_start(what, options.starts)
        print(f"{what}: {wall:.2f} s, of it {processor:.2f} s of the processor")
    with options.out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(FIELDS)
        writer.writerows((*row[:2], *(f"{value:.2f}" for value in row[2:])) for row in rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
