"""What an output of a video is: how its clip is encoded, into which files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import msgspec

from mediaworks.processing.image.outputs.base import Output as PictureOutput
from mediaworks.processing.types import FileType
from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.outputs.codecs import Notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A file of a run: the streams that go into it, how they are encoded, and how they are put together; `pixels`: of
    a frame; `notes`: of an encoder that looks at everything before it writes; `picture`: how the frame in it is written at
    last, where it is a still."""

    type: FileType
    streams: tuple[str, ...]
    options: tuple[str, ...]
    muxer: tuple[str, ...]
    pixels: int = 1
    notes: Notes | None = None
    picture: PictureOutput | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of ffmpeg: the clip is decoded once for all of its files."""

    clip: Clip
    targets: tuple[Target, ...]

    @property
    def takes_notes(self) -> bool:
        """Whether it is to be rehearsed."""
        return any(target.notes is not None for target in self.targets)


@dataclass(frozen=True, slots=True)
class Sample:
    """A run whose files are only measured; `logs`: for each target the file of the filter psnr that says what scaling lost,
    None where nothing was scaled."""

    run: Run
    logs: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a sample has shown of each target: its `sizes` in bytes, and the mean square error of luma that scaling left."""

    seconds: float
    sizes: tuple[int, ...]
    losses: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What to make, and what to tell of how that came about."""

    output: Output
    told: Mapping[str, Any]


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
    def background(self) -> str:
        """Behind what is transparent in a picture that moves: a colour."""
        return "white"

    @property
    def most_bytes(self) -> int | None:
        return None

    def samples(self, clip: Clip) -> tuple[Sample, ...]:
        """What has to be measured before it is known what to make; as a rule nothing."""
        return ()

    def decided(self, clip: Clip, measured: Sequence[Measured]) -> Decision:
        """What to make after its samples."""
        return Decision(self, {})

    def runs(self, clip: Clip, squeeze: float) -> tuple[Run, ...]:
        """What makes its files, in their order; `squeeze`: the share of its bits that it may use, after it was too large.
        Raises InvalidRecipe, whose `field` is the place in the recipe."""
        raise NotImplementedError


def mapped(pad: str) -> str:
    """A stream of the source as it is, or the end of a filter."""
    return pad if pad.startswith("0:") else f"[{pad}]"
