"""Recordings made by ffmpeg's own sources, and what players would see of segments."""

from __future__ import annotations

import asyncio
import io
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import av
import imageio_ffmpeg
import numpy as np
from tests.processing.conftest import as_descriptor

from mediaworks.processing import (
    AnyRendition,
    Beginning,
    Fragment,
    Index,
    Limits,
    Presentation,
    encoding,
    presentation_of,
)
from mediaworks.processing.video.index import index_of

WHEEL = Path(imageio_ffmpeg.get_ffmpeg_exe())
PROGRAMS = [WHEEL, *(Path(found) for found in [shutil.which("ffmpeg")] if found)]
MIMES = {
    "mp4": "video/mp4", "mov": "video/quicktime", "mkv": "video/x-matroska", "m4a": "audio/mp4", "mp3": "audio/mpeg",
    "wav": "audio/wav", "flac": "audio/flac", "ogg": "audio/ogg", "opus": "audio/opus", "aac": "audio/aac",
    "webm": "video/webm", "avi": "video/x-msvideo",
}  # fmt: skip
PICTURES = "testsrc2=s={size}:r={rate}:d={seconds}"
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50")


def made(*arguments: str, suffix: str = "mp4", before: bytes = b"") -> bytes:
    """What ffmpeg writes with these arguments; `IN` among them stands for a file of `before`."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in"), Path(folder, f"out.{suffix}")
        source.write_bytes(before)
        told = [str(source) if argument == "IN" else argument for argument in arguments]
        subprocess.run([WHEEL, "-nostdin", "-v", "error", "-bitexact", *told, target], check=True, timeout=60)
        return target.read_bytes()


def filmed(
    *more: str,
    rate: str = "25",
    seconds: float = 4,
    size: str = "96x64",
    suffix: str = "mp4",
    codec: Sequence[str] = H264,
) -> bytes:
    """Moving pictures, each of which differs from every other."""
    source = PICTURES.format(size=size, rate=rate, seconds=seconds)
    return made("-f", "lavfi", "-i", source, *more, *codec, suffix=suffix)


SOUND = "0.2*sin(2*PI*440*t)+0.1*sin(2*PI*(1000+300*sin(t))*t)+0.05*sin(2*PI*3000*t)*(1+sin(9*t))"


def sounding(*codec: str, suffix: str, seconds: float = 5, rate: int = 48_000) -> bytes:
    """Sound that never repeats, in two channels."""
    source = f"aevalsrc='{SOUND}|{SOUND}':s={rate}:d={seconds}"
    return made("-f", "lavfi", "-i", source, *codec, suffix=suffix)


def samples_of(content: bytes, container: str = "mp4", rate: int = 48_000) -> np.ndarray:
    """What is heard: an array of two channels."""
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=rate)
    with av.open(io.BytesIO(content), "r", format=container) as source:
        frames = [out.to_ndarray() for frame in source.decode(audio=0) for out in resampler.resample(frame)]
        frames += [out.to_ndarray() for out in resampler.resample(None)]
    return np.concatenate(frames, axis=1)


def indexed(content: bytes, suffix: str = "mp4") -> Index:
    with as_descriptor(content) as descriptor:
        return index_of(descriptor, MIMES[suffix], 300_000_000)


def presented(
    content: bytes, suffix: str = "mp4", *, heights: Sequence[int] = (64,), seconds: float = 1.0
) -> Presentation:
    """With what is encoded, and nothing else."""
    return presentation_of(indexed(content, suffix), heights=heights, segment_seconds=seconds).encoded()


class Segment(NamedTuple):
    """What one run made, with what it wrote before."""

    number: int
    init: bytes
    data: bytes


def encoded(
    content: bytes, rendition: AnyRendition, first: int, count: int, suffix: str = "mp4", program: Path = WHEEL
) -> list[Segment]:
    """The segments that one run makes."""

    async def run(descriptor: int) -> list[Segment]:
        limits = Limits(seconds=60)
        async with encoding(
            program, rendition, descriptor=descriptor, mime=MIMES[suffix], first=first, count=count, limits=limits
        ) as started:
            pieces = [piece async for piece in started.pieces()]
        (beginning,) = (piece for piece in pieces if isinstance(piece, Beginning))
        return [Segment(piece.number, beginning.data, piece.data) for piece in pieces if isinstance(piece, Fragment)]

    with as_descriptor(content) as descriptor:
        return asyncio.run(run(descriptor))


def pictures_of(fragments: Sequence[Segment]) -> list[np.ndarray]:
    """The pixels of each frame."""
    whole = io.BytesIO(fragments[0].init + b"".join(fragment.data for fragment in fragments))
    with av.open(whole, "r", format="mp4") as container:
        return [frame.to_ndarray().astype(np.int16) for frame in container.decode(video=0)]


def pictures_of_file(content: bytes) -> list[bytes]:
    """The pixels of each frame of a recording."""
    with av.open(io.BytesIO(content), "r") as container:
        return [frame.to_ndarray().tobytes() for frame in container.decode(video=0)]


def show_the_same(these: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> bool:
    """Whether each picture is the other of the same number, and none before or after it. They may be coded otherwise:
    where a picture stands still, those around it may be nearer by a trifle."""
    return len(these) == len(others) and all(
        _difference(picture, others[n])
        <= 0.1 + min(_difference(picture, near) for near in others[max(0, n - 3) : n + 4])
        for n, picture in enumerate(these)
    )


def delays_of(fragment: Segment) -> list[int]:
    """How much later than it is decoded each frame is shown (`trun`, ISO/IEC 14496-12 section 8.8.8)."""
    data, at = fragment.data, fragment.data.index(b"trun") + 4
    flags, count = int.from_bytes(data[at + 1 : at + 4]), int.from_bytes(data[at + 4 : at + 8])
    fields = [bit for bit in (0x100, 0x200, 0x400, 0x800) if flags & bit]
    if 0x800 not in fields:
        return [0] * count
    start = at + 8 + 4 * bool(flags & 1) + 4 * bool(flags & 4) + 4 * fields.index(0x800)
    size = 4 * len(fields)
    return [int.from_bytes(data[p : p + 4], signed=True) for p in range(start, start + size * count, size)]


def _difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())
