"""How a recording is to be turned, read from the boxes of an ISO base media file without decoding anything.

Box layout: ISO/IEC 14496-12 sections 4.2 (box), 8.3.2 (`tkhd`) and 8.4.3 (`hdlr`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator

BOXES = 2000
_MATRIX_AT = {0: 40, 1: 52}  # by version of `tkhd`


def stored_quarter_turned(descriptor: int) -> bool:
    """Whether the display matrix of the first video track swaps width and height; False where nothing can be told."""
    end = os.fstat(descriptor).st_size
    for kind, start, stop in boxes(descriptor, 0, end):
        if kind == b"moov":
            return any(_swaps(descriptor, track) for track in _video_tracks(descriptor, start, stop)[:1])
    return False


def _video_tracks(descriptor: int, start: int, end: int) -> list[tuple[int, int]]:
    tracks = [(body, stop) for kind, body, stop in boxes(descriptor, start, end) if kind == b"trak"]
    return [track for track in tracks if _handler(descriptor, track) == b"vide"]


def _handler(descriptor: int, track: tuple[int, int]) -> bytes:
    for kind, body, stop in boxes(descriptor, *track):
        if kind == b"mdia":
            for inner, at, _ in boxes(descriptor, body, stop):
                if inner == b"hdlr":
                    return os.pread(descriptor, 4, at + 8)
    return b""


def _swaps(descriptor: int, track: tuple[int, int]) -> bool:
    for kind, body, _ in boxes(descriptor, *track):
        if kind == b"tkhd":
            header = os.pread(descriptor, 88, body)
            at = _MATRIX_AT.get(header[0] if header else 0, 40)
            across, down = (int.from_bytes(header[i : i + 4], signed=True) for i in (at, at + 4))
            return abs(down) > abs(across)
    return False


def boxes(descriptor: int, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, beginning of the body, and end of each box from `start` to `end`; stops where they make no sense."""
    for _ in range(BOXES):
        header = os.pread(descriptor, 16, start)
        if start + 8 > end or len(header) < 8:
            return
        size, kind, body = int.from_bytes(header[:4]), header[4:8], start + 8
        if size == 1:
            size, body = int.from_bytes(header[8:16]), start + 16
        stop = end if size == 0 else start + size
        if stop < body or stop > end:
            return
        yield kind, body, stop
        start = stop
