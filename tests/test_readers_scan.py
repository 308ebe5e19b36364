"""Scans: pages drawn here, read through the front door with the extra `ocr`."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest
from pdf_pages import Sheet, write_pdf

from govstats.document import DOUBT, Document, Grid, GridCell, ReportError
from govstats.extract import STATED, UNREAD, extract
from govstats.forms import Address
from govstats.numbers import doubtful_values
from govstats.readers import read, scan

NEEDED = ("rapidocr", "onnxruntime", "cv2", "numpy", "PIL")
with_ocr = pytest.mark.skipif(
    any(find_spec(name) is None for name in NEEDED), reason="the extra ocr is not installed"
)
with_font = pytest.mark.skipif(
    find_spec("mplfonts") is None, reason="the font of the extra notebooks is not installed"
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c63f80f00010101003a29e5b20000000049454e44ae426082"
)
HEAD = ["", "结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
REVIEW = ["行政复议", "138", "17", "0", "6", "161"]
DIRECT = ["未经复议直接起诉", "4", "1", "", "-", "5"]
AFTER = ["复议后起诉", "20", "0", "3", "1", "24"]
TABLE = [HEAD, REVIEW, DIRECT, AFTER]
TITLE = "某某县水务局2022年政府信息公开工作年度报告"
SECTION = "四、政府信息公开行政复议、行政诉讼情况"


def draw(rows: Sequence[Sequence[str]], lines: Sequence[str] = (TITLE, SECTION), size: int = 26):
    """A page at 200 dpi: lines of text, and below them a ruled table."""
    from PIL import Image, ImageDraw, ImageFont

    origin = find_spec("mplfonts").origin
    font = ImageFont.truetype(Path(origin).parent / "fonts/NotoSansCJKsc-Regular.otf", size)
    page = Image.new("L", (1654, 1100), 250)
    pen = ImageDraw.Draw(page)
    for number, line in enumerate(lines):
        pen.text((120, 100 + 60 * number), line, 20, font)
    xs = [120, 420, *(420 + 220 * (i + 1) for i in range(5))]
    for number, row in enumerate(rows):
        top = 320 + 56 * number
        for left, right, text in zip(xs, xs[1:], row, strict=False):
            pen.rectangle((left, top, right, top + 56), outline=30, width=3)
            pen.text(((left + right) / 2, top + 28), text, 20, font, anchor="mm")
    return page


def stored(page, kind: str = "PNG", **options: object) -> bytes:
    target = io.BytesIO()
    page.save(target, kind, **options)
    return target.getvalue()


def texts(document: Document) -> list[list[str]]:
    """Rows of the only table."""
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    assert len(grids) == 1
    return [[cell.text.replace("\n", "") for cell in row] for row in grids[0].rows]


@with_ocr
@with_font
@pytest.mark.parametrize("kind", ["PNG", "PDF"])
def test_a_picture_of_any_kind_is_read_whole(kind):
    document = read(stored(draw(TABLE), kind, **({"resolution": 200} if kind == "PDF" else {})))
    assert texts(document) == TABLE
    assert [line.text for line in document.lines()] == [TITLE, SECTION]
    assert document.format == ("pdf" if kind == "PDF" else "scan")
    assert all(set(block.pages) == {1} for block in document.blocks if isinstance(block, Grid))


@with_ocr
@pytest.mark.parametrize("kind", ["JPEG", "BMP", "GIF", "TIFF"])
def test_pictures_of_other_kinds_are_known(kind):
    from PIL import Image

    data = stored(Image.new("RGB", (300, 200), "white"), kind)
    with pytest.raises(ReportError, match="is a picture without legible words"):
        read(data)


@with_ocr
@with_font
def test_pages_with_text_and_pages_that_are_pictures_follow_each_other():
    import pypdfium2

    words, merged, target = Sheet(), pypdfium2.PdfDocument.new(), io.BytesIO()
    words.text(60, 100, TITLE)
    for data in (write_pdf([words]), stored(draw(TABLE, [SECTION]), "PDF", resolution=200)):
        merged.import_pages(pypdfium2.PdfDocument(data))
    merged.save(target)
    document = read(target.getvalue())
    assert [(line.text, line.page) for line in document.lines()] == [(TITLE, 1), (SECTION, 2)]
    assert texts(document) == TABLE
    assert document.remarks == ()


@with_ocr
@with_font
def test_a_scan_gives_the_cells_of_its_table():
    found = extract(read(stored(draw(TABLE))))
    cells = {cell.address: cell for cell in found.cells}
    assert (found.title, found.year, found.forms) == (TITLE, 2022, {"remedies": "any"})
    assert cells[Address("remedies", "review", "upheld")].value == 138
    assert cells[Address("remedies", "suit_direct", "other")].status == "blank"
    assert cells[Address("remedies", "suit_direct", "pending")].status == "blank"
    assert cells[Address("remedies", "suit_after_review", "corrected")].value == 0
    assert "page 1, table 1" in cells[Address("remedies", "review", "upheld")].locator


@with_ocr
@with_font
def test_skewed_shaded_and_grainy_pages_are_read():
    import cv2
    import numpy as np

    page = np.asarray(draw(TABLE)).astype(np.float32)
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 1.8, 1)
    page = cv2.warpAffine(page, turn, (width, height), borderValue=250)
    page *= np.linspace(1.0, 0.65, width, dtype=np.float32)
    page += np.random.default_rng(1).normal(0, 5, page.shape)
    ok, coded = cv2.imencode(".jpg", np.clip(page, 0, 255).astype(np.uint8))
    assert ok
    assert texts(read(coded.tobytes())) == TABLE


@with_ocr
@with_font
@pytest.mark.parametrize("angle", [90, 180])
def test_pages_the_wrong_way_round_are_turned(angle):
    assert texts(read(stored(draw(TABLE).rotate(angle, expand=True)))) == TABLE


@with_ocr
@with_font
def test_pages_of_one_file_follow_each_other():
    blank = draw([], [])
    pages = [draw(TABLE), blank, draw([], ["五、存在的主要问题", "本年度没有其他事项需要报告"])]
    data = stored(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    document = read(data)
    assert [line.page for line in document.lines()] == [1, 1, 3, 3]
    assert document.remarks == ("page 2: no legible words",)
    with pytest.raises(ReportError, match="has 3 pages, more than 2") as caught:
        scan.read_scan(data, most_pages=2)
    assert caught.value.stage == "read"


@with_ocr
@with_font
def test_blocks_of_a_picture_carry_the_page_they_are_given():
    lines, grids = [], []
    for block in scan.read_picture(stored(draw(TABLE)), 7):
        (grids if isinstance(block, Grid) else lines).append(block)
    assert [line.page for line in lines] == [7, 7]
    assert [set(grid.pages) for grid in grids] == [{7}]


@with_ocr
@with_font
def test_a_smeared_number_is_in_doubt_and_an_empty_cell_is_not():
    from PIL import ImageDraw

    page = draw(TABLE)
    # Row 行政复议, column 结果维持: a streak through the lower half of 138.
    ImageDraw.Draw(page).rectangle((500, 404, 560, 414), fill=60)
    rows = texts(read(stored(page)))
    assert rows[1][1] != "138" or rows[1][1].endswith(DOUBT)
    assert doubtful_values(rows[1][1]) is not None
    assert rows[1][2:] == REVIEW[2:]
    assert rows[2] == DIRECT


def _cell(printed: str):
    """The first cell of a remedies table in which it is printed so."""
    rows = [HEAD, ["行政复议", printed, "17", "0", "6", "161"], DIRECT, AFTER]
    grid = Grid(
        1,
        tuple(
            tuple(GridCell(text, r, c) for c, text in enumerate(row, start=1))
            for r, row in enumerate(rows, start=1)
        ),
    )
    found = extract(Document("scan", (grid,)))
    address = Address("remedies", "review", "upheld")
    return next(cell for cell in found.cells if cell.address == address)


@pytest.mark.parametrize(
    ("printed", "status", "value"),
    [
        (f"138{DOUBT}", STATED, 138),
        (f"188{DOUBT}138{DOUBT}", STATED, 138),
        (f"188{DOUBT}", UNREAD, None),
        (f"-138{DOUBT}138{DOUBT}", STATED, 138),
        (f"188{DOUBT}13{DOUBT}", UNREAD, None),
        (DOUBT, "implied", 138),
    ],
)
def test_a_number_in_doubt_counts_only_where_the_sums_confirm_it(printed, status, value):
    cell = _cell(printed)
    assert (cell.status, cell.value, cell.printed) == (status, value, printed)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (f"12{DOUBT}", {12}),
        (f"12{DOUBT}17{DOUBT}", {12, 17}),
        (DOUBT, set()),
        ("12", None),
        (f"{DOUBT}.属于国家秘密", None),
    ],
)
def test_values_of_a_number_in_doubt(text, values):
    found = doubtful_values(text)
    assert found == (None if values is None else frozenset(values))


def _photo() -> bytes:
    """An animal with fur, in no way a report."""
    from random import Random

    from PIL import Image, ImageDraw

    chance = Random(3)
    page = Image.new("RGB", (900, 700), (120, 150, 110))
    pen = ImageDraw.Draw(page)
    pen.ellipse((200, 250, 700, 650), fill=(150, 100, 60))
    pen.polygon([(300, 280), (330, 120), (420, 240)], fill=(150, 100, 60))
    pen.polygon([(480, 240), (570, 120), (600, 280)], fill=(150, 100, 60))
    for _ in range(4000):
        x, y = chance.uniform(200, 700), chance.uniform(250, 650)
        pen.line((x, y, x + chance.uniform(-9, 9), y + 12), fill=(90, 60, 30), width=1)
    return stored(page, "JPEG")


@with_ocr
@pytest.mark.parametrize("make", [_photo, lambda: PIXEL], ids=["photo", "pixel"])
def test_what_is_no_text_is_told(make):
    with pytest.raises(ReportError, match="is a picture without legible words") as caught:
        read(make())
    assert caught.value.stage == "decode"


@with_ocr
@with_font
def test_a_scan_that_is_no_report_is_told():
    page = draw([], ["关于召开年度会议的通知", "请各单位按时参加,不得无故缺席"])
    with pytest.raises(ReportError, match="is no report") as caught:
        extract(read(stored(page)))
    assert caught.value.stage == "extract"


@with_ocr
def test_broken_pictures_are_told():
    with pytest.raises(ReportError, match="is a broken picture"):
        read(PIXEL[:40])


@with_ocr
@with_font
def test_nothing_is_fetched(monkeypatch):
    import socket

    def refuse(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert texts(read(stored(draw(TABLE)))) == TABLE


def test_without_the_extra_its_name_is_told(monkeypatch):
    monkeypatch.setattr(scan, "is_available", lambda: False)
    with pytest.raises(ReportError, match=r'is a scan: pip install "govstats\[ocr\]"') as caught:
        read(PIXEL)
    assert caught.value.stage == "decode"


def test_text_is_read_without_the_libraries_of_the_extra():
    code = (
        "import sys; from govstats.readers import read; from govstats.extract import tokens; "
        "read('一、总体情况'.encode()); read(b'<p>x</p>'); import govstats.readers.pdf; "
        f"print([name for name in {NEEDED!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
