"""What is done to videos."""

from __future__ import annotations

from typing import Any

from mediaworks.transformations.examples import images
from mediaworks.transformations.examples.images import PICTURE

VIDEO = "0190f0c0-0000-7000-8000-000000000001"
"""Stands for the id of another video, whose sound can be taken as well."""

_OF_PICTURES = (
    "brightness", "contrast", "exposure", "gamma", "saturation", "hue", "sepia", "temperature", "tint", "vibrance", "tones",
    "posterise", "duotone", "colourise", "blur", "sharpen", "median", "blur_areas", "pixelate", "gradient",
)  # fmt: skip
EXAMPLES: dict[str, dict[str, Any]] = {
    **{name: images.EXAMPLES[name] for name in _OF_PICTURES},
    "levels": {"black": 12, "white": 230, "gamma": 1.1},
    "trim": {"start": 0.2, "duration": 0.5},
    "concat": {"media": [VIDEO]},
    "resize": {"width": 64, "height": 64, "fit": "cover"},
    "crop": {"ratio": "1:1"},
    "rotate": {"angle": 90},
    "flip": {"direction": "horizontal"},
    "speed": {"factor": 2},
    "frame_rate": {"rate": 10},
    "fade": {"start": 0.2, "end": 0.3},
    "volume": {"decibels": -6},
    "replace_audio": {"media": VIDEO},
    "watermark": {"media": PICTURE, "gravity": "south_east", "ratio": 0.2, "opacity": 0.6},
    "text": {"text": "Zürich, 2026", "size": 12, "gravity": "south", "stroke": 1, "start": 0.2, "end": 0.8},
    "filter": {"name": "juno", "strength": 70},
    "mp4": {"codec": "h264", "crf": 26, "speed": "fast"},
    "webm": {"codec": "vp9", "bitrate": 200000, "speed": "fast"},
    "renditions": {"renditions": [{"height": 48}, {"height": 32, "output": {"format": "webm", "speed": "fast"}}]},
    "ladder": {"heights": [64, 48, 32], "output": {"format": "mp4", "speed": "fast"}},
    "gif": {"fps": 10, "width": 96},
    "preview": {"seconds": 1, "fps": 8, "width": 96},
    "frame": {"at": 0.5, "picture": {"format": "webp", "quality": 80}},
    "thumbnails": {"count": 3, "width": 64},
    "sprite": {"count": 9, "columns": 3, "width": 32},
}
