"""Tables that are pictures: which are opened, where they stand, and what is never touched."""

from __future__ import annotations

import base64
import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import docx
import layouts
import office
import pytest
from reading import collect

from govstats.corpus import find_sources
from govstats.document import Grid, Line, ReportError, lay_out
from govstats.extract import STATED, extract
from govstats.readers import pictures, read, scan
from govstats.readers.pictures import beside_file, relative_name, size_of

TITLE = "甲县2021年政府信息公开工作年度报告"
TABLE = office.png(700, 300)
FIGURES = {
    **layouts.make_disclosure("2021", 4),
    **layouts.make_requests(layouts.REQUESTS["2021"], seed=4),
    **layouts.make_remedies(4),
}
STATUTORY = office.statutory({a: str(v) for a, v in FIGURES.items()}, "2021", "2021")
HEADS = [head for head, _ in STATUTORY]


@pytest.fixture
def opened(monkeypatch) -> list[bytes]:
    """The pictures that were opened; the first three are read as the three tables in turn."""
    seen: list[bytes] = []

    def stand_in(data, page=0):
        seen.append(data)
        rows = STATUTORY[len(seen) - 1][1] if len(seen) <= len(STATUTORY) else [[("照片", 1, 1)]]
        grid = [lay_out(rows, 1)] if len(seen) <= len(STATUTORY) else []
        return (Line("图中文字", 1, page), *grid)

    monkeypatch.setattr(scan, "is_available", lambda: True)
    monkeypatch.setattr(scan, "read_picture", stand_in)
    return seen


