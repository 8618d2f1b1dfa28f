"""A recording as players see it: its rungs and tracks, and the grid that each is cut by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import msgspec

from mediaworks.processing.video.ladder import Rung, ladder_of
from mediaworks.processing.video.model import AudioTrack, Index, Packets, RemuxRequest, VideoTrack
from mediaworks.processing.video.packets import CutGrid
from mediaworks.processing.video.segments import AudioGrid, VideoGrid

AAC_LC = "mp4a.40.2"
AUDIO_BITS = 160_000
SOURCE = "source"
MUCH_MORE = 2  # of the bits of the encoded rung: with more, both are offered
OPENING_HEIGHT = 480


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
        return replace(self, grid=replace(self.grid, total=self.grid.begin(segment) + 1))


@dataclass(frozen=True, slots=True)
class AudioRendition:
    """`number`: of the track among those that can be heard, from 0."""

    track: AudioTrack
    grid: AudioGrid
    number: int

    @property
    def name(self) -> str:
        return f"audio{self.number}"


@dataclass(frozen=True, slots=True)
class CopiedRendition:
    """The pictures as they were coded. `rung.bits`: on average."""

    track: VideoTrack
    packets: Packets
    grid: CutGrid
    rung: Rung

    @property
    def name(self) -> str:
        return self.rung.name

    @property
    def peak_bits(self) -> int:
        return self.grid.peak_bits

    def segment(self, number: int, mime: str) -> RemuxRequest:
        """How it is cut from a file of the type `mime`."""
        return RemuxRequest(
            mime=mime, stream=self.track.stream, timescale=self.packets.timescale, shift=self.packets.shift,
            lead=self.packets.lead, begin=self.grid.begins[number], end=self.grid.stop(number),
            size=self.grid.sizes[number], is_last=number + 1 == self.grid.segments, is_still=False,
        )  # fmt: skip

    def still(self, number: int, mime: str) -> RemuxRequest:
        """Only the picture that the segment begins with."""
        return msgspec.structs.replace(self.segment(number, mime), is_still=True)

    def replaces(self, video: VideoRendition) -> bool:
        """Whether who can play the one has no need of the other: it is as large and hardly cheaper, or not cheaper at all."""
        if self.rung.width == video.rung.width:
            return self.rung.bits <= MUCH_MORE * video.rung.bits
        return self.peak_bits <= video.peak_bits


AnyRendition = VideoRendition | AudioRendition
AnyVideo = VideoRendition | CopiedRendition
PlayedRendition = AnyVideo | AudioRendition


@dataclass(frozen=True, slots=True)
class Presentation:
    """`videos`: those that are encoded, the largest first; `source`: the pictures as they are, if they can be played so."""

    index: Index
    videos: tuple[VideoRendition, ...]
    audios: tuple[AudioRendition, ...]
    source: CopiedRendition | None = None

    @property
    def shown(self) -> tuple[AnyVideo, ...]:
        """The pictures that players choose from, the largest first."""
        source = self.source
        return self.videos if source is None else (source, *(one for one in self.videos if not source.replaces(one)))

    @property
    def renditions(self) -> tuple[PlayedRendition, ...]:
        return self.shown + self.audios

    def encoded(self) -> Presentation:
        """With nothing but what can be cut at every frame."""
        return replace(self, source=None)

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
    def opening(self) -> AnyVideo | None:
        """What a player begins with before it knows its line: soon there, and fit to be looked at."""
        modest = [video for video in self.shown if min(video.rung.width, video.rung.height) <= OPENING_HEIGHT]
        return next(iter([*modest, *self.shown[-1:]]), None)

    @property
    def default_audio(self) -> AudioRendition | None:
        """What is heard when nobody chooses."""
        flagged = [audio for audio in self.audios if audio.track.is_default]
        return next(iter([*flagged, *self.audios]), None)

    def named(self, name: str) -> PlayedRendition | None:
        return next((one for one in (*self.renditions, *self.videos) if one.name == name), None)


def presentation_of(index: Index, *, heights: Sequence[int], segment_seconds: float) -> Presentation:
    track = index.video
    videos: tuple[VideoRendition, ...] = ()
    source = None
    if track is not None:
        grid = VideoGrid.of(track, segment_seconds)
        videos = tuple(VideoRendition(track, grid, rung) for rung in ladder_of(track, heights))
        source = _source_of(track, heights, segment_seconds)
    audios = tuple(
        AudioRendition(audio, AudioGrid.of(audio, segment_seconds, index.duration), number)
        for number, audio in enumerate(index.audio)
    )
    return Presentation(index, videos, audios, source)


def _source_of(track: VideoTrack, heights: Sequence[int], seconds: float) -> CopiedRendition | None:
    """None where it cannot be played as it is, or is larger than `heights` allow."""
    packets = track.packets
    if packets is None or min(track.width, track.height) > max(heights):
        return None
    grid = CutGrid.of(packets, track.frame_rate, seconds)
    return copied(track, packets, grid) if grid.is_sound else None


def copied(track: VideoTrack, packets: Packets, grid: CutGrid) -> CopiedRendition:
    profile, level = packets.codec[-6:-2], int(packets.codec[-2:], 16)
    rung = Rung(SOURCE, track.width, track.height, grid.average_bits, level, profile)
    return CopiedRendition(track, packets, grid, rung)
