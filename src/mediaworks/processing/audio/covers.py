"""Where the cover art of what is written comes from, and how each container takes it."""

from __future__ import annotations

from dataclasses import dataclass

from mediaworks.processing import types
from mediaworks.processing.audio.model import CoverRequest
from mediaworks.processing.rendering import Source
from mediaworks.processing.sandbox import Task
from mediaworks.processing.video.demuxers import DEMUXERS

WRITE_COVER = Task("cover", CoverRequest, int)
"""Gives the bytes of the picture; 0, and nothing is written, where there is none that a file of sound can hold."""
MOST_BYTES = 10 << 20
PICTURES = {types.JPEG.mime: "mjpeg", types.PNG.mime: "png"}
"""What can become a cover, and the codec by which files of sound have it."""
INPUTS = {**DEMUXERS, types.JPEG.mime: "jpeg_pipe", types.PNG.mime: "png_pipe"}
"""The demuxers of all that a recipe for sound can be made of."""


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture among the inputs of ffmpeg: `place` as `-map` takes it, `stream` its number in the file of `source`."""

    source: Source
    place: str
    stream: int
    codec: str | None

    @property
    def is_usual(self) -> bool:
        """Whether files of sound may hold it."""
        return self.codec in PICTURES.values()


def as_stream(cover: Cover) -> tuple[str, ...]:
    """The arguments that copy it beside the sound."""
    return "-map", cover.place, "-c:v", "copy", "-disposition:v:0", "attached_pic"


def as_tag(number: int) -> tuple[str, ...]:
    """The arguments that write the tag that input `number` holds."""
    return "-map_metadata:g", f"{number}:g"


def tag_input(descriptor: int) -> tuple[str, ...]:
    """The arguments that make a file that WRITE_COVER wrote another input."""
    return "-f", "ffmetadata", "-i", f"/proc/self/fd/{descriptor}"
