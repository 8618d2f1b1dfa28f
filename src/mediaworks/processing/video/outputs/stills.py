"""Pictures out of a video: frames are taken without loss, then written by the engine for pictures."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing import types
from mediaworks.processing.image.operations.base import Pixels
from mediaworks.processing.image.outputs import AnyOutput
from mediaworks.processing.image.outputs.jpeg import Jpeg
from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.operations.base import Seconds
from mediaworks.processing.video.outputs.base import Output, Run, Target, mapped

STILL = ("-frames:v", "1", "-c:v", "png")
MUXER = ("-f", "image2pipe")
PictureOutput = Annotated[AnyOutput, msgspec.Meta(description="an output for pictures")]
Count = Annotated[int, msgspec.Meta(ge=1, le=50)]


class Frame(Output, frozen=True, kw_only=True, tag="frame"):
    """The frame at `at` seconds, or the next one; `picture`: an output for pictures, such as {"format": "webp"}, a
    JPEG without one. Can be asked for with the mode `sync`."""

    answers_at_once: ClassVar[bool] = True

    at: Seconds = 0.0
    width: Pixels | None = None
    picture: PictureOutput | None = None

    def runs(self, clip: Clip, squeeze: float) -> tuple[Run, ...]:
        return (_still(_narrowed(clip, self.width), self.at, self.picture, "output.at"),)


class Thumbnails(Output, frozen=True, kw_only=True, tag="thumbnails"):
    """Several frames, each an object of its own: those `at` so many seconds, or `count` of them, evenly spaced."""

    at: Annotated[tuple[Seconds, ...], msgspec.Meta(max_length=50)] = ()
    count: Count | None = None
    width: Pixels | None = None
    picture: PictureOutput | None = None

    def __post_init__(self) -> None:
        if bool(self.at) == (self.count is not None):
            raise ValueError("thumbnails: needs at, or a count")

    def runs(self, clip: Clip, squeeze: float) -> tuple[Run, ...]:
        narrowed, count = _narrowed(clip, self.width), self.count or 1
        times = self.at or tuple((number + 0.5) * clip.seconds / count for number in range(count))
        return tuple(_still(narrowed, time, self.picture, f"output.at[{number}]") for number, time in enumerate(times))


class Sprite(Output, frozen=True, kw_only=True, tag="sprite"):
    """One picture of `count` frames, evenly spaced, in rows of `columns`, each `width` pixels wide."""

    count: Annotated[int, msgspec.Meta(ge=1, le=400)] = 25
    columns: Annotated[int, msgspec.Meta(ge=1, le=50)] = 5
    width: Annotated[int, msgspec.Meta(ge=16, le=640, description="pixels")] = 160
    picture: PictureOutput | None = None

    def runs(self, clip: Clip, squeeze: float) -> tuple[Run, ...]:
        rows, height = -(-self.count // self.columns), max(1, round(clip.size[1] * self.width / clip.size[0]))
        tiled = clip.seen(
            f"fps={self.count / clip.seconds:.9f}:round=up,scale={self.width}:{height},"
            f"tile={self.columns}x{rows}:nb_frames={self.count}",
            size=(self.columns * self.width, rows * height),
        )
        return (Run(tiled, (_png(tiled, self.picture),)),)


def _narrowed(clip: Clip, width: int | None) -> Clip:
    if width is None or width >= clip.size[0]:
        return clip
    size = width, max(1, round(clip.size[1] * width / clip.size[0]))
    return clip.seen(f"scale={size[0]}:{size[1]}:flags=lanczos", size=size)


def _still(clip: Clip, at: float, picture: PictureOutput | None, field: str) -> Run:
    if at >= clip.seconds:
        told = f"{field}: lies behind the end; there are {clip.seconds:.3f} seconds"
        raise InvalidRecipe(told, field=field, limit=clip.seconds)
    last = max(0.0, clip.seconds - 1.5 / float(clip.rate))
    there = clip.cut(min(at, last), 2 + 10 / float(clip.rate)).seen("format=rgb24")
    return Run(there, (_png(there, picture),))


def _png(clip: Clip, picture: PictureOutput | None) -> Target:
    streams = (mapped(clip.picture),)
    return Target(type=types.PNG, streams=streams, options=STILL, muxer=MUXER, picture=picture or Jpeg())
