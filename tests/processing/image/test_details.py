"""What files say about themselves stays small and never costs the picture; crops and hashes fit the picture."""

from __future__ import annotations

import io
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import msgspec
import pytest
import pyvips

from mediaworks.processing import PROBE, UNDERSTAND
from mediaworks.testing import media

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "images"
LIMIT = 64 << 10
Understood = Callable[[bytes, str], Any]
needs_corpus = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real media is not beside this checkout")


def segment(marker: int, body: bytes) -> bytes:
    """A JPEG marker segment (ITU-T T.81 annex B)."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def tiff_of(entries: list[tuple[int, bytes]]) -> bytes:
    """EXIF whose first directory has ASCII `entries` (tag, value) (TIFF 6.0 section 2)."""
    at = 8 + 2 + 12 * len(entries) + 4
    directory, values = struct.pack(">H", len(entries)), b""
    for tag, value in entries:
        directory += struct.pack(">HHII", tag, 2, len(value), at + len(values))
        values += value
    return b"Exif\x00\x00" + b"MM\x00*\x00\x00\x00\x08" + directory + bytes(4) + values


def size_of(details: dict[str, Any]) -> int:
    return len(msgspec.json.encode(details))


def test_a_camera_is_told_in_readable_words(understood: Understood) -> None:
    details = understood(media.photo_with_camera_data(6), "image/jpeg").details
    assert details["exif"]["image"]["Make"] == "Acme"
    assert details["orientation"] == 6
    assert details["gps"] == {"latitude": 52.5, "longitude": -13.25}
    assert "secret place" in details["xmp"]


def test_endless_captions_are_cut(understood: Understood) -> None:
    caption = b"\x1c\x02\x19" + struct.pack(">H", 1900) + "\u00e9".encode() * 950
    photoshop = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + struct.pack(">I", 33 * len(caption)) + caption * 33
    exif = tiff_of([(0x010E + i % 3, b"\xc3\xa9" * 2000 + b"\x00") for i in range(15)])
    xmp = b"http://ns.adobe.com/xap/1.0/\x00" + "\u4e2d".encode() * 21_000
    jpeg = with_segments(media.image(".jpg"), segment(0xE1, exif), segment(0xE1, xmp), *[segment(0xED, photoshop)])
    found = understood(jpeg, "image/jpeg")
    assert found.thumbnails
    assert found.details["format"] == "jpeg"
    assert size_of(found.details) <= LIMIT


def test_endless_tags_of_a_recording_are_cut(understood: Understood) -> None:
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as output:
        for number in range(20):
            stream: Any = output.add_stream("flac", rate=48_000, layout="mono")
            stream.metadata.update({f"TAG{tag}": f"{number}" + "\u4e2d" * 900 for tag in range(60)})
        output.metadata.update({f"SONG{tag}": "\u4e2d" * 900 for tag in range(60)})
        frame = av.AudioFrame(format="s16", layout="mono", samples=1024)
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        frame.sample_rate, frame.pts = 48_000, 0
        for stream in output.streams:
            output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
    found = understood(file.getvalue(), "video/x-matroska")
    assert found.facts.kind == "audio"
    assert len(found.details["streams"]) == 20
    assert size_of(found.details) <= LIMIT


def test_nested_brackets_in_a_camera_name_take_no_time(understood: Understood) -> None:
    jpeg = with_segments(media.image(".jpg"), segment(0xE1, tiff_of([(0x010F, b" (," * 20_000 + b"\x00")])))
    began = time.monotonic()
    assert understood(jpeg, "image/jpeg").thumbnails
    assert time.monotonic() - began < 1


def test_metadata_that_cannot_be_read_costs_no_thumbnail(understood: Understood) -> None:
    profile = (
        b"ICC_PROFILE\x00\x01\x01" + bytes(128) + struct.pack(">I", 1) + b"desc" + struct.pack(">II", 1 << 31, 1 << 31)
    )
    photoshop = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + struct.pack(">I", 6) + b"\x1c\x02\x19\xff\xff\x00"
    jpeg = with_segments(
        media.image(".jpg"), segment(0xE2, profile), segment(0xED, photoshop), segment(0xE1, b"Exif\x00\x00MM")
    )
    assert understood(jpeg, "image/jpeg").thumbnails


@pytest.mark.parametrize(("width", "height"), [(4000, 200), (200, 4000)])
def test_a_panorama_is_cropped_from_pixels_enough(understood: Understood, width: int, height: int) -> None:
    found = understood(media.image(".jpg", width, height), "image/jpeg")
    square = next(t for t in found.thumbnails if t.name == "150x150")
    assert min(square.width, square.height) >= 100
    assert max(square.width, square.height) == 150


def test_no_bytes_of_place_or_camera_are_left_in_a_thumbnail(understood: Understood) -> None:
    for thumbnail in understood(media.photo_with_camera_data(), "image/jpeg").thumbnails:
        assert not [mark for mark in (b"EXIF", b"Exif", b"XMP ", b"ICCP", b"Acme", b"secret") if mark in thumbnail.data]


@needs_corpus
def test_all_orientations_of_one_picture_look_the_same(understood: Understood) -> None:
    found = [understood(path.read_bytes(), "image/jpeg") for path in sorted(CORPUS.glob("orientation_*.jpg"))]
    assert len(found) == 8
    assert len({tuple((t.name, t.width, t.height) for t in one.thumbnails) for one in found}) == 1
    shades = [[int(one.dominant_color[i : i + 2], 16) for i in (1, 3, 5)] for one in found]
    assert all(max(band) - min(band) <= 6 for band in zip(*shades, strict=True))


@needs_corpus
def test_a_truncated_jpeg_still_gives_thumbnails_and_a_warning(understood: Understood) -> None:
    found = understood((CORPUS / "truncated.jpg").read_bytes(), "image/jpeg")
    assert len(found.thumbnails) == 5
    assert any("premature end" in warning for warning in found.warnings)


@needs_corpus
def test_lab_and_ink_pictures_have_natural_colours(understood: Understood) -> None:
    """The meadow is green, the winter park is grey."""
    meadow = understood((CORPUS / "cielab-dagams.tiff").read_bytes(), "image/tiff")
    park = understood((CORPUS / "Channel_digital_image_CMYK_color.jpg").read_bytes(), "image/jpeg")
    green = pyvips.Image.new_from_buffer(meadow.thumbnails[0].data, "").stats()
    assert green(4, 2)[0] > green(4, 1)[0] > green(4, 3)[0]
    grey = pyvips.Image.new_from_buffer(park.thumbnails[0].data, "").stats()
    assert max(grey(4, band)[0] for band in (1, 2, 3)) - min(grey(4, band)[0] for band in (1, 2, 3)) < 25


@needs_corpus
def test_nothing_real_is_enlarged(ask: Any) -> None:
    for path in sorted(CORPUS.glob("*.jpg")):
        if path.name == "corrupt-header.jpg":
            continue
        facts = ask(PROBE, path.read_bytes(), "image/jpeg")
        for thumbnail in ask(UNDERSTAND, path.read_bytes(), "image/jpeg").thumbnails:
            assert thumbnail.width <= facts.width
            assert thumbnail.height <= facts.height
