"""A recording as players see it: its rungs and tracks, and the grid that each is cut by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from mediaworks.processing.video.ladder import Rung, ladder_of
from mediaworks.processing.video.model import AudioTrack, Index, VideoTrack
from mediaworks.processing.video.segments import AudioGrid, VideoGrid

AAC_LC = "mp4a.40.2"
AUDIO_BITS = 160_000


@dataclass(frozen=True, slots=True)
class VideoRendition:
    track: VideoTrack
    grid: VideoGrid
    rung: Rung

    @property
    def name(self) -> str:
        return self.rung.name

    @property
    def peak_bits(self) -> int:
        """A second of its largest segment at most: the encoder may spend what it saved in the second before."""
        return round(self.rung.bits * (1 + 1 / self.grid.seconds(0)))

    def still(self, segment: int) -> VideoRendition:
        """Only the picture that the segment begins with, and what is before it."""
        return replace(self, grid=replace(self.grid, total=segment * self.grid.frames + 1))


@dataclass(frozen=True, slots=True)
class AudioRendition:
    """`number`: of the track among those that can be heard, from 0."""

    track: AudioTrack
    grid: AudioGrid
    number: int

    @property
    def name(self) -> str:
        return f"audio{self.number}"


AnyRendition = VideoRendition | AudioRendition


@dataclass(frozen=True, slots=True)
class Presentation:
    """`videos`: the largest first."""

    index: Index
    videos: tuple[VideoRendition, ...]
    audios: tuple[AudioRendition, ...]

    @property
    def renditions(self) -> tuple[AnyRendition, ...]:
        return self.videos + self.audios

    @property
    def lasts(self) -> Fraction:
        """How long the longest rendition is, in seconds."""
        lasts = (
            one.grid.start(one.grid.segments - 1) + one.grid.seconds(one.grid.segments - 1) for one in self.renditions
        )
        return max(lasts, default=Fraction(0))

    @property
    def seconds(self) -> float:
        return float(self.lasts)

    @property
    def default_audio(self) -> AudioRendition | None:
        """What is heard when nobody chooses."""
        flagged = [audio for audio in self.audios if audio.track.is_default]
        return next(iter([*flagged, *self.audios]), None)

    def named(self, name: str) -> AnyRendition | None:
        return next((one for one in self.renditions if one.name == name), None)


def presentation_of(index: Index, *, heights: Sequence[int], segment_seconds: float) -> Presentation:
    track = index.video
    videos: tuple[VideoRendition, ...] = ()
    if track is not None:
        grid = VideoGrid.of(track, segment_seconds)
        videos = tuple(VideoRendition(track, grid, rung) for rung in ladder_of(track, heights))
    audios = tuple(
        AudioRendition(audio, AudioGrid.of(audio, segment_seconds, index.duration), number)
        for number, audio in enumerate(index.audio)
    )
    return Presentation(index, videos, audios)
