from __future__ import annotations

from mediaworks.processing.audio.outputs.base import AudioOutput


class AutoSound(AudioOutput, frozen=True, kw_only=True, tag="auto"):
    """The format that the sound had; AAC for ADTS streams and for the sound of videos."""
