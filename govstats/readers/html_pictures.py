"""The pictures of a web page that may be tables: where their bytes are."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Sequence
from functools import partial
from urllib.parse import unquote_to_bytes

from lxml.etree import _Element

from govstats.readers.blocks import tidy
from govstats.readers.pictures import LOWEST, NARROWEST, Beside, Picture

# Where the address of a picture stands: the first two where a script is to put it in its place.
_ADDRESSES = ("data-original", "data-src", "src")
_PIXELS = re.compile(r"(\d{1,5})(?:\.\d*)?(?:px)?$")


def addresses_of(image: _Element) -> list[str]:
    """The addresses that a picture may have; none for one that the page shows small."""
    names = [image.get(name, "").strip() for name in _ADDRESSES]
    return [] if _is_small(image) else list(filter(None, names))


def pictures_of(found: Iterable[tuple[int, Sequence[str]]], beside: Beside | None) -> list[Picture]:
    """Pictures from the number of blocks before each and the addresses that it may have."""
    return [Picture(at, _shown(names[0]), partial(_first_at, names, beside)) for at, names in found]


def _is_small(image: _Element) -> bool:
    """A picture that the page shows smaller than a table: an emblem, an icon."""
    sizes = (("width", NARROWEST), ("height", LOWEST))
    given = ((_PIXELS.match(image.get(side, "").strip()), least) for side, least in sizes)
    return any(pixels and int(pixels[1]) < least for pixels, least in given)


def _first_at(names: Sequence[str], beside: Beside | None) -> bytes | None:
    """The first of the files that a picture may stand for; pages put off the loading of some."""
    return next(filter(None, (_picture_at(name, beside) for name in names)), None)


def _picture_at(address: str, beside: Beside | None) -> bytes | None:
    """The bytes of a picture that a page names: within the page (data:) or beside it."""
    if not address.lower().startswith("data:"):
        return beside(address) if beside else None
    head, _, body = address.partition(",")
    data = unquote_to_bytes(body)
    if not head.lower().endswith(";base64"):
        return data
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        return b""


def _shown(address: str) -> str:
    """How a picture's address is named in a remark."""
    return "embedded" if address.lower().startswith("data:") else tidy(address) or "nameless"
