"""A recording whose index (`moov`) lies behind its pictures, as if the index lay in front of them: so it plays while it comes.

Boxes: ISO/IEC 14496-12 sections 4.2 (a box), 8.2.1 (`moov`) and 8.7.5 (`stco` and `co64`: where the chunks of a track lie).
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

LARGEST_INDEX = 32 << 20
MOST_BOXES = 64
MOST_BOXES_OF_AN_INDEX = 20_000
BEFORE_AN_INDEX = {b"ftyp", b"free", b"skip", b"wide", b"mdat", b"pdin", b"pnot", b"udta", b"uuid"}
NOT_MOVED = (b"mvex", b"cmov", b"iloc", b"saio")  # fragments, a packed index, and other tables of places
TABLES = {b"stco": "I", b"co64": "Q"}
TO_THE_TABLES = (b"trak", b"mdia", b"minf", b"stbl")
Read = Callable[[int, int], Awaitable[bytes]]
"""Bytes of a file: from an offset on, so many; fewer at its end."""


class _NotUnderstood(ValueError):
    pass


@dataclass(frozen=True, slots=True)
class Place:
    """Some bytes of what is sent: where they lie, in the moved index or in the file."""

    in_index: bool
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The index lies from `start` to `end` in a file of `size` bytes, and is to be sent before what lies at `front`."""

    front: int
    start: int
    end: int
    size: int

    def places(self, start: int, length: int) -> Iterator[Place]:
        """Where the bytes of a range of what is sent lie, in their order."""
        sections = (
            Place(False, 0, self.front),
            Place(True, 0, self.end - self.start),
            Place(False, self.front, self.start - self.front),
            Place(False, self.end, self.size - self.end),
        )
        begin = 0
        for section in sections:
            first, last = max(start, begin), min(start + length, begin + section.length)
            if first < last:
                yield Place(section.in_index, section.offset + first - begin, last - first)
            begin += section.length


async def layout_of(size: int, read: Read) -> Layout | None:
    """How a file of `size` bytes is laid out; None for one whose index is in front already, or that is not understood."""
    front, at = None, 0
    for _ in range(MOST_BOXES):
        if at >= size:
            return None
        kind, _, end = _box(await read(at, 16), at, size)
        if kind == b"moov":
            is_behind = front is not None and end - at <= LARGEST_INDEX
            return Layout(front or 0, at, end, size) if is_behind else None
        if kind not in BEFORE_AN_INDEX:
            return None
        if kind == b"mdat" and front is None:
            front = at
        at = end
    return None


def moved(index: bytes, layout: Layout) -> bytes | None:
    """The index of the same length that says where everything lies once it is in front; None for one that is not understood.
    Takes a second for the largest."""
    if any(name in index for name in NOT_MOVED):
        return None
    shown = bytearray(index)
    try:
        tables = list(_tables(index))
        for kind, body, end in tables:
            shown[body + 8 : end] = _shifted(index[body:end], TABLES[kind], layout)
    except (_NotUnderstood, OverflowError):
        return None
    return bytes(shown) if tables else None


def _tables(index: bytes) -> Iterator[tuple[bytes, int, int]]:
    kind, body, end = _box(index[:16], 0, len(index))
    if kind != b"moov" or end != len(index):
        raise _NotUnderstood
    found = [(body, end)]
    for name in TO_THE_TABLES:
        found = [(at, stop) for start, end in found for kind, at, stop in _boxes(index, start, end) if kind == name]
    for start, end in found:
        yield from (box for box in _boxes(index, start, end) if box[0] in TABLES)


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, beginning of the body, and end of each box from `start` to `end`."""
    for _ in range(MOST_BOXES_OF_AN_INDEX):
        if end - start < 8:  # QuickTime ends some lists with four zero bytes
            return
        kind, body, stop = _box(data[start : start + 16], start, end)
        if not kind:
            raise _NotUnderstood
        yield kind, body, stop
        start = stop
    raise _NotUnderstood


def _box(head: bytes, at: int, end: int) -> tuple[bytes, int, int]:
    """Kind, beginning of the body, and end of the box at `at`. One that has no size, or reaches behind `end`, is of no kind."""
    size, body = int.from_bytes(head[:4]), 8
    if size == 1:
        size, body = int.from_bytes(head[8:16]), 16
    if len(head) < body or size < body or at + size > end:
        return b"", at, end
    return head[4:8], at + body, at + size


def _shifted(table: bytes, code: str, layout: Layout) -> bytes:
    offsets = array(code)
    count, size = int.from_bytes(table[4:8]), len(table) - 8
    if size < 0 or count * offsets.itemsize != size:
        raise _NotUnderstood
    offsets.frombytes(table[8:])
    _swap(offsets)
    if max(offsets, default=0) >= layout.size:
        raise _NotUnderstood
    by = layout.end - layout.start
    there = array(code, [place + by if layout.front <= place < layout.start else place for place in offsets])
    _swap(there)
    return there.tobytes()


def _swap(numbers: array[int]) -> None:
    """Between the order of bytes in files and that of this machine."""
    if sys.byteorder == "little":
        numbers.byteswap()
