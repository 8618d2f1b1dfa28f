"""Files that stand in their address: `data:image/png;base64,iVBORw0…` (RFC 2397)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import unquote, unquote_to_bytes

from mediaworks.errors import Invalid, TooLarge
from mediaworks.kit.quantities import readable_size
from mediaworks.media.labels import clean_name

_SPACE = re.compile(rb"[\t\n\f\r ]+")
_ESCAPED_BASE64 = 12  # characters for three bytes: the longest way of writing them


@dataclass(frozen=True, slots=True)
class DataFile:
    """`name` is the `name` parameter that some writers add, else ""."""

    name: str
    mime_type: str
    content: bytes


def is_data_url(url: str) -> bool:
    return url[:5].lower() == "data:"


def read_data_url(url: str, limit: int) -> DataFile:
    """The file in `url`. Raises TooLarge over `limit` bytes, before decoding where that can be told, or Invalid."""
    head, comma, text = url[5:].partition(",")
    if not is_data_url(url) or not comma:
        raise Invalid("url: a data: address is `data:[type][;base64],…`", code="invalid_data_url", field="url")
    _require(len(text) <= _ESCAPED_BASE64 * (limit // 3 + 1), limit)
    mime_type, *parameters = [part.strip() for part in head.split(";")]
    is_base64 = bool(parameters) and parameters[-1].lower() == "base64"
    content = _base64(text, limit) if is_base64 else _percent(text, limit)
    names = [part.partition("=")[2] for part in parameters if part.lower().startswith("name=")]
    return DataFile(clean_name(unquote(names[0]) if names else "", ""), mime_type.lower() or "text/plain", content)


def _percent(text: str, limit: int) -> bytes:
    _require(len(text) - 2 * text.count("%") <= limit, limit)
    content = unquote_to_bytes(text)
    _require(len(content) <= limit, limit)
    return content


def _base64(text: str, limit: int) -> bytes:
    digits = _SPACE.sub(b"", unquote_to_bytes(text)).rstrip(b"=")
    _require(len(digits) * 3 // 4 <= limit, limit)
    try:
        return base64.b64decode(digits + b"=" * (-len(digits) % 4), validate=True)
    except binascii.Error as error:
        raise Invalid(f"url: the base64 data is broken: {error}", code="invalid_data_url", field="url") from error


def _require(fits: bool, limit: int) -> None:
    if not fits:
        raise TooLarge(f"url: the file in it has more than the {readable_size(limit)} that are allowed", limit=limit)
