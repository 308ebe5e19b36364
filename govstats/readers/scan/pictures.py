"""Picture files -> pages of grey values, through Pillow."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np

from govstats.document import ReportError

# A sheet of A3 at 400 dpi has 31 million pixels.
MOST_PIXELS = 60_000_000
POINTS = 72.0
# The resolution that a file states is believed within these bounds, in dots an inch.
COARSEST, FINEST = 90.0, 620.0
# The width of a page of unknown resolution, in points: A4 upright and on its side.
A4 = 595.0, 842.0
# Pages of a PDF are read at the resolution of their picture within these bounds, else at the first.
COMMON, LEAST, MOST = 200.0, 150.0, 300.0
BROKEN = "is a broken picture: download or scan it again"


def read_pages(data: bytes) -> Iterator[tuple[np.ndarray, float]]:
    """Each page of a picture file: grey values, and how many points a pixel is wide.

    Raises ReportError: stage decode for a broken file, stage read for a page that is too large.
    """
    from PIL import Image, ImageSequence

    try:
        with Image.open(io.BytesIO(data)) as picture:
            for frame in ImageSequence.Iterator(picture):
                width, height = frame.size
                if width * height > MOST_PIXELS:
                    raise ReportError(
                        "read",
                        f"has {width} x {height} pixels, more than {MOST_PIXELS // 1_000_000} "
                        "million: save it at 200 to 300 dpi",
                    )
                yield _grey(frame), _points(frame)
    except (OSError, SyntaxError, ValueError) as error:
        raise ReportError("decode", BROKEN) from error


def count_pages(data: bytes) -> int:
    """How many pages a picture file has. Raises ReportError (stage decode) for a broken one."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as picture:
            return int(getattr(picture, "n_frames", 1))
    except (OSError, SyntaxError, ValueError) as error:
        raise ReportError("decode", BROKEN) from error


def rendered(page: Any) -> tuple[np.ndarray, float]:
    """A pypdfium2 page as grey values, at the resolution of its picture, and points a pixel."""
    import pypdfium2.raw as pdfium

    fine = [COMMON]
    for item in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        left, _, right, _ = item.get_bounds()
        if right - left > page.get_width() / 2:
            fine.append(item.get_px_size()[0] * POINTS / (right - left))
    # A page as large as a poster is read more coarsely.
    bearable = POINTS * (MOST_PIXELS / (page.get_width() * page.get_height())) ** 0.5
    dpi = min(max(fine[-1], LEAST), MOST, bearable)
    shown = page.render(scale=dpi / POINTS).to_numpy()
    grey = shown[..., :3].max(axis=2) if shown.ndim == 3 else shown
    return np.ascontiguousarray(grey), POINTS / dpi


def _grey(frame: Any) -> np.ndarray:
    """Grey values on white paper; a coloured stamp is lighter than what is printed black."""
    from PIL import Image, ImageOps

    shown = ImageOps.exif_transpose(frame)
    if shown.mode in ("1", "L"):
        return np.asarray(shown.convert("L"))
    if shown.mode.startswith("I"):
        values = np.asarray(shown, dtype=np.float64)
        return (values * (255 / max(values.max(), 1))).astype(np.uint8)
    layer = shown.convert("RGBA")
    paper = Image.new("RGBA", layer.size, "white")
    return np.asarray(Image.alpha_composite(paper, layer).convert("RGB")).max(axis=2)


def _points(frame: Any) -> float:
    """Points a pixel, by the stated resolution if it is likely, else by the width of A4."""
    stated = float((frame.info.get("dpi") or (0, 0))[0])
    width, height = frame.size
    if COARSEST <= stated <= FINEST and A4[0] / 2 < width * POINTS / stated < 2 * A4[1]:
        return POINTS / stated
    return A4[width > height] / width
