"""Writes small PDF pages by hand: text anywhere and any way round, rules, turned pages; for tests.

The font is one that readers supply themselves, so that a page takes a few hundred bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import cos, radians, sin

from govstats.document import Grid
from govstats.readers.pdf import read_pdf

WIDTH, HEIGHT = 595, 842
_FONT = (
    "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts["
    "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/W[1 95 500]"
    "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>"
    "/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6"
    "/FontBBox[-25 -254 1000 880]"
    "/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>>>]>>"
)


@dataclass
class Sheet:
    """A page under construction; coordinates are points from the upper left corner."""

    turned: int = 0
    picture: bool = False
    operators: list[str] = field(default_factory=list)

    def text(self, x: float, y: float, words: str, size: float = 10, angle: float = 0) -> None:
        """Words with their baseline beginning at a point, turned anticlockwise by an angle."""
        a, b = cos(radians(angle)), sin(radians(angle))
        matrix = f"{a:.5f} {b:.5f} {-b:.5f} {a:.5f} {x:.2f} {HEIGHT - y:.2f}"
        coded = words.encode("utf-16-be").hex()
        self.operators.append(f"BT /F1 {size} Tf {matrix} Tm <{coded}> Tj ET")

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A stroked rule."""
        self.operators.append(f"{x0} {HEIGHT - y0} m {x1} {HEIGHT - y1} l S")

    def bar(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A rule drawn as a thin filled box, as Word does."""
        top, height = HEIGHT - max(y0, y1), max(abs(y1 - y0), 0.5)
        self.operators.append(f"{x0} {top} {max(abs(x1 - x0), 0.5)} {height} re f")

    def grid(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        """Every rule between these boundaries."""
        for y in ys:
            self.line(xs[0], y, xs[-1], y)
        for x in xs:
            self.line(x, ys[0], x, ys[-1])

    def rows(self, xs: Sequence[float], ys: Sequence[float], rows: Sequence[Sequence[str]]) -> None:
        """Texts in the cells between these boundaries, near the left rule."""
        for y, row in zip(ys[1:], rows, strict=False):
            for x, words in zip(xs, row, strict=False):
                if words:
                    self.text(x + 4, y - 6, words)


def write_pdf(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as the bytes of a PDF."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "", _FONT]
    picture = "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray"
    objects.append(
        f"{picture}/BitsPerComponent 8/Filter/ASCIIHexDecode/Length 3>>stream\n80>\nendstream"
    )
    kids = []
    for sheet in sheets:
        content = "\n".join([*sheet.operators, "500 0 0 700 40 40 cm /P Do" * sheet.picture])
        objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream")
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {WIDTH} {HEIGHT}]/Rotate {sheet.turned}"
            f"/Contents {len(objects)} 0 R/Resources<</Font<</F1 3 0 R>>/XObject<</P 4 0 R>>>>>>"
        )
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>"
    return assemble(objects)


def assemble(objects: Sequence[str], trailer: str = "") -> bytes:
    """Objects numbered from 1, the first the catalogue, as a file with its table of places."""
    body, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    return body + (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{len(body)}\n%%EOF\n"
    ).encode("latin-1")


def grids(*sheets: Sheet) -> list[Grid]:
    """The tables that are read from these pages."""
    return [block for block in read_pdf(write_pdf(sheets)).blocks if isinstance(block, Grid)]


def texts(*sheets: Sheet) -> list[list[str]]:
    """The cells of the only table of these pages."""
    (grid,) = grids(*sheets)
    return [[cell.text for cell in row] for row in grid.rows]
