"""What is known of a recording's tracks."""

from __future__ import annotations

from fractions import Fraction

import msgspec


class IndexRequest(msgspec.Struct, frozen=True):
    mime: str
    max_pixels: int


class VideoTrack(msgspec.Struct, frozen=True, kw_only=True):
    """Pixels as they are to be seen, upright and square; `rate`: frames a second as a fraction; `frames`: how many there are
    at that rate, from the recording's beginning; `widest_gap`: the longest time between two frames, in frames; `keyframes`
    in seconds; `hdr`: sdr, hdr10 or hlg."""

    stream: int
    codec: str
    profile: str | None
    width: int
    height: int
    pixel_format: str
    hdr: str
    rate: tuple[int, int]
    frames: int
    widest_gap: int
    keyframes: tuple[float, ...]
    bit_rate: int | None

    @property
    def frame_rate(self) -> Fraction:
        return Fraction(*self.rate)


class AudioTrack(msgspec.Struct, frozen=True, kw_only=True):
    """`packet`: samples of each packet where the container rounds its time stamps, else 0; such packets end `origin`
    samples after a multiple of it. `is_default`: what is heard when nobody chooses."""

    stream: int
    codec: str
    sample_rate: int
    channels: int
    language: str | None
    title: str | None
    packet: int = 0
    origin: int = 0
    is_default: bool = False


class TextTrack(msgspec.Struct, frozen=True, kw_only=True):
    stream: int
    codec: str
    language: str | None
    title: str | None


class Chapter(msgspec.Struct, frozen=True):
    """In seconds."""

    start: float
    end: float
    title: str


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """`duration` in seconds."""

    duration: float
    video: VideoTrack | None = None
    audio: tuple[AudioTrack, ...] = ()
    texts: tuple[TextTrack, ...] = ()
    chapters: tuple[Chapter, ...] = ()
