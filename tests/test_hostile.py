"""Input made to do harm: small files that unpack, nest, span or loop without end."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from reading import collect

from govstats.corpus import find_sources
from govstats.document import Grid, ReportError
from govstats.numbers import is_blank, parse_number
from govstats.readers import archive, load, read
from govstats.readers.limits import MOST_CELLS
from govstats.readers.number_format import show_number
from govstats.tables import as_was, harmless, read_table, write_table

# Far more than any of them takes; a hang must not stop the tests.
SECONDS = 60
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
BOMB = (
    '<!DOCTYPE a [<!ENTITY a0 "1">'
    + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    + "]>"
)
OUTSIDE = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
INSIDE = '<!DOCTYPE a [<!ENTITY e "5">]>'


def _zip(parts: dict[str | zipfile.ZipInfo, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return target.getvalue()


def _docx(body: str, head: str = "", encoding: str = "utf-8") -> bytes:
    rels = f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{_OFFICE}/%s"'
    part = f'<Override PartName="/word/document.xml" ContentType="{_MAIN}"/>'
    kind = "application/vnd.openxmlformats-package.relationships+xml"
    return _zip({
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" '
        f'ContentType="{kind}"/>{part}</Types>',
        "_rels/.rels": rels % "officeDocument" + ' Target="word/document.xml"/></Relationships>',
        "word/document.xml": (
            f'{head}<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'
        ).encode(encoding),
    })  # fmt: skip


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def _xlsx(change: tuple[str, str]) -> bytes:
    """A workbook of one sheet with two cells; in its XML one piece is replaced by another."""
    book = Workbook()
    book.active.append(["新收", 5])
    saved = io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    assert change[0] in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(*change)
    return _zip(parts)


def _pdf(*objects: str) -> bytes:
    parts = (f"{number} 0 obj\n{each}\nendobj\n" for number, each in enumerate(objects, start=1))
    return (
        b"%PDF-1.4\n"
        + "".join(parts).encode()
        + b"trailer\n<</Root 1 0 R/Size %d>>\n%%%%EOF" % (len(objects) + 1)
    )


def _page(extra: str = "") -> str:
    return f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]{extra}>>"


def _html(body: str) -> bytes:
    return f"<html><body>{body}".encode()


WIDE = '<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr>' + _paragraph("1") + "</w:tc>"
CELLS = "<c><v>1</v></c>" * (MOST_CELLS + 1)
HOSTILE = {
    "docx-entities": lambda: _docx(_paragraph("&a9;"), BOMB),
    "docx-outside": lambda: _docx(_paragraph("1&e;2"), OUTSIDE),
    "docx-inside": lambda: _docx(_paragraph("1&e;2"), INSIDE),
    "docx-utf-16": lambda: _docx(_paragraph("1&e;2"), INSIDE, "utf-16"),
    "docx-nested": lambda: _docx("<w:tbl><w:tr><w:tc>" * 5000 + _paragraph("1")),
    "docx-spans": lambda: _docx(f"<w:tbl>{60 * f'<w:tr>{200 * WIDE}</w:tr>'}</w:tbl>"),
    "docx-large": lambda: _docx(_paragraph("1") * 700_000),
    "xlsx-entities": lambda: _xlsx(("<worksheet", BOMB + "<worksheet")),
    "xlsx-outside": lambda: _xlsx(("<worksheet", OUTSIDE + "<worksheet")),
    "xlsx-merged": lambda: _xlsx(
        ("</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')
    ),
    "xlsx-cells": lambda: _xlsx(
        ("</sheetData>", f'<row r="2">{CELLS}</row></sheetData>')
    ),
    "html-deep": lambda: _html("<div>" * 100_000 + "1"),
    "html-tables": lambda: _html("<table><tr><td>1<td>" * 100_000),
    "html-cells": lambda: _html("<table>" + ("<tr>" + "<td>1" * 1000) * 200),
    "html-spans": lambda: _html(
        "<table>" + ("<tr>" + '<td colspan="1000000000" rowspan="1000000000">1' * 7) * 2000
    ),
    "html-parted": lambda: _html("<table>" + "<tr><td>字<tr><td>1<td>2" * 8_000),
    "html-rules": lambda: _html(
        "<style>" + "".join(f".a{i}>b{{display:none}}" for i in range(1800)) + "</style>"
        + "".join(f'<p class="a{i}">1</p>' for i in range(3000))
    ),
    "text-lines": lambda: b"1\n" * 1_000_000,
    "text-pipes": lambda: b"|" * 5_000_000 + b"\n",
    "html-style-media": lambda: _html(f"<style>{'@media screen{' * 5000}a{{display:none}}</style>"),
    "html-style-names": lambda: _html(f"<style>{'a ' * 5000}{{display:none}}</style>"),
    "pdf-pages": lambda: _pdf(
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count 10000/Kids[{' '.join(f'{i} 0 R' for i in range(3, 10_003))}]>>",
        *[_page()] * 10_000,
    ),
    "pdf-kids": lambda: _pdf(
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Count 5/Parent 2 0 R/Kids[2 0 R 3 0 R 2 0 R]>>",
        _page(),
    ),
    "pdf-itself": lambda: _pdf("<</Type/Catalog/Pages 2 0 R>>", "2 0 R"),
    "pdf-contents": lambda: _pdf(
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Count 1/Kids[3 0 R]>>",
        _page("/Contents 4 0 R"),
        "[4 0 R 4 0 R]",
    ),
    "mht-nested": lambda: b"MIME-Version: 1.0\n"
    + b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (i, i)
               for i in range(3000)),
    "mht-parts": lambda: b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n'
    + b"--x\nContent-Type: text/html\n\n<p>1</p>\n" * 20_000,
}  # fmt: skip
REASONS = {
    "docx-entities": "has a document type in its XML",
    "docx-outside": "has a document type in its XML",
    "docx-inside": "has a document type in its XML",
    "docx-utf-16": "has a document type in its XML",
    "docx-nested": "cannot be opened",
    "docx-spans": "has a table of more than 1,000,000 places: cut out the report",
    "docx-large": "MB of XML in it, more than 20 MB",
    "xlsx-entities": "has a document type in its XML",
    "xlsx-outside": "has a document type in its XML",
    "xlsx-merged": "with merged cells out of all measure",
    "xlsx-cells": "is a spreadsheet of more than 100,000 cells",
    "html-deep": "is an HTML page nested too deep",
    "html-tables": "is an HTML page nested too deep",
    "html-cells": "has more than 100,000 cells",
    "html-spans": "has a table of more than 1,000,000 places",
    "html-parted": "has a long table that text parts too often",
    "html-rules": "is an HTML page of too many style rules",
    "html-style-media": "is an HTML page of style rules nested too deep",
    "html-style-names": "is an HTML page of style rules nested too deep",
    "text-lines": "has more than 100,000 lines and cells",
    "text-pipes": "has more than 100,000 lines and cells",
    "pdf-pages": "has 10000 pages, more than 500",
    "pdf-kids": "has a broken page",
    "pdf-itself": "is a broken PDF",
    "pdf-contents": "is a PDF without text",
    "mht-nested": "is a damaged saved page",
    "mht-parts": "is a saved page of more than 2000 parts",
}
_READ = """
import sys
sys.path[:0] = [{folder!r}]
import resource
resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000, 3_000_000_000))
from test_hostile import HOSTILE
from govstats.document import ReportError
from govstats.report import read_report
for name in {names!r}:
    try:
        said = str(len(read_report(name, HOSTILE[name]()).extraction.cells))
    except ReportError as error:
        said = str(error)
    print(name, said, sep="\\t", flush=True)