def embedded(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def page(*addresses: str, attributes: str = "") -> bytes:
    """A web page with a heading before each picture."""
    heads = [*HEADS, *("照片" for _ in addresses[3:])]
    body = "".join(
        f"<p>{head}</p><p><img src='{address}' {attributes}></p>"
        for head, address in zip(heads, addresses, strict=False)
    )
    return (
        f"<html><body><h1>{TITLE}</h1><p>一、总体情况</p>{body}<p>五、完</p></body></html>".encode()
    )


def shape(document) -> list:
    """Texts of lines, numbers of grids, in order."""
    return [b.number if isinstance(b, Grid) else b.text for b in document.blocks]


IN_PLACE = [TITLE, "一、总体情况"]
for number, head in enumerate(HEADS, start=1):
    IN_PLACE += [head, "图中文字", number]
IN_PLACE.append("五、完")


def require_all_read(document) -> None:
    assert document.remarks == ()
    assert shape(document) == IN_PLACE
    numbers = [block.number for block in document.blocks if isinstance(block, Line)]
    assert numbers == sorted(set(numbers))
    stated = {c.address: c.value for c in extract(document).cells if c.status == STATED}
    assert stated == FIGURES


def test_pictures_within_a_page_are_read_in_their_places(opened):
    require_all_read(read(page(*[embedded(TABLE)] * 3)))
    assert opened == [TABLE] * 3


def test_pictures_beside_a_page_are_read(opened, tmp_path):
    (tmp_path / "图 片").mkdir()
    (tmp_path / "a.png").write_bytes(TABLE)
    (tmp_path / "图 片" / "b.png").write_bytes(TABLE)
    data = page("a.png", "./%E5%9B%BE%20%E7%89%87/b.png?x=1", "图 片\\b.png#top")
    require_all_read(read(data, beside_file(tmp_path / "report.html")))


@pytest.mark.parametrize(
    "address",
    [
        "../a.png",
        "x/../../a.png",
        "%2e%2e/a.png",
        "..\\a.png",
        "/a.png",
        "\\a.png",
        "//host.example/a.png",
        "http://host.example/a.png",
        "file:///a.png",
        "C:\\a.png",
        "C:/a.png",
        "http://[a.png",
        "a\0.png",
        "",
        ".",
    ],
)
def test_addresses_that_lead_elsewhere_name_nothing(address):
    assert relative_name(address) is None


def test_nothing_outside_the_folder_of_a_page_is_opened(opened, tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "a.png").write_bytes(TABLE)
    (inner / "link.png").symlink_to(tmp_path / "a.png")
    (inner / "folder").symlink_to(tmp_path)
    addresses = ("../a.png", (tmp_path / "a.png").as_uri(), "link.png", "folder/a.png", "gone.png")
    found = read(page(*addresses), beside_file(inner / "report.html"))
    assert opened == []
    assert found.remarks == (
        "picture 1 (../a.png) and 4 more, perhaps a table, unread: it is not beside the page: "
        "save the page with its pictures, or as .mht",
    )


def test_pictures_beside_a_page_in_an_archive_are_read(opened, tmp_path):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("县/报告.html", page("a.png", "图/b.png", "图/b.png"))
        archive.writestr("县/a.png", TABLE)
        archive.writestr("县/图/b.png", TABLE)
        archive.writestr("乡/报告.html", page("../县/a.png", "县/a.png", "a.png"))
    (tmp_path / "a.zip").write_bytes(target.getvalue())
    pages = [s for s in find_sources([tmp_path]) if s.name.endswith(".html")]
    reports = collect(pages).reports
    by_name = {report.source: report for report in reports}
    assert by_name["a.zip/县/报告.html"].remarks == ()
    assert by_name["a.zip/县/报告.html"].count(STATED) == len(FIGURES)
    assert "and 2 more, perhaps a table" in by_name["a.zip/乡/报告.html"].remarks[0]
    assert len(opened) == 3


def test_pictures_beside_a_file_are_read_when_a_folder_is(opened, tmp_path):
    (tmp_path / "报告.html").write_bytes(page("a.png", "a.png", "a.png"))
    (tmp_path / "a.png").write_bytes(TABLE)
    (report,) = collect(s for s in find_sources([tmp_path]) if s.name.endswith("html")).reports
    assert report.count(STATED) == len(FIGURES)


def word_file(*data: bytes, cell: bool = False) -> bytes:
    document = docx.Document()
    document.add_paragraph(TITLE)
    document.add_paragraph("一、总体情况")
    around = document.add_table(1, 1).cell(0, 0) if cell else document
    for head, picture in zip(HEADS, data, strict=False):
        around.add_paragraph(head)
        around.add_paragraph().add_run().add_picture(io.BytesIO(picture))
    document.add_paragraph("五、完")
    return office.saved(document)


@pytest.mark.parametrize("cell", [False, True])
def test_pictures_in_a_word_file_are_read_in_their_places(cell, opened):
    require_all_read(read(word_file(TABLE, TABLE, TABLE, cell=cell)))


def test_a_page_in_one_cell_of_a_layout_table_keeps_pictures_in_their_places(opened):
    data = page(*[embedded(TABLE)] * 3)
    data = data.replace(b"<body>", b"<body><table><tr><td>")
    require_all_read(read(data.replace(b"</body>", b"</td></tr></table></body>")))


def test_hidden_pictures_are_not_opened(opened):
    document = docx.Document(io.BytesIO(word_file(TABLE)))
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            run.font.hidden = "pic:pic" in run._r.xml
    assert read(office.saved(document)).remarks == ()
    hidden = page(embedded(TABLE), attributes="style='display:none'")
    assert read(hidden).remarks == ()
    assert opened == []


def test_a_report_with_its_tables_in_the_text_opens_no_picture(opened):
    tables = "".join(f"<p>{head}</p>{office.html_table(rows)}" for head, rows in STATUTORY)
    data = page(embedded(TABLE)).replace(b"</body>", tables.encode() + b"</body>")
    found = read(data)
    assert (opened, found.remarks) == ([], ())
    assert {c.address: c.value for c in extract(found).cells if c.status == STATED} == FIGURES


def test_a_report_that_lacks_one_table_has_its_pictures_opened(opened):
    tables = "".join(f"<p>{head}</p>{office.html_table(rows)}" for head, rows in STATUTORY[:2])
    read(page(embedded(TABLE)).replace(b"</body>", tables.encode() + b"</body>"))
    assert opened == [TABLE]


@pytest.mark.parametrize("size", [(399, 300), (700, 79), (1400, 90), (32, 32)])
def test_emblems_and_banners_are_not_opened(size, opened):
    assert size_of(office.png(*size)) == size
    assert read(page(embedded(office.png(*size)))).remarks == ()
    assert opened == []


@pytest.mark.parametrize("attributes", ["width=120", "height='60px'", 'width="300" height="40"'])
def test_what_a_page_shows_small_is_not_opened(attributes, opened):
    found = read(page(embedded(TABLE), "gone.png", attributes=attributes))
    assert (opened, found.remarks) == ([], ())


def test_a_picture_put_off_by_a_script_is_found_by_its_other_address(opened, tmp_path):
    (tmp_path / "a.png").write_bytes(TABLE)
    data = page(embedded(office.png(1, 1)), attributes="data-src=a.png")
    read(data, beside_file(tmp_path / "x.html"))
    assert opened == [TABLE]


def test_pictures_that_are_no_tables_add_no_words(opened, monkeypatch):
    monkeypatch.setattr(scan, "read_picture", lambda data, page=0: (Line("横幅", 1, page),))
    text = "本机关按照规定公开信息。" * 40
    data = page(embedded(TABLE)).replace("五、完".encode(), text.encode())
    assert "横幅" not in read(data).text()
    # But where pictures are all there is, their words count.
    assert "横幅" in read(page(embedded(TABLE))).text()


def test_so_many_pictures_are_opened_and_no_more(opened):
    found = read(page(*[embedded(TABLE)] * (pictures.MOST_PICTURES + 2)))
    assert len(opened) == pictures.MOST_PICTURES
    (remark,) = found.remarks
    assert remark == (
        "picture 13 (embedded) and 1 more, perhaps a table, unread: "
        "only 12 pictures of a report are read"
    )


def test_without_the_extra_a_picture_is_named(monkeypatch):
    monkeypatch.setattr(scan, "is_available", lambda: False)
    found = read(page(embedded(TABLE), embedded(office.png(20, 20)), embedded(TABLE)))
    assert found.remarks == (
        'picture 1 (embedded) and 1 more, perhaps a table, unread: pip install "govstats[ocr]"'
        " to read it",
    )
    assert shape(found) == [TITLE, "一、总体情况", *HEADS, "五、完"]


def test_a_word_file_of_pictures_alone_says_so_without_the_extra(monkeypatch):
    monkeypatch.setattr(scan, "is_available", lambda: False)
    document = docx.Document()
    document.add_paragraph().add_run().add_picture(io.BytesIO(TABLE))
    with pytest.raises(ReportError, match=r"picture 1 \(image1.png\).*govstats\[ocr\]") as caught:
        read(office.saved(document))
    assert caught.value.stage == "read"


def test_a_picture_that_cannot_be_read_costs_itself_only(opened, monkeypatch):
    def refuse(data, page=0):
        raise ReportError("decode", "is a damaged picture")

    monkeypatch.setattr(scan, "read_picture", refuse)
    (remark,) = read(page(embedded(TABLE))).remarks
    assert remark.endswith("unread: it is a damaged picture")


@pytest.mark.parametrize("start", [b"\x01\0\0\0", b"\xd7\xcd\xc6\x9a"])
def test_drawings_are_named(start, opened):
    drawing = start + b"\0" * pictures.SMALLEST_DRAWING
    (remark,) = read(page(embedded(drawing), embedded(start + b"\0" * 99))).remarks
    assert remark.startswith("picture 1 (embedded), perhaps a table, unread: it is a drawing (EMF")
    assert opened == []


@pytest.mark.parametrize("data", [b"", b"x", TABLE[:20], b"GIF89a", b"\xff\xd8\xff\xe0\0", b"BM"])
def test_broken_pictures_have_no_size(data, opened):
    assert size_of(data) is None
    read(page(embedded(data), "data:image/png;base64,*", "data:,"))
    assert opened == []


# Pages saved as one file.


def archive_of(*parts: tuple[str, str, bytes, str]) -> bytes:
    """Kind, address, bytes and content id of each part, the page first, as browsers write them."""
    message = EmailMessage()
    message["Subject"] = TITLE
    message["MIME-Version"] = "1.0"
    message.make_related()
    for kind, address, data, identity in parts:
        part = EmailMessage()
        encoding = "base64" if kind.startswith("image") else "quoted-printable"
        part.set_content(data, *kind.split("/"), cte=encoding)
        del part["MIME-Version"]
        part["Content-Location"] = address
        part["Content-ID"] = f"<{identity}>"
        message.attach(part)
    return b"From: <Saved by a browser>\r\n" + message.as_bytes()


PLACE = "http://county.example/2021/report.html"


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "gb18030", "utf-16"])
def test_pictures_that_are_parts_of_a_saved_page_are_read(encoding, opened):
    names = ("cid:one@x", "pics/b.png", "http://county.example/2021/pics/b.png")
    data = archive_of(
        ("text/html", PLACE, page(*names).decode().encode(encoding), "page@x"),
        ("image/png", "http://county.example/c.png", TABLE, "one@x"),
        ("image/png", "http://county.example/2021/pics/b.png", TABLE, "two@x"),
    )
    require_all_read(read(data))


