"""Old Word, RTF, OpenDocument and Office 2003 XML through LibreOffice."""

from __future__ import annotations

import http.server
import io
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from random import Random

import docx
import office
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from benchmarks.laboratory import damages, drifts
from benchmarks.laboratory.cases import Plan, write_case
from govstats.document import Grid, ReportError
from govstats.extract import STATED, extract
from govstats.readers import converted, load, read

TRANSCRIPTS = sorted((Path(__file__).parents[1] / "data" / "raw" / "reports").iterdir())
LABORATORY = ("docx_merged", "docx_text_box")
# What LibreOffice makes for the test, of which files, and what it calls that.
MADE = {
    "doc": ("docx", "doc:MS Word 97", "*"),
    "rtf": ("docx", "rtf:Rich Text Format", "yaohai-2019"),
    "odt": ("docx", "odt:writer8", "yubei-2021"),
    "ods": ("xlsx", "ods:calc8", "yubei-2021"),
}
CASES = [
    *(("doc", path.stem) for path in TRANSCRIPTS),
    *(("doc", layout) for layout in LABORATORY),
    *((kind, name) for kind, (_, _, name) in MADE.items() if kind != "doc"),
]

needs_office = pytest.mark.skipif(
    converted.find_program() is None, reason="LibreOffice (soffice) is not there"
)


def with_widths(data: bytes) -> bytes:
    """A Word file whose tables say how wide their columns are, as all but made-up ones do.

    LibreOffice finds merged cells in .doc and .rtf by where their sides are.
    """
    document = docx.Document(io.BytesIO(data))
    for table in document.element.body.iter(qn("w:tbl")):
        columns = 0
        for row in table.iterchildren(qn("w:tr")):
            cells = list(row.iterchildren(qn("w:tc")))
            columns = max(columns, sum(cell.get_or_add_tcPr().grid_span for cell in cells))
            for cell in cells:
                cell.width = 355_600 * cell.grid_span
        grid = table.find(qn("w:tblGrid"))
        grid.clear()
        for _ in range(columns):
            column = OxmlElement("w:gridCol")
            column.set(qn("w:w"), "560")
            grid.append(column)
    document.add_paragraph("")
    return office.saved(document)


def with_object(sheet: bytes, name: str = "Book1.xlsx") -> bytes:
    """A Word file in which a spreadsheet is embedded."""
    document = docx.Document()
    document.add_paragraph("甲县2021年政府信息公开工作年度报告")
    content = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    part = docx.opc.part.Part(
        docx.opc.packuri.PackURI(f"/word/embeddings/{name}"), content, sheet, document.part.package
    )
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = document.part.relate_to(part, f"{base}/package")
    # LibreOffice leaves out an object without a picture of it.
    image, _ = document.part.get_or_add_image(io.BytesIO(office.png(90, 60)))
    document.add_paragraph()._p.append(
        docx.oxml.parse_xml(
            f'<w:r xmlns:w="{qn("w:r")[1:-2]}" xmlns:r="{base}"'
            ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:'
            'office"><w:object><v:shape id="s" style="width:300pt;height:150pt" o:ole="">'
            f'<v:imagedata r:id="{image}"/></v:shape>'
            '<o:OLEObject Type="Embed" ProgID="Excel.Sheet.12" ShapeID="s" DrawAspect="Content"'
            f' ObjectID="_1" r:id="{relation}"/></w:object></w:r>'
        )
    )
    document.add_paragraph("五、完")
    return office.saved(document)


def of_transcript(path: Path, write) -> bytes:
    known = extract(read(load(path)))
    printed = {c.address: c.printed for c in known.cells if c.status == STATED}
    forms = (known.forms["disclosure"], known.forms["requests"])
    return write(known.title, office.statutory(printed, *forms))


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Path:
    """Folders of .docx and .xlsx files, and of what LibreOffice makes of them."""
    folder = tmp_path_factory.mktemp("office")
    for kind in ("docx", "xlsx"):
        (folder / kind).mkdir()
    for path in TRANSCRIPTS:
        word = with_widths(of_transcript(path, office.as_docx))
        (folder / "docx" / f"{path.stem}.docx").write_bytes(word)
    sheet = of_transcript(TRANSCRIPTS[-1], office.as_xlsx)
    (folder / "xlsx" / f"{TRANSCRIPTS[-1].stem}.xlsx").write_bytes(sheet)
    (folder / "docx" / "embedded.docx").write_bytes(with_object(sheet))
    for layout in LABORATORY:
        case = write_case(Plan(0, layout, damages.NONE, drifts.NONE), Random(layout))
        (folder / "docx" / f"{layout}.docx").write_bytes(with_widths(case.data))
    for kind, (source, target, names) in MADE.items():
        files = (folder / source).glob(f"{names}.{source}")
        subprocess.run(
            [converted.find_program(), f"-env:UserInstallation={(folder / 'profile').as_uri()}",
             "--headless", "--convert-to", target, "--outdir", folder / kind, *files],
            check=True, capture_output=True,
        )  # fmt: skip
    return folder


