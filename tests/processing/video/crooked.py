"""Recordings that lie: made from honest ones by changing a box of ISO media (ISO/IEC 14496-12), or their bytes."""

from __future__ import annotations

import struct
from collections.abc import Callable

Change = Callable[[bytes], bytes]
TEN_YEARS = 10 * 365 * 86400
BOXES = (
    "ftyp", "moov", "mvhd", "trak", "tkhd", "edts", "elst", "mdia", "mdhd", "hdlr", "minf", "dinf", "dref", "stbl", "stsd",
    "avc1", "avcC", "stts", "stss", "stsc", "stsz", "stco",
)  # fmt: skip


def changed(content: bytes, path: str, change: Change) -> bytes:
    """With the payload of the first box at `path` (`moov/trak/tkhd`) changed, and the sizes of those around it."""
    kind, _, rest = path.partition("/")
    made, at, is_open = b"", 0, True
    while at + 8 <= len(content):
        size, name = struct.unpack_from(">I4s", content, at)
        payload = content[at + 8 : at + size]
        if is_open and name == kind.encode():
            payload, is_open = changed(payload, rest, change) if rest else change(payload), False
        made += struct.pack(">I4s", len(payload) + 8, name) + payload
        at += size
    assert not is_open, f"there is no {path}"
    return made


def patched(at: int, form: str, *values: object) -> Change:
    """Overwrite what lies `at` bytes into the payload."""
    new = struct.pack(">" + form, *values)
    return lambda payload: payload[:at] + new + payload[at + len(new) :]


def lasting(mp4: bytes, seconds: int) -> bytes:
    """By its table of durations, at one unit a second, without an edit list that cuts it short."""
    mp4 = changed(mp4.replace(b"edts", b"free"), "moov/trak/mdia/mdhd", patched(12, "II", 1, seconds))
    count = mp4.index(b"stsz") + 12
    samples = int.from_bytes(mp4[count : count + 4])
    return changed(
        mp4, "moov/trak/mdia/minf/stbl/stts", lambda _: struct.pack(">IIII", 0, 1, samples, seconds // samples)
    )


def matroska_lasting(mkv: bytes, seconds: int) -> bytes:
    """By its element Duration (RFC 9559 section 5.1.2.10), in milliseconds."""
    at = mkv.index(b"\x44\x89\x88") + 3
    return mkv[:at] + struct.pack(">d", seconds * 1000) + mkv[at + 8 :]


def sizes_of(mp4: bytes, name: str) -> list[int]:
    """Where the sizes of all boxes of that name stand."""
    found, at = [], mp4.find(name.encode())
    while at >= 4:
        found.append(at - 4)
        at = mp4.find(name.encode(), at + 4)
    return found


def with_samples(mp4: bytes, count: int) -> bytes:
    """`count` samples of a byte each in one chunk, whatever there is."""
    table = "moov/trak/mdia/minf/stbl/"
    mp4 = changed(mp4, table + "stts", lambda _: struct.pack(">IIII", 0, 1, count, 512))
    mp4 = changed(mp4, table + "stsz", lambda _: struct.pack(">III", 0, 1, count))
    return changed(mp4, table + "stsc", lambda _: struct.pack(">IIIII", 0, 1, 1, count, 1))


def with_tracks(mp4: bytes, count: int) -> bytes:
    def again(moov: bytes) -> bytes:
        begin = moov.index(b"trak") - 4
        (size,) = struct.unpack_from(">I", moov, begin)
        return moov + moov[begin : begin + size] * (count - 1)

    return changed(mp4, "moov", again)


def with_edits(mp4: bytes, count: int, media_time: int) -> bytes:
    """An edit list of `count` entries, each a thousandth of a second long."""
    entry = struct.pack(">IiI", 1, media_time, 1 << 16)
    body = struct.pack(">II", 0, count) + entry * count
    return changed(mp4, "moov/trak/edts/elst", lambda _: body)


def elsewhere(mov: bytes, path: str) -> bytes:
    """The samples lie in another file: its absolute path in a Macintosh alias record (QuickTime File Format, `dref`)."""
    name, whole = path.rpartition("/")[2].encode()[:63], path.encode() + b"\0" * (len(path) % 2)
    alias = bytes(10 + 1 + 27 + 12) + bytes([len(name)]) + name.ljust(63, b"\0")
    alias += bytes(16) + struct.pack(">HH", 1, 1) + bytes(16) + struct.pack(">HH", 2, len(whole)) + whole
    entry = struct.pack(">I4sI", len(alias) + 12, b"alis", 0) + alias
    return changed(mov, "moov/trak/mdia/minf/dinf/dref", lambda _: struct.pack(">II", 0, 1) + entry)


def coded_as(mp4: bytes, name: bytes) -> bytes:
    return changed(mp4, "moov/trak/mdia/minf/stbl/stsd", patched(12, "4s", name))


def as_large_as(mp4: bytes, side: int) -> bytes:
    """By its sample entry and track header."""
    mp4 = changed(mp4, "moov/trak/mdia/minf/stbl/stsd", patched(40, "HH", side, side))
    return changed(mp4, "moov/trak/tkhd", patched(76, "II", side << 16, side << 16))
