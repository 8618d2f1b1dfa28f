"""The packets of a stream of pictures, in the order of their decoding: when each is shown, how large it is, what it needs."""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice, repeat

import av

from mediaworks.processing.video.bounds import refuse_too_many_packets
from mediaworks.processing.video.turning import boxes

LARGEST_TABLE = 64 << 20
MOST_UNITS = 32  # of a packet before its first slice: parameters, messages
SLICES, ANEW = {1, 2, 5}, 5  # ITU-T H.264 table 7-1; the latter are those of a picture that needs nothing before it
_TO_THE_TABLES = (b"mdia", b"minf", b"stbl")
_TRACK_AT = {0: 12, 1: 20}  # by version of `tkhd`


@dataclass(frozen=True, slots=True)
class Samples:
    """Numbers of packets count from 0: `keys` those of keyframes, and whether one of them `begins_anew`. `lead`: the longest
    time from the decoding of a keyframe until it is shown, where seeking goes by decoding."""

    times: list[int]
    sizes: list[int]
    keys: list[int]
    begins_anew: Callable[[int], bool]
    lead: int = 0


def demuxed(container: av.container.InputContainer, stream: av.VideoStream, prefix: int) -> Samples | None:
    """By reading the whole file; None where a packet has no time. `prefix`: bytes of the length before each unit."""
    found = Samples([], [], [], lambda number: number in anew)
    anew: set[int] = set()
    for packet in container.demux(stream):
        if packet.size == 0:
            continue
        if packet.pts is None:
            return None
        number = len(found.times)
        refuse_too_many_packets(number)
        found.times.append(packet.pts)
        found.sizes.append(packet.size)
        if packet.is_keyframe:
            found.keys.append(number)
            if _begins_anew(partial(_part, memoryview(packet)), packet.size, prefix):
                anew.add(number)
    return found


def tabled(
    descriptor: int, container: av.container.InputContainer, stream: av.VideoStream, prefix: int
) -> Samples | None:
    """By the tables of an MP4, of which nothing but those is read; None where they are not of all packets, or of one way
    of coding alone."""
    entries = list(stream.index_entries)
    if not entries or len(entries) != stream.frames or any(entry.is_discard for entry in entries):
        return None
    offsets = _offsets(descriptor, stream.id, len(entries))
    first = next(iter(container.demux(stream)), None)
    if offsets is None or first is None or first.pts is None:
        return None
    shift = first.pts - entries[0].timestamp - offsets[0]
    keys = [number for number, entry in enumerate(entries) if entry.is_keyframe]

    def begins_anew(number: int) -> bool:
        begin = entries[number].pos
        return _begins_anew(lambda at, size: os.pread(descriptor, size, begin + at), entries[number].size, prefix)

    return Samples(
        [entry.timestamp + offset + shift for entry, offset in zip(entries, offsets, strict=True)],
        [entry.size for entry in entries],
        keys,
        begins_anew,
        max(0, *(offsets[number] + shift for number in keys)),
    )


def _part(content: memoryview, at: int, size: int) -> bytes:
    return bytes(content[at : at + size])


def _begins_anew(read: Callable[[int, int], bytes], size: int, prefix: int) -> bool:
    """Whether its first slice is of a picture that needs nothing before it; `read`: bytes of the packet."""
    at = 0
    for _ in range(MOST_UNITS):
        head = read(at, prefix + 1)
        if len(head) <= prefix or at >= size:
            return False
        kind = head[prefix] & 31
        if kind in SLICES:
            return kind == ANEW
        at += prefix + int.from_bytes(head[:prefix])
    return False


def _offsets(descriptor: int, track: int, count: int) -> list[int] | None:
    """How much later than decoded each packet is shown (ISO/IEC 14496-12 section 8.6.1.3)."""
    places = [place for place in _tracks(descriptor) if _number_of(descriptor, *place) == track]
    for name in _TO_THE_TABLES:
        places = [(at, end) for place in places for kind, at, end in boxes(descriptor, *place) if kind == name]
    tables = {kind: (at, end) for place in places[:1] for kind, at, end in boxes(descriptor, *place)}
    if b"stsd" not in tables or _word(descriptor, tables[b"stsd"][0] + 4) != 1:
        return None
    if b"ctts" not in tables:
        return [0] * count
    at, end = tables[b"ctts"]
    runs = array("i")
    if end - at > LARGEST_TABLE or runs.itemsize != 4:
        return None
    runs.frombytes(os.pread(descriptor, (end - at - 8) // 8 * 8, at + 8))
    if sys.byteorder == "little":
        runs.byteswap()
    found = list(islice(chain.from_iterable(_repeated(runs)), count + 1))
    return found if len(found) == count else None


def _repeated(runs: array[int]) -> Iterator[Iterator[int]]:
    return (repeat(offset, max(0, times)) for times, offset in zip(runs[::2], runs[1::2], strict=True))


def _tracks(descriptor: int) -> list[tuple[int, int]]:
    size = os.fstat(descriptor).st_size
    indexes = [(at, end) for kind, at, end in boxes(descriptor, 0, size) if kind == b"moov"]
    return [(at, end) for place in indexes[:1] for kind, at, end in boxes(descriptor, *place) if kind == b"trak"]


def _number_of(descriptor: int, start: int, end: int) -> int:
    for kind, at, _ in boxes(descriptor, start, end):
        if kind == b"tkhd":
            version = int.from_bytes(os.pread(descriptor, 1, at))
            return _word(descriptor, at + _TRACK_AT.get(version, 12))
    return 0


def _word(descriptor: int, at: int) -> int:
    return int.from_bytes(os.pread(descriptor, 4, at))
