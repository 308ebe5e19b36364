"""Scans of the ruled PDF: pages rendered as pictures, and what paper and scanner do to them.

Every damage draws from a source of chance of its own, so that a page is skewed alike at every
resolution and whatever else is done to it. A page without damage is a plain rendering.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from unittest import mock

from govstats.forms import TABLES, candidates

from .cases import Case, Plan
from .damages import NONE
from .figures import make_figures
from .pdf import Setting, write_pdf
from .reports import Report, compose
from .scan_damages import DAMAGES, POINTS, Leaf, decode, encode, has_font
from .sheets import draw_style, make_sheets

DPIS = (150, 200, 300)
POOR, MIXED = "poor", "mixed"
_FILE_NUMBER = re.compile(rb"/ID\s*\[<[0-9A-F]{32}><[0-9A-F]{32}>\]")
_WRITTEN = re.compile(rb"(?<=/CreationDate\(D:)\d{14}")
FILLERS = (
    "本机关坚持以公开为常态,持续做好栏目维护、内容更新和解读回应,方便公众查询和监督。",
    "各科室按照职责分工落实公开要求,逐项核对目录,及时补充缺漏,并做好保密审查和留痕管理。",
    "通过公告栏、便民窗口、微信公众号等渠道扩大公开范围,听取群众意见,改进办理流程。",
)


@dataclass(frozen=True)
class Scan:
    """How a report is scanned: resolution in dots per inch, what damages it, and as what file.

    `kind` is pdf (pictures only), mixed (the first page has text), png or jpeg (all pages below one
    another in one picture).
    """

    dpi: int
    damages: tuple[str, ...] = ()
    kind: str = "pdf"


def scan(pdf: bytes, dpi: int, damages: Sequence[str], seed: int) -> list[bytes]:
    """The pages of a PDF as PNG pictures, damaged; the same seed gives the same bytes.

    Empty pages are left out, as nobody lays them on the glass.
    Grey, or coloured where a stamp is. `damages` are names of DAMAGES, or POOR for all of them, and
    are done in the order of DAMAGES. Raises KeyError for an unknown damage, RuntimeError where the
    machine has no Chinese font, without which pages come out empty.
    """
    if not has_font():
        raise RuntimeError("no Chinese font to render pages with: install one, e.g. Noto Serif CJK")
    chosen = set(DAMAGES) if POOR in damages else {*damages}
    if unknown := chosen - set(DAMAGES):
        raise KeyError(f"no such damage: {sorted(unknown)}; known: {[*DAMAGES, POOR]}")
    pages = []
    for number, leaf in enumerate(_render(pdf, dpi)):
        for name in (name for name in DAMAGES if name in chosen):
            DAMAGES[name](leaf, Random(f"{seed}/{name}/{number}"))
        pages.append(encode(leaf.picture, dpi))
    return pages


def _render(pdf: bytes, dpi: int) -> list[Leaf]:
    """Pages as the printer and a faultless scanner give them."""
    import pypdfium2
    from pypdfium2.raw import FPDF_PAGEOBJ_PATH

    leaves = []
    scale = dpi / POINTS
    with pypdfium2.PdfDocument(pdf) as document:
        for page in filter(_printed, document):
            high = page.get_height()
            boxes = [item.get_bounds() for item in page.get_objects(filter=[FPDF_PAGEOBJ_PATH])]
            cells = [
                (left * scale, (high - top) * scale, right * scale, (high - bottom) * scale)
                for left, bottom, right, top in boxes
            ]
            picture = page.render(scale=scale, grayscale=True).to_pil().convert("L")
            leaves.append(Leaf(picture, dpi, cells))
    return leaves


def _printed(page: Any) -> bool:
    return any(True for _ in page.get_objects())


def count_pages(pdf: bytes) -> int:
    """How many pages of a PDF print something."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return sum(map(_printed, document))


