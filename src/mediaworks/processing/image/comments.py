"""How much text a PNG carries: its comments may be packed a thousand times, and decoders unpack them all at once."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator

from mediaworks.errors import Unprocessable

TEXT_BYTES = 16 << 20
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = 8


def refuse_too_much_text(descriptor: int) -> None:
    """Raises Unprocessable for a PNG whose comments unpack to more than TEXT_BYTES; other files pass."""
    if os.pread(descriptor, len(_SIGNATURE), 0) != _SIGNATURE:
        return
    left = TEXT_BYTES
    for kind, start, size in _chunks(descriptor):
        if kind in _TEXT:
            left -= _length(kind, os.pread(descriptor, min(size, TEXT_BYTES + 1), start), left + 1)
        if left < 0:
            allowed = f"{TEXT_BYTES >> 20} MiB are allowed"
            raise Unprocessable(f"The picture carries too much text: {allowed}", code="too_much_text", limit=TEXT_BYTES)


def _chunks(descriptor: int) -> Iterator[tuple[bytes, int, int]]:
    """The type, beginning and length of the data of each chunk (PNG, third edition, section 5.3)."""
    at = len(_SIGNATURE)
    while len(header := os.pread(descriptor, _HEADER, at)) == _HEADER:
        size = int.from_bytes(header[:4])
        yield header[4:], at + _HEADER, size
        at += _HEADER + size + 4


def _length(kind: bytes, data: bytes, enough: int) -> int:
    """Of the text of a chunk in bytes once it is unpacked, or `enough` when it is at least that."""
    packed = _TEXT[kind](data)
    if packed is None:
        return len(data)
    try:
        return len(zlib.decompressobj().decompress(packed, enough))
    except zlib.error:
        return len(data)


def _packed_comment(data: bytes) -> bytes | None:
    return data.partition(b"\x00")[2][1:]


def _international(data: bytes) -> bytes | None:
    """What is packed of it, or None when it is not (section 11.3.3.4)."""
    flags = data.partition(b"\x00")[2]
    return flags[2:].split(b"\x00", 2)[-1] if flags[:1] == b"\x01" else None


_TEXT = {b"tEXt": lambda _data: None, b"zTXt": _packed_comment, b"iTXt": _international}
