"""What callers want of a waveform, read from a query."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from mediaworks.errors import Invalid
from mediaworks.processing import WAVEFORM_BASE, Bits, Waveform, WaveformLook
from mediaworks.processing import Colour as ColourType

Side = Annotated[int, msgspec.Meta(ge=16, le=4_096)]


class Format(StrEnum):
    JSON = "json"
    DAT = "dat"
    PNG = "png"
    SVG = "svg"


class Channels(StrEnum):
    """All mixed to one, or each by itself."""

    MIXED = "mixed"
    SPLIT = "split"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """`samples_per_pixel`: a multiple of 256; `pixels_per_second`: as near to it as such a multiple comes; width, height and
    colours are for pictures, which show all of the sound."""

    format: Format = Format.JSON
    channels: Channels = Channels.MIXED
    bits: Bits = 8
    samples_per_pixel: Annotated[int, msgspec.Meta(ge=WAVEFORM_BASE, multiple_of=WAVEFORM_BASE)] | None = None
    pixels_per_second: Annotated[float, msgspec.Meta(gt=0, le=2_000)] | None = None
    width: Side = 1_200
    height: Side = 200
    colour: ColourType = "#1f6feb"
    background: ColourType = "transparent"

    @property
    def look(self) -> WaveformLook:
        return WaveformLook(width=self.width, height=self.height, colour=self.colour, background=self.background)

    def zoomed(self, waveform: Waveform) -> Waveform:
        """The numbers that were asked for."""
        if self.pixels_per_second is not None:
            return waveform.coarser(max(1, round(waveform.sample_rate / self.pixels_per_second / WAVEFORM_BASE)))
        return waveform.coarser((self.samples_per_pixel or WAVEFORM_BASE) // WAVEFORM_BASE)


def read_asked(query: Mapping[str, Any]) -> Asked:
    """Raises Invalid, whose `field` is the parameter."""
    given = {name: value for name, value in query.items() if value is not None}
    if {"samples_per_pixel", "pixels_per_second"} <= given.keys():
        raise Invalid("pixels_per_second: goes without samples_per_pixel", field="pixels_per_second")
    try:
        return msgspec.convert(given, Asked, strict=False)
    except msgspec.ValidationError as fault:
        what, _, place = str(fault).partition(" - at `$.")
        field = place.rstrip("`")
        raise Invalid(f"{field}: {what}", field=field) from fault
