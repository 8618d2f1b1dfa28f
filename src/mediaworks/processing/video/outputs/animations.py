"""Silent moving pictures for pages: previews and GIFs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing import types
from mediaworks.processing.types import FileType
from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.outputs.base import Output, Run, Target, mapped
from mediaworks.processing.video.outputs.codecs import by_quality
from mediaworks.processing.video.outputs.containers import FAST_START

Rate = Annotated[float, msgspec.Meta(ge=1, le=50, description="frames a second")]
Width = Annotated[int, msgspec.Meta(ge=16, le=1280, description="pixels")]
MOST_PIXELS = 300_000_000  # of all frames of a GIF, which wait in memory for their palette
WRITTEN: Mapping[str, tuple[FileType, tuple[str, ...], tuple[str, ...]]] = {
    "webp": (types.WEBP, ("-c:v", "libwebp", "-quality", "70"), ("-loop", "0", "-f", "webp")),
    "gif": (types.GIF, (), ("-loop", "0", "-f", "gif")),
    "mp4": (types.MP4, by_quality("h264", 28, "medium"), (*FAST_START, "-f", "mp4")),
}


class Gif(Output, frozen=True, kw_only=True, tag="gif"):
    """An animated GIF in at most so many `colours`, which are chosen for the whole of it."""

    fps: Rate = 10.0
    width: Width = 480
    colours: Annotated[int, msgspec.Meta(ge=2, le=256)] = 256

    def runs(self, clip: Clip, squeeze: float) -> tuple[Run, ...]:
        return _moving(clip.seen(f"fps={self.fps}"), "gif", self.width, self.fps, self.colours)


class Webp(Output, frozen=True, kw_only=True, tag="webp"):
    """An animated WebP."""

    fps: Rate = 10.0
    width: Width = 480

    def runs(self, clip: Clip, squeeze: float) -> tuple[Run, ...]:
        return _moving(clip.seen(f"fps={self.fps}"), "webp", self.width, self.fps)


class Preview(Output, frozen=True, kw_only=True, tag="preview"):
    """The whole video in so many `seconds`: frames evenly spaced over all of it."""

    type: Literal["webp", "gif", "mp4"] = "webp"
    seconds: Annotated[float, msgspec.Meta(ge=0.5, le=30, description="seconds")] = 3.0
    fps: Rate = 8.0
    width: Width = 320

    def runs(self, clip: Clip, squeeze: float) -> tuple[Run, ...]:
        factor = max(1.0, clip.seconds / self.seconds)
        fast = clip.seen(f"setpts=PTS/{factor:.9f},fps={self.fps}", seconds=clip.seconds / factor)
        return _moving(fast, self.type, self.width, self.fps)


def _moving(clip: Clip, name: str, width: int, fps: float, colours: int = 256) -> tuple[Run, ...]:
    across = min(width, clip.size[0]) // 2 * 2 or 2
    down = max(2, round(clip.size[1] * across / clip.size[0] / 2) * 2)
    _refuse_too_long(clip.seconds * fps * across * down, clip.seconds)
    pixels = {"gif": "rgb24", "webp": "yuva420p", "mp4": "yuv420p"}[name]
    shown = clip.seen(f"scale={across}:{down}:flags=lanczos,format={pixels}", size=(across, down))
    if name == "gif":
        palette = f"split[x][y];[x]palettegen=max_colors={colours}:stats_mode=diff[z];[y][z]paletteuse=dither=bayer"
        shown = shown.seen(palette)
    kind, options, muxer = WRITTEN[name]
    target = Target(type=kind, streams=(mapped(shown.picture),), options=("-an", *options), muxer=muxer)
    return (Run(shown, (target,)),)


def _refuse_too_long(pixels: float, seconds: float) -> None:
    if pixels > MOST_PIXELS:
        longest = seconds * MOST_PIXELS / pixels
        told = (
            f"output.width: at this width and rate {longest:.1f} seconds can be animated; trim it, or make it smaller"
        )
        raise InvalidRecipe(told, field="output.width", limit=longest)
