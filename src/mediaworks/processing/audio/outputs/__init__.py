"""Everything that sound can be written as: one file for each format, one line in this table."""

from __future__ import annotations

import msgspec

from mediaworks.processing.audio.outputs.aac import Aac
from mediaworks.processing.audio.outputs.auto import AutoSound
from mediaworks.processing.audio.outputs.base import AudioOutput
from mediaworks.processing.audio.outputs.flac import Flac
from mediaworks.processing.audio.outputs.mp3 import Mp3
from mediaworks.processing.audio.outputs.opus import Opus
from mediaworks.processing.audio.outputs.vorbis import Vorbis
from mediaworks.processing.audio.outputs.wav import Wav

AUDIO_OUTPUTS: tuple[type[AudioOutput], ...] = (AutoSound, Aac, Mp3, Opus, Vorbis, Flac, Wav)


def settled(output: AudioOutput, mime: str) -> AudioOutput:
    """`output` in a format of its own: for `auto` that of a source of type `mime`."""
    if not isinstance(output, AutoSound):
        return output
    kind = next((kind for kind in AUDIO_OUTPUTS[1:] if kind.type.mime == mime), Aac)
    return kind(**msgspec.structs.asdict(output))


__all__ = ["AUDIO_OUTPUTS", "AudioOutput", "settled"]