def blocks_of(document) -> list:
    return [
        [[(c.text, c.row, c.column, c.height, c.width) for c in row] for row in block.rows]
        if isinstance(block, Grid)
        else block.text
        for block in document.blocks
    ]


@needs_office
@pytest.mark.parametrize(("kind", "name"), CASES)
def test_every_block_and_cell_is_that_of_the_file_that_was_converted(kind, name, made):
    source = MADE[kind][0]
    before = read(load(made / source / f"{name}.{source}"))
    after = read(load(made / kind / f"{name}.{kind}"))
    assert after.format == kind
    assert blocks_of(after) == blocks_of(before)
    cells = extract(after).cells
    assert cells == extract(before).cells
    assert sum(cell.status == STATED for cell in cells) > 20


@needs_office
def test_a_sheet_embedded_in_an_old_word_file_is_read_in_its_place(made):
    found = read(load(made / "doc" / "embedded.doc"))
    assert (found.format, found.remarks) == ("doc", ())
    sheet = read(load(made / "xlsx" / f"{TRANSCRIPTS[-1].stem}.xlsx"))
    inside = blocks_of(sheet)[1:]
    assert blocks_of(found) == ["甲县2021年政府信息公开工作年度报告", *inside, "五、完"]
    assert extract(found).forms == extract(sheet).forms


def test_an_embedded_workbook_of_several_sheets_is_named_not_read():
    found = read(with_object(of_transcript(TRANSCRIPTS[-1], office.as_xls), "Book1.xls"))
    assert len(found.blocks) == 2
    (remark,) = found.remarks
    assert remark.startswith("embedded object Excel.Sheet.12, perhaps a table, unread: it has sev")


def test_an_embedded_object_that_is_no_sheet_is_named():
    (remark,) = read(with_object(b"x" * 20)).remarks
    assert "it is no spreadsheet" in remark


WORD_2003 = """<?xml version="1.0" encoding="UTF-8"?>
<?mso-application progid="Word.Document"?>
<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml">{}</w:wordDocument>
"""
EXCEL_2003 = """<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Sheet1"><Table>
<Row><Cell ss:MergeDown="1"><Data ss:Type="String">规章</Data></Cell>
<Cell><Data ss:Type="Number">3</Data></Cell><Cell ss:Index="4"><Data ss:Type="Number">0.25</Data>
</Cell></Row><Row><Cell ss:Index="2"><Data ss:Type="Number">7</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


@needs_office
def test_xml_of_word_2003_keeps_every_figure(made):
    source = made / "docx" / "yubei-2021.docx"
    with zipfile.ZipFile(source) as archive:
        body = re.search("<w:body>.*</w:body>", archive.read("word/document.xml").decode(), re.S)
    found = read(WORD_2003.format(body[0].replace("w:vMerge", "w:vmerge")).encode())
    assert found.format == "word-xml"
    stated = {c.address: c.value for c in extract(found).cells if c.status == STATED}
    assert stated == {
        c.address: c.value for c in extract(read(load(source))).cells if c.status == STATED
    }


@needs_office
def test_xml_of_excel_2003_keeps_places_and_spans():
    found = read(EXCEL_2003.encode())
    assert found.format == "excel-xml"
    assert blocks_of(found) == [
        "Sheet1",
        [
            [("规章", 1, 1, 2, 1), ("3", 1, 2, 1, 1), ("", 1, 3, 1, 1), ("0.25", 1, 4, 1, 1)],
            [("规章", 1, 1, 2, 1), ("7", 2, 2, 1, 1), ("", 2, 3, 1, 1), ("", 2, 4, 1, 1)],
        ],
    ]


def open_document(content: str = "", manifest: str = "", kind: str = "text") -> bytes:
    """An OpenDocument file of these parts."""
    names = ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media}"/>'
        for path, media in (("/", mimetype), ("content.xml", "text/xml"))
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", mimetype)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            f"<manifest:manifest{names}>{entries}{manifest}</manifest:manifest>",
        )
    return target.getvalue()


LINKED = """<?xml version="1.0"?><office:document-content office:version="1.2"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 xmlns:xlink="http://www.w3.org/1999/xlink"><office:body><office:text>
<text:section text:name="s"><text:section-source xlink:href="{}" text:filter-name="Text"/>
<text:p>先前</text:p></text:section><text:p>甲<draw:frame svg:width="5cm" svg:height="5cm"
 text:anchor-type="as-char"><draw:image xlink:href="{}"/></draw:frame></text:p>
