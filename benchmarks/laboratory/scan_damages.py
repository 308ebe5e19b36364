"""What paper and scanner do to a page: rules and ink lost, stamps, skew, bad light, dirt, JPEG.

Sizes are those on paper, so that a damage looks alike at every resolution. A damage takes all its
chance from the source given.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

from .pdf import FONT

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

POINTS, MILLIMETRES = 72.0, 25.4
# In degrees, millimetres, levels of grey (0 to 255) and shares, as scanned reports have them.
SKEW = (0.4, 2.0)
BLUR, GRAIN, SPECKS, SPECK = (0.04, 0.08), (5.0, 12.0), (60, 200), (0.1, 0.4)
SHADE, FADED = (0.2, 0.45), 45
STAMP_INK, STAMP_SIZE, STAMP_DEPTH = (0.82, 0.08, 0.12), 40.0, (0.55, 0.9)
STAMP_WORDS = ("某某县某某局样章", "某某市某某区公开测试专用章", "某某镇人民政府样章")
EDGE_GONE, EDGE_BROKEN, GAP = 0.1, 0.25, (0.8, 4.0)
QUALITY = (25, 45)


@dataclass
class Leaf:
    """One page on its way: the picture and the cells' boxes in it (left, top, right, bottom)."""

    picture: Image
    dpi: int
    cells: list[tuple[float, float, float, float]]

    def pixels(self, millimetres: float) -> float:
        return millimetres * self.dpi / MILLIMETRES


def encode(picture: Image, dpi: int, kind: str = "PNG", **options: Any) -> bytes:
    """The picture as a file that states its resolution."""
    target = io.BytesIO()
    picture.save(target, kind, dpi=(dpi, dpi), **({"compress_level": 1} | options))
    return target.getvalue()


def decode(page: bytes) -> Image:
    """The picture of a file."""
    from PIL import Image

    return Image.open(io.BytesIO(page))


def _dice(rng: Random) -> np.random.Generator:
    import numpy as np

    return np.random.default_rng(rng.getrandbits(64))


def lose_lines(leaf: Leaf, rng: Random) -> None:
    """Edges of cells gone or broken, and often a rule missing from end to end."""
    from PIL.ImageDraw import Draw

    draw = Draw(leaf.picture)
    width = round(leaf.pixels(0.7))
    edges = {
        edge
        for x0, y0, x1, y1 in (map(round, cell) for cell in leaf.cells)
        for edge in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1))
    }
    rules = {sorted(edges)[rng.randrange(len(edges))] for _ in range(2)} if edges else set()
    for x0, y0, x1, y1 in sorted(edges):
        whole = any(
            x0 == x1 == rule[0] == rule[2] or y0 == y1 == rule[1] == rule[3] for rule in rules
        )
        fate = 0.0 if whole else rng.random()
        if fate >= EDGE_GONE + EDGE_BROKEN:
            continue
        start, length = rng.random(), leaf.pixels(rng.uniform(*GAP)) / max(x1 - x0, y1 - y0, 1)
        first, last = (0.0, 1.0) if fate < EDGE_GONE else (start, min(start + length, 1.0))
        ends = [(x0 + (x1 - x0) * at, y0 + (y1 - y0) * at) for at in (first, last)]
        draw.line(ends, fill=255, width=width)


def set_stamp(leaf: Leaf, rng: Random) -> None:
    """A round red stamp over cells; ink lets print show through and does not cover evenly."""
    import numpy as np
    from PIL import Image, ImageChops

    stamp = _stamp(rng.choice(STAMP_WORDS), leaf.dpi).rotate(
        rng.uniform(-20, 20), Image.Resampling.BICUBIC, fillcolor=(255, 255, 255)
    )
    patches = _dice(rng).uniform(0.35, 1.0, (12, 12)) * 255
    cover = Image.fromarray(patches.astype(np.uint8)).resize(stamp.size, Image.Resampling.BICUBIC)
    depth = rng.uniform(*STAMP_DEPTH)
    stamp = Image.composite(
        stamp, Image.new("RGB", stamp.size, "white"), cover.point(lambda level: int(level * depth))
    )
    wide, high = leaf.picture.size
    box = rng.choice(leaf.cells) if leaf.cells else (wide * 0.5, high * 0.5, wide, high)
    sheet = Image.new("RGB", leaf.picture.size, "white")
    centre = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    corner = [round(at - side / 2) for at, side in zip(centre, stamp.size, strict=True)]
    sheet.paste(stamp, (corner[0], corner[1]))
    leaf.picture = ImageChops.multiply(leaf.picture.convert("RGB"), sheet)


