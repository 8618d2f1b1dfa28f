"""What is known of the sound of a recording."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from mediaworks.media.sound.model import LOUDNESS


class LoudnessView(TypedDict):
    """LUFS, LU and dBTP; null is what cannot be told of so short or so silent a sound."""

    integrated: float | None
    range: float | None
    true_peak: float | None


class AudioView(TypedDict):
    """Of the first sound. Rates in bits and samples a second; `tags` of the file and of the sound, by their names in small
    letters; `loudness` once it has been asked for."""

    codec: str | None
    bit_rate: int | None
    sample_rate: int | None
    channels: int | None
    tags: dict[str, str]
    cover_art: bool
    loudness: LoudnessView | None


def audio_view(facts: Mapping[str, Any]) -> AudioView | None:
    """None where there is no sound, or nothing is known yet."""
    streams = facts.get("streams") or []
    sound = next((stream for stream in streams if stream.get("type") == "audio"), None)
    if sound is None:
        return None
    tags = {**(facts.get("tags") or {}), **(sound.get("tags") or {})}
    return {
        "codec": sound.get("codec"),
        "bit_rate": sound.get("bit_rate") or facts.get("bit_rate"),
        "sample_rate": sound.get("sample_rate"),
        "channels": sound.get("channels"),
        "tags": {name.lower(): value for name, value in tags.items()},
        "cover_art": any(stream.get("attached_picture") for stream in streams),
        "loudness": facts.get(LOUDNESS),
    }
