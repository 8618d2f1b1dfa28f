"""A recording on its way through the filters of ffmpeg: what each step adds, before any of it runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from mediaworks.errors import Unprocessable
from mediaworks.processing.image.operations import Operation as PictureOperation
from mediaworks.processing.video.model import Index, VideoTrack
from mediaworks.processing.video.segments import to_sdr
from mediaworks.processing.video.space import STANDARD, WIDE, Space

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Other:
    """Another recording, by the name that an operation has for it."""

    name: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """A picture of `size` that the operation makes of a transparent one, at its `place` in the recipe."""

    size: Size
    operation: PictureOperation
    place: str = ""

    @property
    def operations(self) -> tuple[PictureOperation, ...]:
        return (self.operation,)


@dataclass(frozen=True, slots=True)
class Colours:
    """A table of colours: what the operations make of each."""

    operations: tuple[PictureOperation, ...]


Input = Other | Overlay | Colours


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """What there is after some steps. `start` and `reads` (None: to the end): what is read of the recording, in seconds;
    `inputs`: beside it, numbered from 1; `picture` and `sound`: where they come from, a stream or the end of a statement;
    `follows_source`: whether everything still happens when it does in what is read."""

    index: Index
    track: VideoTrack
    size: Size
    seconds: float
    rate: Fraction
    picture: str
    sound: str | None
    opening: str
    space: Space = STANDARD
    start: float = 0.0
    reads: float | None = None
    inputs: tuple[Input, ...] = ()
    statements: tuple[str, ...] = ()
    follows_source: bool = True

    @property
    def is_whole(self) -> bool:
        return not self.start and self.reads is None

    @property
    def has_own_pictures(self) -> bool:
        """Whether they are just those of the recording."""
        return self.is_whole and self.picture == _stream(self.track.stream)

    @property
    def has_own_sound(self) -> bool:
        return self.is_whole and self.sound == _first_sound(self.index)

    @property
    def own_sounds(self) -> tuple[str, ...]:
        """Every track of the recording."""
        return tuple(_stream(track.stream) for track in self.index.audio)

    def seen(self, filters: str, **changes: Any) -> Clip:
        """With filters on the pictures, one after another."""
        return self.woven(f"[{{seen}}]{filters}[{{made}}]", **changes)

    def woven(self, graph: str, *, beside: Input | None = None, **changes: Any) -> Clip:
        """With a graph on the pictures. In it {seen} stands for where they come from and {made} for where they go, {beside}
        for the further input, {own} for what tells its own pads from all others."""
        if self.opening:
            return replace(self, opening="").seen(self.opening).woven(graph, beside=beside, **changes)
        inputs, count = self.inputs if beside is None else (*self.inputs, beside), len(self.statements)
        names = {"seen": self.picture, "made": f"p{count}", "beside": f"{len(inputs)}:v", "own": count}
        statements = (*self.statements, graph.format_map(names))
        return replace(self, inputs=inputs, statements=statements, picture=f"p{count}", **changes)

    def heard(self, filters: str) -> Clip:
        """With filters on the sound, if there is any."""
        if self.sound is None:
            return self
        pad = f"s{len(self.statements)}"
        return replace(self, statements=(*self.statements, f"[{self.sound}]{filters}[{pad}]"), sound=pad)

    def cut(self, start: float, seconds: float) -> Clip:
        """From `start` on for so long: by seeking where that is the same."""
        if self.follows_source:
            return replace(self, start=self.start + start, reads=seconds, seconds=seconds)
        window = f"start={start:.6f}:end={start + seconds:.6f}"
        shown = self.seen(f"trim={window},setpts=PTS-STARTPTS", seconds=seconds)
        return shown.heard(f"atrim={window},asetpts=PTS-STARTPTS")


def clip_of(index: Index, *, keeps_range: bool) -> Clip:
    """The whole recording. Raises Unprocessable for one without moving pictures."""
    track = index.video
    if track is None:
        raise Unprocessable("The recording has no moving pictures")
    width, height, is_wide = track.width, track.height, track.hdr != "sdr"
    tones = f"{to_sdr(track)}format=yuv420p," if is_wide and not keeps_range else ""
    return Clip(
        index=index,
        track=track,
        size=(width, height),
        seconds=index.duration or float(track.frames / track.frame_rate),
        rate=track.frame_rate,
        picture=_stream(track.stream),
        sound=_first_sound(index),
        opening=f"{tones}scale={width}:{height},setsar=1",
        space=WIDE if is_wide and keeps_range else STANDARD,
    )


def _first_sound(index: Index) -> str | None:
    return _stream(index.audio[0].stream) if index.audio else None


def _stream(number: int) -> str:
    return f"0:{number}"
