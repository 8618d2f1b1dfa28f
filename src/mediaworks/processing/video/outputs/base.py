"""What an output of a video is: how its clip is encoded, into which files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import msgspec

from mediaworks.processing.image.outputs.base import Output as PictureOutput
from mediaworks.processing.types import FileType
from mediaworks.processing.video.clip import Clip


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A file of a run: the streams that go into it and how they are encoded; `picture`: how the frame in it is written at
    last, where it is a still."""

    type: FileType
    streams: tuple[str, ...]
    options: tuple[str, ...]
    picture: PictureOutput | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of ffmpeg: the clip is decoded once for all of its files."""

    clip: Clip
    targets: tuple[Target, ...]


class Output(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="format"):
    """How a video is written."""

    answers_at_once: ClassVar[bool] = False
    """Whether it is a single picture, made while the caller waits."""

    def settled(self, mime: str) -> Output:
        """In a format of its own: for `auto` that of a source of this type."""
        return self

    @property
    def range(self) -> Literal["sdr", "source"]:
        """Of brightness: what is HDR becomes SDR, or stays as it is."""
        return "sdr"

    @property
    def most_bytes(self) -> int | None:
        return None

    def runs(self, clip: Clip, squeeze: float) -> tuple[Run, ...]:
        """What makes its files, in their order; `squeeze`: the share of its bits that it may use, after it was too large.
        Raises InvalidRecipe, whose `field` is the place in the recipe."""
        raise NotImplementedError


def mapped(pad: str) -> str:
    """A stream of the source as it is, or the end of a filter."""
    return pad if pad.startswith("0:") else f"[{pad}]"
