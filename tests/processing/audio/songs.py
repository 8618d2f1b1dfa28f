"""Songs with tags and cover art, and what players see of them."""

from __future__ import annotations

import io
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

import av

from mediaworks.processing import ffmpeg
from mediaworks.testing import media


class Cover(NamedTuple):
    """`picture`: the bytes of the file; `size` in pixels, as the song tells it."""

    picture: bytes
    size: tuple[int, int]


@cache
def with_cover(container: str, *codec: str) -> bytes:
    """A song with tags and a picture."""
    command = [
        str(ffmpeg("").path), "-v", "error", "-f", "lavfi", "-i", "sine=d=1", "-f", "jpeg_pipe", "-i", "pipe:0",
        "-map", "0:a", "-map", "1:v", "-c:v", "copy", "-disposition:v", "attached_pic", *codec,
        "-metadata", "title=Song", "-metadata", "artist=Ann", "-f", container, "-y",
    ]  # fmt: skip
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run([*command, file.name], input=media.image(), capture_output=True, check=True)
        return Path(file.name).read_bytes()


def tags_of(content: bytes) -> dict[str, str]:
    with av.open(io.BytesIO(content)) as container:
        found = dict(container.metadata) | dict(container.streams.audio[0].metadata)
    return {name.lower(): value for name, value in found.items()}


def cover_of(content: bytes) -> Cover | None:
    """None of a song without one."""
    with av.open(io.BytesIO(content), "r") as container:
        if not container.streams.video:
            return None
        (cover,) = container.streams.video
        return Cover(bytes(next(container.demux(cover))), (cover.codec_context.width, cover.codec_context.height))
