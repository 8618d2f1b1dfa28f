from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from mediaworks.processing import types
from mediaworks.processing.audio.model import Sound
from mediaworks.processing.audio.outputs.base import RATES, AudioOutput, bitrate, refuse_both
from mediaworks.processing.types import FileType

QUALITY = 2.0


class Mp3(AudioOutput, frozen=True, kw_only=True, tag="mp3"):
    """MPEG layer III. `bitrate` in kbit/s makes it constant; else `quality`, as LAME counts it: 0 is the best, 9 the
    smallest, 2 without either."""

    type: ClassVar[FileType] = types.MP3
    rates: ClassVar[tuple[int, ...]] = RATES
    most_channels: ClassVar[int] = 2
    cover: ClassVar[Literal["stream"]] = "stream"

    bitrate: Annotated[int, msgspec.Meta(ge=8, le=320, description="kbit/s")] | None = None
    quality: Annotated[float, msgspec.Meta(ge=0, le=9)] | None = None

    def encoder(self, sound: Sound) -> tuple[str, ...]:
        refuse_both(bitrate=self.bitrate, quality=self.quality)
        quality = QUALITY if self.quality is None else self.quality
        chosen = bitrate(self.bitrate) or ("-q:a", f"{quality:g}")
        return "-c:a", "libmp3lame", *chosen, "-id3v2_version", "3", "-f", "mp3"
