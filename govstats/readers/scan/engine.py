"""The model that comes in rapidocr's wheel, run on one core; nothing is ever fetched.

Of rapidocr only the model is used: its own pipeline asks the network for models that it misses.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import onnxruntime

from govstats.document import ReportError

# Height and least width of the strip that the model reads; a wider one is cut into parts.
HEIGHT, NARROWEST, WIDEST = 48, 32, 1600
_MODEL = "*_rec_*.onnx"
# Letters printed like a nought are read as one; the others, used in years, stay what they are.
_NOUGHTS, _ROUND = "0OoＯΟοОо", "〇○"


# The nought and the letters like it, and the round signs.
Noughts = tuple[list[int], list[int]]


class Reading(NamedTuple):
    """What the model reads in a strip: characters, and of each how sure it is (0 to 1)."""

    text: str
    sure: tuple[float, ...]

    @property
    def least(self) -> float:
        """How sure the least sure character is; 0 where nothing was read."""
        return min(self.sure, default=0.0)

    @property
    def mean(self) -> float:
        """How sure the characters are on average; 0 where nothing was read."""
        return sum(self.sure) / len(self.sure) if self.sure else 0.0


def recognise(strip: np.ndarray) -> Reading:
    """Read one line of text from a strip of grey values, dark on light."""
    session, name, signs, noughts = _model()
    height, width = strip.shape
    wide = min(WIDEST, max(NARROWEST, round(width * HEIGHT / height)))
    shrinks = height > HEIGHT
    scaled = cv2.resize(
        strip, (wide, HEIGHT), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    )
    values = scaled.astype(np.float32) / 127.5 - 1
    batch = np.broadcast_to(values, (1, 3, HEIGHT, wide))
    scores = session.run(None, {name: np.ascontiguousarray(batch)})[0][0]
    return _decode(scores, signs, noughts)


def _decode(scores: np.ndarray, signs: Sequence[str], noughts: Noughts) -> Reading:
    """Of each step the likeliest sign; one that goes on is one sign, a gap parts two."""
    letters, rounds = noughts
    nought, alike = letters[0], [*letters, *rounds]
    text: list[str] = []
    sure: list[float] = []
    last = 0
    for step, best in enumerate(scores.argmax(axis=1).tolist()):
        sign = nought if best in letters else best
        score = float(scores[step, alike].sum() if sign == nought else scores[step, sign])
        if sign and sign != last:
            text.append(signs[sign])
            sure.append(score)
        elif sign:
            sure[-1] = max(sure[-1], score)
        last = sign
    return Reading("".join(text), tuple(sure))


@lru_cache(maxsize=1)
def _model() -> tuple[Any, str, tuple[str, ...], Noughts]:
    """Session, name of its input, the signs it knows (0 is a gap), and those like a nought."""
    cv2.setNumThreads(1)
    package = find_spec("rapidocr")
    places = package.submodule_search_locations if package is not None else None
    found = sorted(path for place in places or () for path in Path(place, "models").glob(_MODEL))
    if not found:
        raise ReportError(
            "decode",
            f"is a scan, and rapidocr came without its model ({_MODEL}): install it anew with "
            'pip install --force-reinstall "govstats[ocr]"',
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        str(found[0]), options, providers=["CPUExecutionProvider"]
    )
    known = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    signs = ("", *known, " ")
    letters, rounds = (
        [signs.index(sign) for sign in like if sign in signs] for like in (_NOUGHTS, _ROUND)
    )
    return session, session.get_inputs()[0].name, signs, (letters, rounds)
