"""What is known of sound; the structs cross a process border as MessagePack."""

from __future__ import annotations

import msgspec


class HearRequest(msgspec.Struct, frozen=True):
    """`track`: which of the sounds of a recording, from 0."""

    mime: str
    track: int = 0


class Sound(msgspec.Struct, frozen=True, kw_only=True):
    """What the headers say. `stream`: its number in the file; `bits`: how many of a sample are worth keeping; `cover`: the
    stream of the cover art; `seconds`: None where the file does not say."""

    stream: int
    codec: str
    sample_rate: int
    channels: int
    bits: int
    seconds: float | None = None
    cover: int | None = None
    cover_codec: str | None = None


class CoverRequest(msgspec.Struct, frozen=True):
    """`stream`: the number of the picture in the file."""

    mime: str
    stream: int


class Loudness(msgspec.Struct, frozen=True, kw_only=True):
    """By EBU R 128: `integrated` in LUFS and `range` in LU (EBU Tech 3342), `true_peak` in dBTP (ITU-R BS.1770 annex 2).
    None: `integrated` where nothing is louder than the absolute gate of -70 LUFS, `range` of less than four seconds,
    `true_peak` where all is silent."""

    integrated: float | None
    range: float | None
    true_peak: float | None


class Silence(msgspec.Struct, frozen=True):
    """From `start` to `end` in seconds; `end` is None where it lasts until the sound is over."""

    start: float
    end: float | None
