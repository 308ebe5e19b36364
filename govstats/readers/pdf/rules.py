"""Ruled lines of a PDF page: strokes and thin filled boxes, level or upright, joined end to end."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from govstats.readers.pdf.glyphs import Frame, Piece

# Thicker than this is a filled area, shorter than the other a speck, in points.
THICKEST, SHORTEST = 3.0, 3.0
# Lines of one rule may be this far apart, sideways and end to end.
SIDEWAYS, END_TO_END = 1.5, 3.0
# Beyond these a page holds a drawing, not a form.
MOST_OBJECTS, MOST_SEGMENTS, MOST_RULES = 40_000, 2_000, 1_500
# A move to a corner and four lines from corner to corner.
BOX_SEGMENTS = 5

Box = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]


class Rule(NamedTuple):
    """A line at one coordinate (x of an upright, y of a level one), from `start` to `end`."""

    at: float
    start: float
    end: float


def read_rules(page: Any, frame: Frame) -> tuple[list[Rule], list[Rule]]:
    """Level and upright rules of a pypdfium2 page; none where the page is a drawing."""
    level: list[Rule] = []
    upright: list[Rule] = []
    for x0, y0, x1, y1 in _boxes(page):
        ax, ay = frame.shown(x0, y0)
        bx, by = frame.shown(x1, y1)
        width, height = abs(bx - ax), abs(by - ay)
        if height <= THICKEST and width > SHORTEST and width > height:
            level.append(Rule((ay + by) / 2, min(ax, bx), max(ax, bx)))
        elif width <= THICKEST and height > SHORTEST:
            upright.append(Rule((ax + bx) / 2, min(ay, by), max(ay, by)))
    level, upright = join_rules(level), join_rules(upright)
    return (level, upright) if len(level) + len(upright) <= MOST_RULES else ([], [])


def parted(above: Piece, below: Piece, level: Iterable[Rule]) -> bool:
    """True when a level rule runs between two pieces that stand one under the other."""
    x = (max(above.x0, below.x0) + min(above.x1, below.x1)) / 2
    return any(
        above.middle[1] < rule.at < below.middle[1] and rule.start < x < rule.end for rule in level
    )


def join_rules(rules: Iterable[Rule]) -> list[Rule]:
    """Rules at nearly the same place that touch or nearly touch, as one."""
    joined: list[Rule] = []
    for band in _bands(sorted(rules)):
        at = sum(rule.at for rule in band) / len(band)
        for rule in sorted(band, key=lambda r: r.start):
            if joined and joined[-1].at == at and rule.start - joined[-1].end <= END_TO_END:
                joined[-1] = Rule(at, joined[-1].start, max(joined[-1].end, rule.end))
            else:
                joined.append(Rule(at, rule.start, rule.end))
    return joined


def _bands(rules: Sequence[Rule]) -> Iterator[list[Rule]]:
    band: list[Rule] = []
    for rule in rules:
        if band and rule.at - band[0].at > SIDEWAYS:
            yield band
            band = []
        band.append(rule)
    if band:
        yield band


def _boxes(page: Any) -> list[Box]:
    import pypdfium2.raw as pdfium

    raw = page.raw
    count = pdfium.FPDFPage_CountObjects(raw)
    objects = (pdfium.FPDFPage_GetObject(raw, i) for i in range(min(count, MOST_OBJECTS)))
    return list(_object_boxes(objects, (1, 0, 0, 1, 0, 0), 0)) if count <= MOST_OBJECTS else []


def _object_boxes(objects: Iterable[Any], matrix: Matrix, depth: int) -> Iterator[Box]:
    import pypdfium2.raw as pdfium

    values = [ctypes.c_float() for _ in range(4)]
    places = [ctypes.byref(value) for value in values]
    for item in objects:
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < 3:
            count = min(pdfium.FPDFFormObj_CountObjects(item), MOST_OBJECTS)
            inner = (pdfium.FPDFFormObj_GetObject(item, i) for i in range(count))
            yield from _object_boxes(inner, _times(_matrix_of(item), matrix), depth + 1)
        if kind != pdfium.FPDF_PAGEOBJ_PATH or not pdfium.FPDFPageObj_GetBounds(item, *places):
            continue
        left, bottom, right, top = (value.value for value in values)
        if min(right - left, top - bottom) <= THICKEST:
            yield _moved((left, bottom, right, top), matrix)
        else:
            yield from _path_boxes(item, _times(_matrix_of(item), matrix))


def _matrix_of(item: Any) -> Matrix:
    import pypdfium2.raw as pdfium

    found = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, ctypes.byref(found))
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(first: Matrix, second: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = second
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def _point(x: float, y: float, m: Matrix) -> tuple[float, float]:
    return x * m[0] + y * m[2] + m[4], x * m[1] + y * m[3] + m[5]


def _moved(box: Box, matrix: Matrix) -> Box:
    return (*_point(box[0], box[1], matrix), *_point(box[2], box[3], matrix))


def _path_boxes(path: Any, matrix: Matrix) -> Iterator[Box]:
    """The straight parts of a stroked path, and the thin boxes of a filled one."""
    import pypdfium2.raw as pdfium

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, ctypes.byref(fill), ctypes.byref(stroke))
    segments = pdfium.FPDFPath_CountSegments(path)
    # A single box that is filled is no thinner than the whole path, and so no rule.
    if segments > MOST_SEGMENTS or (not stroke.value and segments <= BOX_SEGMENTS):
        return
    for points in _subpaths(path, matrix):
        if stroke.value:
            for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
                if abs(x1 - x0) < 1 or abs(y1 - y0) < 1:
                    yield x0, y0, x1, y1
        elif fill.value:
            xs, ys = [x for x, _ in points], [y for _, y in points]
            yield min(xs), min(ys), max(xs), max(ys)


def _subpaths(path: Any, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
    """Corner points of each part of a path; a closed part ends where it began."""
    import pypdfium2.raw as pdfium

    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    for index in range(pdfium.FPDFPath_CountSegments(path)):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield points
            points = []
        pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        points.append(_point(x.value, y.value, matrix))
        if pdfium.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    if len(points) > 1:
        yield points