@cache
def _stamp(words: str, dpi: int) -> Image:
    """A ring with a star in it and words along the ring, in the font of the reports."""

    def draw(canvas: Any, side: float) -> None:
        canvas.setFillColorRGB(*STAMP_INK)
        canvas.setStrokeColorRGB(*STAMP_INK)
        canvas.setLineWidth(3)
        canvas.translate(side / 2, side / 2)
        canvas.circle(0, 0, side / 2 - 4)
        star = canvas.beginPath()
        for point in range(10):
            far, angle = side * (0.06 if point % 2 else 0.16), math.radians(90 + 36 * point)
            (star.lineTo if point else star.moveTo)(far * math.cos(angle), far * math.sin(angle))
        star.close()
        canvas.drawPath(star, stroke=0, fill=1)
        step = 250 / (len(words) - 1)
        canvas.rotate(125 + step)
        for sign in words:
            canvas.rotate(-step)
            canvas.drawCentredString(0, side / 2 - 20, sign)

    return _drawn(draw, STAMP_SIZE / MILLIMETRES * POINTS, dpi)


def _drawn(draw: Callable[[Any, float], None], side: float, dpi: int) -> Image:
    """A square of this side (points) drawn as PDF, so that it has the font of the reports."""
    import pypdfium2
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(side, side), invariant=True)
    canvas.setFont(FONT, 12)
    draw(canvas, side)
    canvas.save()
    with pypdfium2.PdfDocument(target.getvalue()) as document:
        return document[0].render(scale=dpi / POINTS).to_pil().convert("RGB")


@cache
def has_font() -> bool:
    """True if pages show Chinese: the font is not in the PDF but one of the machine's."""

    def shown(sign: str) -> bytes:
        return _drawn(lambda canvas, side: canvas.drawString(4, 6, sign), 20, 72).tobytes()

    return shown("国") != shown("因")


def skew(leaf: Leaf, rng: Random) -> None:
    """The sheet lies askew on the glass."""
    from PIL import Image

    angle = rng.choice((-1, 1)) * rng.uniform(*SKEW)
    white = 255 if leaf.picture.mode == "L" else (255, 255, 255)
    leaf.picture = leaf.picture.rotate(angle, Image.Resampling.BICUBIC, fillcolor=white)


def shade(leaf: Leaf, rng: Random) -> None:
    """Light falls off to one side and at one edge, and the print is faded."""
    import numpy as np
    from PIL import Image

    wide, high = leaf.picture.size
    x, y = np.linspace(0, 1, wide)[None, :], np.linspace(0, 1, high)[:, None]
    angle, depth = rng.uniform(0, 2 * math.pi), rng.uniform(*SHADE)
    slope = (math.cos(angle) * (x - 0.5) + math.sin(angle) * (y - 0.5)) / math.sqrt(2) + 0.5
    edge = np.exp(-(x if rng.random() < 0.5 else 1 - x) / 0.04)
    light = ((1 - depth * slope) * (1 - 0.5 * edge)).astype(np.float32)
    levels = np.asarray(leaf.picture, dtype=np.float32)
    lit = (FADED + levels * (255 - FADED) / 255) * (light if levels.ndim == 2 else light[..., None])
    leaf.picture = Image.fromarray(lit.round().astype(np.uint8))


def soil(leaf: Leaf, rng: Random) -> None:
    """Blur of the optics, specks of dirt and gaps in the ink, grain of the sensor."""
    import numpy as np
    from PIL import Image, ImageFilter
    from PIL.ImageDraw import Draw

    draw = Draw(leaf.picture)
    for _ in range(rng.randint(*SPECKS)):
        x, y = (rng.uniform(0, side) for side in leaf.picture.size)
        reach = leaf.pixels(rng.uniform(*SPECK)) / 2
        level = rng.choice((rng.randint(20, 150), 255))
        ink = level if leaf.picture.mode == "L" else (level,) * 3
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=ink)
    blurred = leaf.picture.filter(ImageFilter.GaussianBlur(leaf.pixels(rng.uniform(*BLUR))))
    levels = np.asarray(blurred, dtype=np.float32)
    grain = _dice(rng).standard_normal(levels.shape, dtype=np.float32) * rng.uniform(*GRAIN)
    leaf.picture = Image.fromarray((levels + grain).round().clip(0, 255).astype(np.uint8))


def compress(leaf: Leaf, rng: Random) -> None:
    """Saved as JPEG of low quality, with its blocks and halos."""
    page = encode(leaf.picture, leaf.dpi, "JPEG", quality=rng.randint(*QUALITY))
    leaf.picture = decode(page).convert(leaf.picture.mode)


DAMAGES: dict[str, Callable[[Leaf, Random], None]] = {
    "lines_missing": lose_lines,
    "stamp": set_stamp,
    "skew": skew,
    "light": shade,
    "noise": soil,
    "jpeg": compress,
}