"""


@pytest.fixture(scope="module")
def refused() -> dict[str, str]:
    """What each hostile file ended in, in a process with limits of time and memory."""
    pytest.importorskip("resource")
    code = _READ.format(folder=str(Path(__file__).parent), names=list(REASONS))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(line.split("\t") for line in done.stdout.splitlines())


@pytest.mark.parametrize("name", REASONS)
def test_hostile_file_is_refused_with_a_reason(name, refused):
    assert REASONS[name] in refused[name]


def test_every_hostile_file_has_a_reason():
    assert REASONS.keys() == HOSTILE.keys()


def test_a_pipe_is_not_waited_for(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes on this machine")
    os.mkfifo(tmp_path / "a.txt")
    code = "from govstats.cli import main; main()"
    said = subprocess.run(
        [sys.executable, "-c", code, "show", str(tmp_path / "a.txt")],
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert said.returncode == 3
    assert "is no file but a folder, pipe or device: give a file" in said.stderr


def test_a_folder_and_a_device_are_no_files(tmp_path):
    for path in (tmp_path, Path(os.devnull)):
        with pytest.raises(ReportError, match="is no file but a folder, pipe or device"):
            load(path)


def test_a_sparse_file_is_refused_by_its_size(tmp_path):
    path = tmp_path / "a.html"
    with path.open("wb") as stream:
        stream.truncate(2_000_000_000)
    with pytest.raises(ReportError, match="is 2000 MB, more than 20 MB: cut out the report"):
        load(path)


def test_an_archive_that_is_a_bomb_costs_its_members_only(tmp_path):
    inner = _zip({"c.txt": "1"})
    path = tmp_path / "a.zip"
    path.write_bytes(
        _zip({"bomb.txt": b"1" * 15_000_000, "b.zip": _zip({"deep.zip": inner}), "d.txt": "1"})
    )
    failures = collect(find_sources([path])).failures
    assert [(f.source, f.stage) for f in failures] == [
        ("a.zip/bomb.txt", "read"),
        ("a.zip/b.zip/deep.zip", "decode"),
        ("a.zip/d.txt", "extract"),
    ]
    assert "times its size: no report does" in failures[0].error


def test_a_member_is_read_no_further_than_it_says(tmp_path):
    data = _zip({"a.txt": b"1" * 1000})
    # The size in the directory, behind the signature of its entry, is made smaller.
    at = data.index(b"PK\x01\x02") + 24
    path = tmp_path / "a.zip"
    path.write_bytes(data[:at] + (10).to_bytes(4, "little") + data[at + 4 :])
    (failure,) = collect(find_sources([path])).failures
    assert failure.source == "a.zip/a.txt"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/x.txt", "etc/x.txt"),
        ("\\\\server\\share\\x.txt", "server/share/x.txt"),
        ("a\u202etxt.exe", "a?txt.exe"),
        ("a\x9bb\u2028c", "a?b?c"),
        ("", "nameless"),
    ],
)
def test_names_in_archives_are_harmless_labels(name, shown):
    info = zipfile.ZipInfo(name or "x")
    info.orig_filename, info.flag_bits = name, 0x800
    assert archive.safe_name(info) == shown


def test_a_member_without_a_name_is_read(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(_zip({zipfile.ZipInfo(""): "1", "b/": ""}))
    assert [source.name for source in find_sources([path])] == ["a.zip/nameless"]


def test_what_systems_add_is_left_out(tmp_path):
    path = tmp_path / "a.zip"
    names = ("Thumbs.db", "县/desktop.ini", "__MACOSX/x.txt", ".DS_Store", "县/x.txt")
    path.write_bytes(_zip(dict.fromkeys(names, "1")))
    assert [source.name for source in find_sources([path])] == ["a.zip/县/x.txt"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x1f\x8b\x08", "is a gzip file: unpack it, or pack it again as .zip"),
        (b"7z\xbc\xaf", "is a 7z archive: unpack it, or pack it again as .zip"),
        (b"Rar!\x1a", "is a RAR archive: unpack it, or pack it again as .zip"),
        (
            "指标,甲,乙,丙\n".encode() + "新收,1,2,\n".encode() * 5,
            "is comma-separated (CSV): open it and save it as .xlsx",
        ),
    ],
)
def test_what_to_do_is_said(data, message):
    with pytest.raises(ReportError) as caught:
        read(data)
    assert (caught.value.stage, str(caught.value)) == ("decode", message)


def test_prose_with_commas_and_large_numbers_is_no_table():
    prose = "收到申请1,234件, 答复1,200件, 结转34件, 共3类\n" * 9
    assert read(prose.encode()).format == "text"


def test_a_number_has_no_more_digits_than_tables_keep():
    assert parse_number("9" * 15) is not None
    assert [parse_number(text) for text in ("9" * 16, "1" * 1_000_000, "0." + "1" * 16)] == [
        None
    ] * 3
    assert parse_number("0" * 30 + "7").value == 7
    assert (is_blank(" " * 5000), is_blank("-" * 5000)) == (True, False)


@pytest.mark.parametrize("code", ["0." + "0" * 60, "0" * 300, "0" + "%" * 200, "0" + "," * 100])
def test_a_number_format_out_of_measure_does_no_harm(code):
    assert isinstance(show_number(123456789012345.0, code), str)
    assert show_number(float("inf"), code) == "inf"


def test_rows_of_a_table_parted_by_text_keep_their_numbers():
    rows = "<tr><td>段落说明文字<tr><td>甲<td>1" * 3
    blocks = [b for b in read(_html(f"<table>{rows}</table>")).blocks if isinstance(b, Grid)]
    assert [[cell.row for row in grid.rows for cell in row] for grid in blocks] == [
        [2, 2],
        [4, 4],
        [6, 6],
    ]
    assert [len(grid.rows) for grid in blocks] == [2, 4, 6]


KEPT = ["+2", "-62", "-62件", "-", "—", "－", "+1,234", "新收", "'", "'a", "", "a=1", "12", "'-62"]
ESCAPED = [
    *("=1+1", "+1+cmd", "-1+1", "@SUM(A1)", "＝1", "\t=1", "\r1", "\n", " =1"),
    *("'=1", "''@x", "-a", "--1", "+"),
]


@pytest.mark.parametrize("text", KEPT)
def test_numbers_and_plain_texts_stay_as_they_are(text):
    assert harmless(text) == text == as_was(text)


@pytest.mark.parametrize("text", [each for each in ESCAPED if each.strip()])
def test_what_a_spreadsheet_would_run_is_turned_into_text_and_back(text):
    assert harmless(text) == f"'{text}"
    assert as_was(harmless(text)) == text


def test_tables_keep_hostile_texts(tmp_path):
    texts = [text for text in (*KEPT, *ESCAPED, "a\rb", 'a\r"b",c') if text.strip()]
    rows = [(text, "read", text) for text in texts]
    for file_format in ("csv", "parquet"):
        folder = tmp_path / file_format
        folder.mkdir()
        write_table("failures", rows, folder, file_format)
        back = read_table("failures", folder)
        assert list(back["source"]) == list(back["error"]) == texts
    with (tmp_path / "csv" / "failures.csv").open(encoding="utf-8", newline="") as stream:
        for _, _, error in list(csv.reader(stream))[1:]:
            assert error[0] not in "=@＝\t\r"
