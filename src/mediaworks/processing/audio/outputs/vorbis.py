from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from mediaworks.processing import types
from mediaworks.processing.audio.model import Sound
from mediaworks.processing.audio.outputs.base import HIGH_RATES, AudioOutput, bitrate, refuse_both
from mediaworks.processing.types import FileType

QUALITY = 5.0


class Vorbis(AudioOutput, frozen=True, kw_only=True, tag="vorbis"):
    """Vorbis in Ogg. `quality` from -1 to 10, 5 without it; or `bitrate` in kbit/s."""

    type: ClassVar[FileType] = types.OGG
    cover: ClassVar[Literal["tag"]] = "tag"
    rates: ClassVar[tuple[int, ...]] = HIGH_RATES

    bitrate: Annotated[int, msgspec.Meta(ge=32, le=500, description="kbit/s")] | None = None
    quality: Annotated[float, msgspec.Meta(ge=-1, le=10)] | None = None

    def encoder(self, sound: Sound) -> tuple[str, ...]:
        refuse_both(bitrate=self.bitrate, quality=self.quality)
        quality = QUALITY if self.quality is None else self.quality
        return "-c:a", "libvorbis", *(bitrate(self.bitrate) or ("-q:a", f"{quality:g}")), "-f", "ogg"
