"""Small media files, made when they are needed."""

from __future__ import annotations

import io
import struct
import zlib
from fractions import Fraction
from typing import Any

import av
import pyvips

_VIDEO = {"mp4": "libx264", "mov": "libx264", "matroska": "libx264", "webm": "libvpx-vp9", "avi": "mpeg4"}
_AUDIO = {"mp3": "libmp3lame", "adts": "aac", "flac": "flac", "wav": "pcm_s16le", "ogg": "flac", "opus": "libopus", "ipod": "aac"}  # fmt: skip


def gradient(width: int, height: int) -> pyvips.Image:
    """Red grows to the right, green downwards, blue is constant: every corner has a colour of its own."""
    across = pyvips.Image.xyz(width, height)
    red, green = across[0] * (255 / max(width - 1, 1)), across[1] * (255 / max(height - 1, 1))
    return red.bandjoin([green, 64]).cast("uchar").copy(interpretation="srgb")


def image(suffix: str = ".jpg", width: int = 320, height: int = 200, **options: object) -> bytes:
    """A picture in the format of `suffix` (.jpg .png .webp .gif .avif .tiff)."""
    data: bytes = gradient(width, height).write_to_buffer(suffix, **options)
    return data


def photo(width: int = 1600, height: int = 1200, seed: int = 1) -> bytes:
    """A JPEG with as much detail as a photograph."""
    noise = pyvips.Image.perlin(width, height, cell_size=64, seed=seed) * 60
    fine = pyvips.Image.gaussnoise(width, height, sigma=12, mean=0, seed=seed)
    return bytes((gradient(width, height) + noise + fine).cast("uchar").write_to_buffer(".jpg", Q=90))


def photo_with_camera_data(orientation: int = 6) -> bytes:
    """A JPEG of 300×200 stored pixels with orientation, camera, place and caption in its EXIF."""
    picture = gradient(300, 200).copy()
    fields = {
        "exif-ifd0-Make": "Acme",
        "exif-ifd0-Model": "Camera 1",
        "exif-ifd0-Orientation": str(orientation),
        "exif-ifd2-ISOSpeedRatings": "200",
        "exif-ifd3-GPSLatitudeRef": "N",
        "exif-ifd3-GPSLatitude": "52/1 30/1 0/1",
        "exif-ifd3-GPSLongitudeRef": "W",
        "exif-ifd3-GPSLongitude": "13/1 15/1 0/1",
    }
    for name, value in fields.items():
        picture.set_type(pyvips.GValue.gstr_type, name, value)
    picture.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    picture.set_type(
        pyvips.GValue.blob_type, "xmp-data", b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>secret place</x:xmpmeta>"
    )
    return bytes(picture.write_to_buffer(".jpg"))


def animation(frames: int = 3, suffix: str = ".gif", delay: list[int] | None = None) -> bytes:
    """An animated picture of 64×48; `delay`: milliseconds of each frame."""
    strip = pyvips.Image.arrayjoin([gradient(64, 48).rot(turn) for turn in ["d0", "d180"] * frames][:frames], across=1)
    strip = strip.copy()
    strip.set_type(pyvips.GValue.gint_type, "page-height", 48)
    if delay:
        strip.set_type(pyvips.GValue.array_int_type, "delay", delay)
    return bytes(strip.write_to_buffer(suffix))


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A valid PNG of one bit a pixel: some 100 KB that unfold to width × height."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = b"\x00" * (1 + (width + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def bmp(width: int = 8, height: int = 4) -> bytes:
    """An uncompressed BMP of 24 bits a pixel, all orange."""
    row = b"\x20\x80\xf0" * width
    pixels = (row + b"\x00" * (-len(row) % 4)) * height
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(pixels), 2835, 2835, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, 54) + header + pixels


def video(container: str = "mp4", *, seconds: float = 1.0, rate: int = 25, width: int = 128, height: int = 72) -> bytes:
    """Moving grey, in `container` (mp4 mov matroska webm avi)."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream: Any = output.add_stream(_VIDEO[container], rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(round(seconds * rate)):
            frame = av.VideoFrame(width, height, "yuv420p")
            for plane, level in zip(frame.planes, (16 + number * 5 % 200, 90, 200), strict=True):
                plane.update(bytes([level]) * plane.buffer_size)
            frame.pts, frame.time_base = number, Fraction(1, rate)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()


def audio(container: str = "wav", *, seconds: float = 1.0) -> bytes:
    """Silence at 48 kHz, in `container` (mp3 adts flac wav ogg opus ipod)."""
    file = io.BytesIO()
    with av.open(file, "w", format="ogg" if container == "opus" else container) as output:
        stream: Any = output.add_stream(_AUDIO[container], rate=48_000, layout="stereo")
        samples = stream.codec_context.frame_size or 1024
        for number in range(round(seconds * 48_000 / samples)):
            format_name = stream.codec_context.format.name
            frame = av.AudioFrame(format=format_name, layout="stereo", samples=samples)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.sample_rate, frame.pts, frame.time_base = 48_000, number * samples, Fraction(1, 48_000)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()


SVG = b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
