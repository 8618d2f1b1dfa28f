from __future__ import annotations

import asyncio
import io
import struct

import av
import pytest
from tests.processing.video.filming import filmed, made, pictures_of_file

from mediaworks.processing import Layout, layout_of, moved_index

SOUND = ("-f", "lavfi", "-i", "sine=d=2", "-c:a", "aac")


class Pipe(io.RawIOBase):
    """What comes byte after byte, and cannot be gone back in."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._content.read(size)


def laid_out(content: bytes, size: int | None = None) -> Layout | None:
    async def read(start: int, length: int) -> bytes:
        return content[start : start + length]

    return asyncio.run(layout_of(len(content) if size is None else size, read))


def as_sent(content: bytes) -> bytes:
    """The recording with its index in front."""
    layout = laid_out(content)
    assert layout is not None
    index = moved_index(content[layout.start : layout.end], layout)
    assert index is not None
    places = layout.places(0, layout.size)
    return b"".join((index if p.in_index else content)[p.offset : p.offset + p.length] for p in places)


def pictures_through_a_pipe(content: bytes) -> list[bytes]:
    with av.open(Pipe(content), "r", format="mov") as container:
        return [frame.to_ndarray().tobytes() for frame in container.decode(video=0)]


def box(kind: bytes, *parts: bytes, size: int | None = None) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body) if size is None else size, kind) + body


def wide_box(kind: bytes, body: bytes, size: int | None = None) -> bytes:
    return struct.pack(">I4sQ", 1, kind, 16 + len(body) if size is None else size) + body


def index_of_places(*places: int, kind: bytes = b"stco", count: int | None = None) -> bytes:
    """An index with one track, whose chunks lie at these places."""
    table = struct.pack(">II", 0, len(places) if count is None else count)
    table += struct.pack(f">{len(places)}{'I' if kind == b'stco' else 'Q'}", *places)
    inner = box(kind, table)
    for name in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        inner = box(name, inner)
    return inner


@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_a_recording_is_understood_without_going_back(suffix: str) -> None:
    content = filmed(*SOUND, seconds=2, suffix=suffix)
    with pytest.raises(av.FFmpegError):
        pictures_through_a_pipe(content)
    sent = as_sent(content)
    assert len(sent) == len(content)
    assert pictures_through_a_pipe(sent) == pictures_of_file(content)


def test_it_is_what_ffmpeg_makes_for_the_same_purpose() -> None:
    content = filmed(*SOUND, seconds=2)
    again = made("-i", "IN", "-c", "copy", "-map", "0", "-movflags", "+faststart", before=content)
    assert pictures_of_file(as_sent(content)) == pictures_of_file(again)
    assert as_sent(content).index(b"moov") < as_sent(content).index(b"mdat")
    assert laid_out(again) is None


def test_every_range_is_of_the_same_bytes() -> None:
    layout = Layout(front=10, start=30, end=37, size=40)
    whole = b"".join(bytes([p.in_index]) * p.length for p in layout.places(0, 40))
    assert whole == bytes(10) + b"\1" * 7 + bytes(23)
    assert [(p.in_index, p.offset) for p in layout.places(0, 40)] == [(False, 0), (True, 0), (False, 10), (False, 37)]
    for start in range(40):
        for length in range(1, 41 - start):
            parts = [bytes([p.in_index]) * p.length for p in layout.places(start, length)]
            assert b"".join(parts) == whole[start : start + length]


def test_only_what_lies_behind_the_new_place_moves() -> None:
    layout = Layout(front=100, start=1000, end=1200, size=2000)
    found = moved_index(index_of_places(50, 100, 999, 1200, 1999), layout)
    assert found == index_of_places(50, 300, 1199, 1200, 1999)
    assert moved_index(index_of_places(100, kind=b"co64"), layout) == index_of_places(300, kind=b"co64")


def test_more_than_four_gigabytes_are_understood() -> None:
    far = 5 << 30
    front = box(b"ftyp", b"isom")
    head = front + wide_box(b"mdat", b"", size=far - len(front))
    index = index_of_places(len(front) + 16, far - 100, kind=b"co64")

    async def read(start: int, length: int) -> bytes:
        return head[start : start + length] if start < far else index[start - far :][:length]

    layout = asyncio.run(layout_of(far + len(index), read))
    assert layout == Layout(len(front), far, far + len(index), far + len(index))
    shown = index_of_places(len(front) + 16 + len(index), far - 100 + len(index), kind=b"co64")
    assert moved_index(index, layout) == shown


LAYOUT = Layout(front=8, start=1 << 32, end=(1 << 32) + 200, size=(1 << 32) + 200)


@pytest.mark.parametrize(
    "index",
    [
        pytest.param(index_of_places((1 << 32) - 50), id="a place that has no room behind the index"),
        pytest.param(index_of_places(1 << 40, kind=b"co64"), id="a place outside the file"),
        pytest.param(index_of_places(8, count=1 << 31), id="a table that is longer than its box"),
        pytest.param(index_of_places(8, count=0), id="a table that is shorter than its box"),
        pytest.param(box(b"moov", box(b"trak", size=7)), id="a box smaller than its head"),
        pytest.param(box(b"moov", box(b"trak", size=1 << 31)), id="a box larger than what it lies in"),
        pytest.param(box(b"moov", wide_box(b"trak", b"", size=1 << 63)), id="a box of 8 EiB"),
        pytest.param(box(b"moov", box(b"free") * 30_000), id="too many boxes"),
        pytest.param(box(b"moov", box(b"trak", box(b"mdia"))), id="no table at all"),
        pytest.param(box(b"moov", index_of_places(8)[8:], box(b"mvex")), id="fragments"),
        pytest.param(box(b"moov", b"\0\0\0\0" * 3), id="a box of no size"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_an_index_that_is_not_understood_is_not_moved(index: bytes) -> None:
    assert moved_index(index, LAYOUT) is None


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\0\0\0\1mdat", id="cut in a head"),
        pytest.param(box(b"moov") + box(b"mdat"), id="the index in front"),
        pytest.param(box(b"ftyp") + box(b"moof") + box(b"mdat") + box(b"moov"), id="fragments"),
        pytest.param(box(b"mdat", size=0) + box(b"moov"), id="pictures to the end"),
        pytest.param(box(b"mdat", size=4) + box(b"moov"), id="a box smaller than its head"),
        pytest.param(wide_box(b"mdat", b"", size=(1 << 64) - 1) + box(b"moov"), id="a box of 16 EiB"),
        pytest.param(box(b"mdat") + box(b"moov", size=64 << 20) + bytes(64 << 20), id="an index of 64 MiB"),
        pytest.param(box(b"mdat") + box(b"free") * 100 + box(b"moov"), id="a hundred boxes before it"),
        pytest.param(box(b"mdat"), id="no index"),
        pytest.param(bytes(100), id="zeros"),
    ],
)
def test_a_file_that_is_not_understood_is_sent_as_it_is(content: bytes) -> None:
    assert laid_out(content) is None
