"""The two models that come in rapidocr's wheel, run on one core; nothing is ever fetched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import onnxruntime
import rapidocr

from govstats.document import ReportError

# Height and least width of the strip that the model reads; a wider one is cut into parts.
HEIGHT, NARROWEST, WIDEST = 48, 32, 1600
_MODEL = "*_rec_*.onnx"


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
    session, name, signs = _model()
    height, width = strip.shape
    wide = min(WIDEST, max(NARROWEST, round(width * HEIGHT / height)))
    shrinks = height > HEIGHT
    scaled = cv2.resize(
        strip, (wide, HEIGHT), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    )
    values = scaled.astype(np.float32) / 127.5 - 1
    batch = np.broadcast_to(values, (1, 3, HEIGHT, wide))
    scores = session.run(None, {name: np.ascontiguousarray(batch)})[0][0]
    return _decode(scores, signs)


def _decode(scores: np.ndarray, signs: Sequence[str]) -> Reading:
    """Of each step the likeliest sign; one that goes on is one sign, a gap parts two."""
    best, text, sure = scores.argmax(axis=1), [], []
    last = 0
    for step, sign in enumerate(best):
        if sign and sign != last:
            text.append(signs[sign])
            sure.append(float(scores[step, sign]))
        elif sign:
            sure[-1] = max(sure[-1], float(scores[step, sign]))
        last = sign
    return Reading("".join(text), tuple(sure))


@lru_cache(maxsize=1)
def _model() -> tuple[Any, str, tuple[str, ...]]:
    """Session, name of its input, and the signs it knows; sign 0 is a gap."""
    cv2.setNumThreads(1)
    folder = Path(rapidocr.__file__).parent / "models"
    found = sorted(folder.glob(_MODEL))
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
    signs = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    return session, session.get_inputs()[0].name, ("", *signs, " ")
