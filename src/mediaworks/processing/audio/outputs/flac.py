from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from mediaworks.processing import types
from mediaworks.processing.audio.model import Sound
from mediaworks.processing.audio.outputs.base import AudioOutput
from mediaworks.processing.types import FileType

SAMPLES = {16: ("-sample_fmt", "s16"), 24: ("-sample_fmt", "s32", "-bits_per_raw_sample", "24")}


class Flac(AudioOutput, frozen=True, kw_only=True, tag="flac"):
    """Without loss. `bits` of a sample: as many as the source is worth, without them. `compression`: 12 is the smallest and
    slowest."""

    type: ClassVar[FileType] = types.FLAC
    cover: ClassVar[Literal["stream"]] = "stream"

    bits: Literal[16, 24] | None = None
    compression: Annotated[int, msgspec.Meta(ge=0, le=12)] = 5

    def encoder(self, sound: Sound) -> tuple[str, ...]:
        samples = SAMPLES[self.bits or sound.bits]
        return "-c:a", "flac", "-compression_level", str(self.compression), *samples, "-f", "flac"
