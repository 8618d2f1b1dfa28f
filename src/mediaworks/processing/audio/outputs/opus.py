from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from mediaworks.processing import types
from mediaworks.processing.audio.model import Sound
from mediaworks.processing.audio.outputs.base import AudioOutput, bitrate
from mediaworks.processing.types import FileType

KILOBITS_OF_CHANNEL = 48


class Opus(AudioOutput, frozen=True, kw_only=True, tag="opus"):
    """Opus, with a variable bit rate around `bitrate` kbit/s of all channels; 48 for each without it. The rates of
    samples are those that Opus knows (RFC 6716 section 2)."""

    type: ClassVar[FileType] = types.OPUS
    cover: ClassVar[Literal["tag"]] = "tag"
    rates: ClassVar[tuple[int, ...]] = (8_000, 12_000, 16_000, 24_000, 48_000)

    bitrate: Annotated[int, msgspec.Meta(ge=6, le=510, description="kbit/s")] | None = None
    tuned_for: Literal["music", "speech"] = "music"

    def encoder(self, sound: Sound) -> tuple[str, ...]:
        channels = self.channels or min(sound.channels, self.most_channels)
        chosen = self.bitrate or channels * KILOBITS_OF_CHANNEL
        application = "voip" if self.tuned_for == "speech" else "audio"
        family = ("-mapping_family", "1") if channels > 2 else ()
        return "-c:a", "libopus", *bitrate(chosen), "-vbr", "on", "-application", application, *family, "-f", "opus"
