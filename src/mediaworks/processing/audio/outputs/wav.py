from __future__ import annotations

from typing import ClassVar, Literal

from mediaworks.processing import types
from mediaworks.processing.audio.model import Sound
from mediaworks.processing.audio.outputs.base import AudioOutput
from mediaworks.processing.types import FileType

CODECS = {16: "pcm_s16le", 24: "pcm_s24le", 32: "pcm_f32le"}


class Wav(AudioOutput, frozen=True, kw_only=True, tag="wav"):
    """PCM, in RF64 where it is over 4 GiB. `bits` of a sample: as many as the source is worth, without them; 32 are
    floating-point numbers."""

    type: ClassVar[FileType] = types.WAV
    unknown_tags: ClassVar[frozenset[str]] = frozenset({"album_artist", "composer"})

    bits: Literal[16, 24, 32] | None = None

    def encoder(self, sound: Sound) -> tuple[str, ...]:
        return "-c:a", CODECS[self.bits or sound.bits], "-rf64", "auto", "-f", "wav"
