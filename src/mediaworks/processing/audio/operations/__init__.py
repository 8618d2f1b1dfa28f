"""Everything that can be done to sound: one file for each operation, one line in this table."""

from __future__ import annotations

from mediaworks.processing.audio.operations.base import AudioOperation
from mediaworks.processing.audio.operations.channels import Channels
from mediaworks.processing.audio.operations.concat import Concat
from mediaworks.processing.audio.operations.extract_audio import ExtractAudio
from mediaworks.processing.audio.operations.fade import Fade
from mediaworks.processing.audio.operations.normalize import Normalize
from mediaworks.processing.audio.operations.pick_channel import PickChannel
from mediaworks.processing.audio.operations.remove_silence import RemoveSilence
from mediaworks.processing.audio.operations.set_cover import SetCover
from mediaworks.processing.audio.operations.set_tags import SetTags
from mediaworks.processing.audio.operations.speed import Speed
from mediaworks.processing.audio.operations.trim import TrimSound
from mediaworks.processing.audio.operations.volume import Volume

AUDIO_OPERATIONS: tuple[type[AudioOperation], ...] = (
    ExtractAudio, TrimSound, Concat, RemoveSilence, Speed, Channels, PickChannel, Volume, Normalize, Fade, SetTags, SetCover,
)  # fmt: skip

__all__ = ["AUDIO_OPERATIONS", "AudioOperation"]
