"""What is known of a recording's tracks."""

from __future__ import annotations

from fractions import Fraction

import msgspec


class IndexRequest(msgspec.Struct, frozen=True):
    mime: str
    max_pixels: int


class FilmRequest(msgspec.Struct, frozen=True):
    """A picture that moves; `background`: a colour by name or #rrggbb, behind what is transparent."""

    mime: str
    max_pixels: int
    background: str


class Filmed(msgspec.Struct, frozen=True):
    frames: int
    seconds: float


class Cut(msgspec.Struct, frozen=True, array_like=True):
    """Where a group of pictures begins that needs nothing before it, and how many bytes of packets reach to the next."""

    time: int
    size: int


class Packets(msgspec.Struct, frozen=True, kw_only=True):
    """Pictures that can be played as they were coded: `codec` as players want it named (RFC 6381). Times are in units of a
    second, `timescale` of them, from the recording's beginning; the container's time stamps are `shift` more. A cut is
    decoded at most `lead` before it is shown. `end`: of the last picture."""

    codec: str
    timescale: int
    cuts: tuple[Cut, ...]
    end: int
    shift: int = 0
    lead: int = 0


class RemuxRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Pictures of a stream from `begin` to before `end`: `size` bytes of packets, times and the rest as in Packets. `is_last`:
    nothing follows; `is_still`: only the first of them is wanted."""

    mime: str
    stream: int
    timescale: int
    shift: int
    lead: int
    begin: int
    end: int
    size: int
    is_last: bool
    is_still: bool


class Remuxed(msgspec.Struct, frozen=True):
    """A segment of fragmented MP4, and the `init` that goes before it."""

    init: bytes
    data: bytes


class VideoTrack(msgspec.Struct, frozen=True, kw_only=True):
    """Pixels as they are to be seen, upright and square; `rate`: frames a second as a fraction; `frames`: how many there are
    at that rate, from the recording's beginning; `widest_gap`: the longest time between two frames, in frames; `keyframes`
    in seconds; `hdr`: sdr, hdr10 or hlg; `is_interlaced`: whether its first frame is two fields; `packets`: how it plays
    without being encoded, if it can."""

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
    is_interlaced: bool = False
    packets: Packets | None = None

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