def test_pictures_that_word_saved_are_read(opened):
    base = "file:///C:/0D1A2B3C/report"
    data = archive_of(
        ("text/html", f"{base}.htm", page(*["report.files/image001.png"] * 3), "a"),
        ("image/png", f"{base}.files/image001.png", TABLE, "b"),
    )
    require_all_read(read(data))


REPORT = office.as_html(TITLE, STATUTORY)


def has_report(document) -> bool:
    found = extract(document)
    return {c.address: c.value for c in found.cells if c.status == STATED} == FIGURES


@pytest.mark.parametrize(
    "shell",
    [
        "<html><body><p>首页</p><iframe src='cid:inner@x'></iframe><p>页脚</p></body></html>",
        "<html><frameset cols='20%,*'><frame src='menu.html'><frame src='inner.html'></frameset>",
        "<html><body><p>首页</p></body></html>",
        "<html><body></body></html>",
    ],
)
def test_the_report_is_found_in_a_frame(shell):
    menu = "<html><body>" + "<a>栏目</a> " * 30 + "</body></html>"
    data = archive_of(
        ("text/html", PLACE, shell.encode(), "page@x"),
        ("text/html", "http://county.example/2021/menu.html", menu.encode(), "menu@x"),
        ("text/html", "http://county.example/2021/inner.html", REPORT, "inner@x"),
    )
    assert has_report(read(data))


def test_frames_that_name_each_other_are_read_once():
    one, two = (
        f"<html><body><p>{name * 200}</p><iframe src='{to}'></iframe></body></html>"
        for name, to in (("甲", "two.html"), ("乙", PLACE))
    )
    data = archive_of(
        ("text/html", PLACE, one.encode(), "one@x"),
        ("text/html", "http://county.example/2021/two.html", two.encode(), "two@x"),
    )
    assert read(data).text() == "甲" * 200 + "\n" + "乙" * 200


def test_a_frame_saved_beside_a_page_is_read(tmp_path):
    (tmp_path / "inner.html").write_bytes(REPORT)
    shell = b"<html><body><iframe src='inner.html'></iframe></body></html>"
    assert has_report(read(shell, beside_file(Path(tmp_path, "page.html"))))


def test_the_encoding_that_a_part_is_said_to_have_counts_where_no_other_fits():
    body = "<html><body><p>甲縣政府資訊公開</p></body></html>".encode("big5")
    head = b"MIME-Version: 1.0\nContent-Type: text/html; charset=big5\n"
    data = head + b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(body)
    assert read(data).text() == "甲縣政府資訊公開"