</office:text></office:body></office:document-content>"""


@needs_office
def test_nothing_is_fetched_and_no_other_file_is_read(tmp_path):
    asked = []

    class Server(http.server.BaseHTTPRequestHandler):
        def handle(self):
            asked.append(self.client_address)

    (tmp_path / "other.txt").write_text("秘", encoding="utf-8")
    with http.server.HTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/a.png"
        content = LINKED.format((tmp_path / "other.txt").as_uri(), address)
        found = read(open_document(content))
        server.shutdown()
    assert asked == []
    assert (found.format, blocks_of(found)) == ("odt", ["先前", "甲"])


@needs_office
def test_damaged_files_are_named_not_read_as_text(made):
    rtf = load(made / "rtf" / "yaohai-2019.rtf")
    with pytest.raises(ReportError, match=r"RTF file that LibreOffice cannot open") as caught:
        read(rtf[: len(rtf) // 2])
    assert caught.value.stage == "decode"
    with pytest.raises(ReportError, match=r"^is a damaged old Word file: ") as caught:
        read(b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le") * 99)
    assert caught.value.stage == "decode"


@needs_office
def test_files_with_a_password_are_named(made):
    doc = bytearray(load(made / "doc" / "yubei-2021.doc"))
    at = doc.index(b"\xec\xa5\x01\x01")
    doc[at + 0x0B] |= 1
    with pytest.raises(ReportError, match=r"^is protected with a password: "):
        read(bytes(doc))


def test_an_open_document_with_a_password_is_named():
    with pytest.raises(ReportError, match=r"^is protected with a password: "):
        read(open_document(manifest="<manifest:encryption-data/>"))


def test_other_open_documents_are_named():
    with pytest.raises(ReportError, match="OpenDocument file of no text or spreadsheet"):
        read(open_document(kind="presentation"))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{\\rtf1 }", "is an RTF file, which is read through LibreOffice: install it"),
        (open_document(), "is an OpenDocument text, .* save the report as .docx"),
        (open_document(kind="spreadsheet"), "OpenDocument spreadsheet, .* as .xlsx"),
        (WORD_2003.encode(), "an XML file of Word 2003, "),
        (EXCEL_2003.encode(), "an XML file of Excel 2003, "),
    ],
)
def test_without_libreoffice_it_is_named(data, words, monkeypatch):
    monkeypatch.setattr(converted, "find_program", lambda: None)
    with pytest.raises(ReportError, match=words) as caught:
        read(data)
    assert caught.value.stage == "decode"


@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")
def test_what_takes_too_long_is_ended_and_named(tmp_path, monkeypatch):
    program = tmp_path / "soffice"
    # Like soffice itself: a script that starts another program and outlives a mild signal.
    program.write_text("#!/bin/sh\ntrap '' TERM INT\nsleep 600 &\nwait\nwait\n", encoding="ascii")
    program.chmod(0o700)
    monkeypatch.setattr(converted, "find_program", lambda: str(program))
    with pytest.raises(ReportError, match="did not open in 1 seconds") as caught:
        converted.convert(b"{\\rtf1 }", "rtf", time_limit=1)
    assert caught.value.stage == "read"


def test_the_profile_is_one_a_process_and_gone_with_it():
    script = (
        "import os; from govstats.readers.converted import _profile as p; me = os.getpid();"
        "assert p(me) is p(me); print(p(me)); print((p(me) / 'user').is_dir())"
    )
    run = [sys.executable, "-c", script]
    told = [
        subprocess.run(run, capture_output=True, text=True, check=True).stdout.split()
        for _ in range(2)
    ]
    assert [each[1] for each in told] == ["True", "True"]
    folders = [Path(each[0]) for each in told]
    assert folders[0] != folders[1]
    assert not any(folder.exists() for folder in folders)


def test_programs_are_looked_for_on_the_path(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", {"libreoffice": "/opt/libreoffice"}.get)
    assert converted.find_program() == "/opt/libreoffice"
