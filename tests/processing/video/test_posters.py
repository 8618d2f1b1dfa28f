"""Posters are upright, in true colours, and no picture inside a recording gets past the limit of pixels."""

from __future__ import annotations

import asyncio
import io
import struct
import tempfile
import time
from collections.abc import Callable
from typing import Any

import av
import pytest
import pyvips

from mediaworks.errors import TooManyPixels
from mediaworks.processing import PROBE, UNDERSTAND, ProbeRequest, ProcessingConfig, Sandbox, UnderstandRequest
from mediaworks.testing import media

Understood = Callable[[bytes, str], Any]
WIDTH, HEIGHT = 320, 192


def corner_marked_video(matrix: tuple[int, int, int, int], container: str = "mp4", **colours: int) -> bytes:
    """Black but for a white block at the stored upper left, shown through the display matrix (a b; c d)."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream: Any = output.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        a, b, c, d = (value << 16 for value in matrix)
        stream.set_display_matrix([a, b, 0, c, d, 0, 0, 0, 1 << 30])
        for name, value in colours.items():
            setattr(stream.codec_context, name, value)
        picture = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        luma, *chroma = picture.planes
        rows = bytearray(b"\x10" * luma.buffer_size)
        for y in range(HEIGHT // 3):
            rows[y * luma.line_size : y * luma.line_size + WIDTH // 3] = b"\xeb" * (WIDTH // 3)
        luma.update(bytes(rows))
        for plane in chroma:
            plane.update(b"\x80" * plane.buffer_size)
        for number in range(10):
            picture.pts = number
            output.mux(stream.encode(picture))
        output.mux(stream.encode(None))
    return file.getvalue()


def flac_with_cover(picture: bytes) -> bytes:
    """A FLAC file with a front cover (METADATA_BLOCK_PICTURE, RFC 9639 section 8.8)."""
    sound = media.audio("flac")
    end = 8 + int.from_bytes(sound[5:8])
    mime = b"image/png"
    body = struct.pack(">II", 3, len(mime)) + mime + struct.pack(">6I", 0, 0, 0, 0, 0, len(picture)) + picture
    block = bytes([6 | sound[4] & 0x80]) + len(body).to_bytes(3) + body
    return sound[:4] + bytes([sound[4] & 0x7F]) + sound[5:end] + block + sound[end:]


def is_white(image: pyvips.Image, x: int, y: int) -> bool:
    """Whether the corner (0 or 1 across, 0 or 1 down) is lit."""
    pixel = image(round(8 + x * (image.width - 17)), round(8 + y * (image.height - 17)))
    return bool(pixel[0] > 128)


@pytest.mark.parametrize(
    ("matrix", "lit", "rotation", "mirrored"),
    [
        ((1, 0, 0, 1), (0, 0), 0, False),
        ((0, 1, -1, 0), (1, 0), 90, False),
        ((-1, 0, 0, -1), (1, 1), 180, False),
        ((0, -1, 1, 0), (0, 1), 270, False),
        ((-1, 0, 0, 1), (1, 0), 0, True),
        ((1, 0, 0, -1), (0, 1), 180, True),
        ((0, 1, 1, 0), (0, 0), 90, True),
        ((0, -1, -1, 0), (1, 1), 270, True),
    ],
)
def test_a_poster_is_shown_as_the_display_matrix_says(
    ask: Any, matrix: tuple[int, int, int, int], lit: tuple[int, int], rotation: int, mirrored: bool
) -> None:
    """A point (x, y) is shown at (ax + cy, bx + dy), ISO/IEC 14496-12 section 6.2.2."""
    video = corner_marked_video(matrix)
    found = ask(UNDERSTAND, video, "video/mp4")
    poster = pyvips.Image.new_from_buffer(found.thumbnails[0].data, "")
    assert [(x, y) for x in (0, 1) for y in (0, 1) if is_white(poster, x, y)] == [lit]
    assert (found.facts.width, found.facts.height) == ((WIDTH, HEIGHT) if matrix[0] else (HEIGHT, WIDTH))
    assert ask(PROBE, video, "video/mp4") == found.facts
    stream = found.details["streams"][0]
    assert (stream["rotation"], stream.get("mirrored", False)) == (rotation, mirrored)


@pytest.mark.parametrize(("transfer", "name"), [(16, "hdr10"), (18, "hlg"), (1, "sdr")])
def test_the_dynamic_range_is_told(understood: Understood, transfer: int, name: str) -> None:
    found = understood(corner_marked_video((1, 0, 0, 1), color_trc=transfer, color_primaries=9), "video/mp4")
    assert found.details["streams"][0]["hdr"] == name
    assert found.thumbnails


def test_the_cover_of_a_song_is_its_thumbnail_and_the_song_stays_audio(understood: Understood) -> None:
    found = understood(flac_with_cover(media.image(".png", 400, 300)), "audio/flac")
    assert (found.facts.kind, found.facts.width) == ("audio", None)
    assert {(t.name, t.width, t.height) for t in found.thumbnails} == {("320", 320, 240), ("150x150", 150, 150)}


def test_a_cover_of_too_many_pixels_is_not_decoded(understood: Understood) -> None:
    began = time.monotonic()
    found = understood(flac_with_cover(media.bomb()), "audio/flac")
    assert time.monotonic() - began < 5
    assert (found.facts.kind, found.thumbnails) == ("audio", ())
    assert found.warnings == ("no picture could be decoded",)


@pytest.mark.parametrize(("container", "mime"), [("mp4", "video/mp4"), ("matroska", "video/x-matroska")])
def test_frames_of_too_many_pixels_are_refused(container: str, mime: str) -> None:
    async def steps() -> None:
        pool = Sandbox(ProcessingConfig(decoders=1))
        await pool.start()
        try:
            with tempfile.TemporaryFile() as file:
                file.write(media.video(container))
                file.flush()
                with pytest.raises(TooManyPixels):
                    await pool.run(PROBE, file.fileno(), ProbeRequest(mime, 1000))
                with pytest.raises(TooManyPixels):
                    await pool.run(UNDERSTAND, file.fileno(), UnderstandRequest(mime, 1000, ()))
        finally:
            await pool.close()

    asyncio.run(steps())


@pytest.mark.parametrize("container", ["mp4", "mov", "matroska", "webm", "avi"])
def test_a_probe_says_what_understanding_says(ask: Any, container: str) -> None:
    mime = {"mp4": "video/mp4", "mov": "video/quicktime", "matroska": "video/x-matroska", "webm": "video/webm", "avi": "video/x-msvideo"}[container]  # fmt: skip
    video = media.video(container)
    assert ask(PROBE, video, mime) == ask(UNDERSTAND, video, mime).facts
