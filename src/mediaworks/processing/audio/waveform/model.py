from __future__ import annotations

import msgspec

BASE = 256
"""Samples of a pixel of the finest waveform that is kept; all coarser ones are made of it."""


class WaveformRequest(msgspec.Struct, frozen=True):
    mime: str


class Peaks(msgspec.Struct, frozen=True, kw_only=True):
    """The peaks of a sound, BASE samples a pixel, 16 bits: those of all channels mixed, and behind them in the same file those
    of each channel where there are several. `length`: pixels, of which the last one may hold fewer samples."""

    sample_rate: int
    channels: int
    length: int


class DrawRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of `width` × `height` pixels. `outlines`: for each band from top to bottom the upper and lower edge of every
    column, in pixels from its own top, 16 bits each; colours as red, green, blue, alpha."""

    width: int
    height: int
    outlines: tuple[tuple[bytes, bytes], ...]
    colour: tuple[int, int, int, int]
    background: tuple[int, int, int, int]