def as_pdf(pages: Sequence[bytes]) -> bytes:
    """A PDF of these pictures (PNG or JPEG) and nothing else, each of its size on paper."""
    from reportlab import rl_config
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    target = io.BytesIO()
    # Pictures as letters and digits take longest; the setting is that of the whole library.
    with mock.patch.object(rl_config, "useA85", 0):
        canvas = Canvas(target, invariant=True)
        for page in pages:
            picture = decode(page)
            size = [pixels * POINTS / picture.info["dpi"][0] for pixels in picture.size]
            canvas.setPageSize(size)
            canvas.drawImage(ImageReader(io.BytesIO(page)), 0, 0, *size)
            canvas.showPage()
        canvas.save()
    return target.getvalue()


def as_mixed_pdf(pdf: bytes, pages: Sequence[bytes]) -> bytes:
    """The first page of a PDF with its text, the others as pictures."""
    import pypdfium2

    target = io.BytesIO()
    with (
        pypdfium2.PdfDocument(pdf) as text,
        pypdfium2.PdfDocument(as_pdf(pages)) as pictures,
        pypdfium2.PdfDocument.new() as whole,
    ):
        whole.import_pages(text, [0])
        whole.import_pages(pictures, list(range(1, len(pages))))
        whole.save(target)
    # The library numbers every file that it writes by chance, and notes the time.
    return _WRITTEN.sub(b"20000101000000", _FILE_NUMBER.sub(b"", target.getvalue()))


def as_picture(pages: Sequence[bytes], kind: str) -> bytes:
    """The pages below one another in one picture, `kind` png or jpeg, as telephones save them."""
    from PIL import Image

    leaves = [decode(page) for page in pages]
    wide = max(leaf.width for leaf in leaves)
    whole = Image.new(leaves[0].mode, (wide, sum(leaf.height for leaf in leaves)), "white")
    top = 0
    for leaf in leaves:
        whole.paste(leaf, (0, top))
        top += leaf.height
    dpi = round(float(leaves[0].info["dpi"][0]))
    return encode(whole, dpi, kind.upper(), **({"quality": 85} if kind == "jpeg" else {}))


def write_scan(pdf: bytes, how: Scan, seed: int) -> bytes:
    """The file of a scanned PDF."""
    pages = scan(pdf, how.dpi, how.damages, seed)
    if how.kind == MIXED:
        return as_mixed_pdf(pdf, pages)
    return as_pdf(pages) if how.kind == "pdf" else as_picture(pages, how.kind)


def make_ruled(number: int, seed: int) -> Case:
    """A report of all tables as ruled A4 PDF with text, to be scanned."""
    rng = Random(f"{seed}/{number}")
    forms = {name: rng.choice(candidates(name)).form for name in TABLES}
    truth = make_figures(rng, forms)
    sheets = make_sheets(truth, forms, draw_style(rng))
    printed = {address: v for sheet in sheets.values() for address, v in sheet.printed().items()}
    title, heading, *rest = compose({n: [s] for n, s in sheets.items()}, 2023, rng).blocks
    report = Report((title, heading, *rng.sample(FILLERS, rng.randint(1, 3)), *rest))
    setting = Setting(
        size=rng.choice((9.0, 10.0)), upright=rng.random() < 0.5, repeat_head=rng.random() < 0.3
    )
    data = write_pdf(report, rng, setting)
    plan = Plan(number, "scan_ruled", NONE, NONE)
    return Case(plan, forms, dict.fromkeys(forms, NONE), data, truth, printed, {})


SCANS: dict[str, Scan] = {
    **{f"scan_ruled_{dpi}": Scan(dpi) for dpi in DPIS},
    **{f"scan_ruled_{dpi}_{name}": Scan(dpi, (name,)) for name in (*DAMAGES, POOR) for dpi in DPIS},
    **{f"scan_{kind}_200": Scan(200, (), kind) for kind in (MIXED, "png", "jpeg")},
}
