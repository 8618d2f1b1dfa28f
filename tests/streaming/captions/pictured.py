"""Subtitles that are pictures: a stream of Presentation Graphics (.sup, as of Blu-ray discs), a bar of eight pixels by two.

Segments: US 2009/0185789 A1; each behind a head of "PG" and two times of 90,000 a second.
"""

from __future__ import annotations

from struct import pack

PALETTE, OBJECT, COMPOSITION, WINDOW, END = 0x14, 0x15, 0x16, 0x17, 0x80
WHITE = bytes([0, 0, 1, 235, 128, 128, 255])
BAR = bytes([0, 0x88, 1, 0, 0]) * 2  # two lines of eight pixels of colour 1


def subtitles(start: float, end: float, *, width: int = 160, height: int = 90) -> bytes:
    """Shown from `start` to before `end`, in seconds."""
    placed = pack(">HBBHH", 0, 0, 0, 10, 10)
    window = pack(">BBHHHH", 1, 0, 10, 10, 8, 2)
    pixels = pack(">HBB", 0, 0, 0xC0) + (len(BAR) + 4).to_bytes(3) + pack(">HH", 8, 2) + BAR
    head = pack(">HHB", width, height, 0x10)
    begun = [(COMPOSITION, head + pack(">HBBBB", 0, 0x80, 0, 0, 1) + placed), (WINDOW, window)]
    drawn = [(PALETTE, WHITE), (OBJECT, pixels), (END, b"")]
    ended = [(COMPOSITION, head + pack(">HBBBB", 1, 0x80, 0, 0, 0)), (WINDOW, window), (END, b"")]
    return _segments(start, [*begun, *drawn]) + _segments(end, ended)


def _segments(seconds: float, told: list[tuple[int, bytes]]) -> bytes:
    return b"".join(b"PG" + pack(">IIBH", round(seconds * 90_000), 0, kind, len(body)) + body for kind, body in told)
