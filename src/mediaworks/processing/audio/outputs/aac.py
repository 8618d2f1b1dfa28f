from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from mediaworks.processing import types
from mediaworks.processing.audio.model import Sound
from mediaworks.processing.audio.outputs.base import HIGH_RATES, AudioOutput, bitrate, refuse_both
from mediaworks.processing.types import FileType

KILOBITS_OF_CHANNEL = 64


class Aac(AudioOutput, frozen=True, kw_only=True, tag="aac"):
    """AAC-LC in an M4A file that plays while it is loaded. `bitrate` in kbit/s of all channels, 64 for each without it; or
    `quality`, with as many bits as each moment needs: 2 is the best."""

    type: ClassVar[FileType] = types.M4A
    rates: ClassVar[tuple[int, ...]] = HIGH_RATES
    cover: ClassVar[Literal["stream"]] = "stream"

    bitrate: Annotated[int, msgspec.Meta(ge=16, le=1024, description="kbit/s")] | None = None
    quality: Annotated[float, msgspec.Meta(ge=0.1, le=2)] | None = None

    def encoder(self, sound: Sound) -> tuple[str, ...]:
        refuse_both(bitrate=self.bitrate, quality=self.quality)
        channels = self.channels or min(sound.channels, self.most_channels)
        chosen = (
            ("-q:a", f"{self.quality:g}") if self.quality else bitrate(self.bitrate or channels * KILOBITS_OF_CHANNEL)
        )
        return "-c:a", "aac", *chosen, "-movflags", "+faststart", "-f", "ipod"
