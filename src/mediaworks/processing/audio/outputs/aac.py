from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from mediaworks.processing import types
from mediaworks.processing.audio.model import Sound
from mediaworks.processing.audio.outputs.base import HIGH_RATES, AudioOutput, bitrate
from mediaworks.processing.types import FileType

KILOBITS_OF_CHANNEL = 64


class Aac(AudioOutput, frozen=True, kw_only=True, tag="aac"):
    """AAC-LC in an M4A file that plays while it is loaded. `bitrate` in kbit/s of all channels; 64 for each without it."""

    type: ClassVar[FileType] = types.M4A
    rates: ClassVar[tuple[int, ...]] = HIGH_RATES
    has_cover: ClassVar[bool] = True

    bitrate: Annotated[int, msgspec.Meta(ge=16, le=1024, description="kbit/s")] | None = None

    def encoder(self, sound: Sound) -> tuple[str, ...]:
        channels = self.channels or min(sound.channels, self.most_channels)
        chosen = self.bitrate or channels * KILOBITS_OF_CHANNEL
        return "-c:a", "aac", *bitrate(chosen), "-movflags", "+faststart", "-f", "ipod"
