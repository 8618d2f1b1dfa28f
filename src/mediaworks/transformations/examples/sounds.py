from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mediaworks.transformations.examples.images import PICTURE

SOUND = "0190f0c0-0000-7000-8000-000000000001"
"""Stands for the id of another sound."""

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "extract_audio": {"track": 0},
    "trim": {"start": 0.2, "duration": 0.5},
    "concat": {"media": [SOUND]},
    "remove_silence": {"threshold": -45, "minimum": 0.3, "where": "everywhere", "keep": 0.1},
    "speed": {"factor": 1.5},
    "channels": {"layout": "mono"},
    "pick_channel": {"channel": 0},
    "volume": {"gain": -6},
    "normalize": {"target": -16},
    "fade": {"into": 0.2, "out": 0.5},
    "set_tags": {"title": "Lecture 4", "artist": "A. Speaker"},
    "set_cover": {"media": PICTURE},
    "aac": {"bitrate": 128},
    "mp3": {"quality": 2},
    "opus": {"bitrate": 96},
    "vorbis": {"quality": 5},
    "flac": {"compression": 8},
    "wav": {"bits": 24},
}
