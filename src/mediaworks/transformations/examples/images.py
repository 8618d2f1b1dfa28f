"""What is done to pictures."""

from __future__ import annotations

from typing import Any

PICTURE = "0190f0c0-0000-7000-8000-000000000000"
"""Stands for the id of another picture."""
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle cx="4.5" cy="4.5" r="4" fill="red"/></svg>'
)

EXAMPLES: dict[str, dict[str, Any]] = {
    "resize": {"width": 300, "height": 150, "fit": "cover", "gravity": "attention"},
    "crop": {"ratio": "16:9", "gravity": "attention"},
    "rotate": {"angle": 90},
    "flip": {"direction": "horizontal"},
    "trim": {"threshold": 15},
    "pad": {"top": 20, "right": 20, "bottom": 20, "left": 20, "background": "#f5f5f5"},
    "extend": {"width": 1200, "height": 1200, "background": "black"},
    "round_corners": {"radius": 24},
    "mask": {"media": PICTURE},
    "brightness": {"amount": 1.2},
    "contrast": {"amount": 1.2},
    "exposure": {"stops": 0.5},
    "gamma": {"value": 1.4},
    "saturation": {"amount": 1.3},
    "hue": {"degrees": 30},
    "sepia": {"amount": 0.8},
    "temperature": {"amount": 25},
    "tint": {"amount": -10},
    "vibrance": {"amount": 40},
    "tones": {"shadows": 40, "highlights": -20},
    "levels": {"auto": True},
    "posterise": {"levels": 6},
    "duotone": {"dark": "#192550", "light": "#f0e9d8"},
    "colourise": {"colour": "#0066cc", "opacity": 0.5},
    "flatten": {"background": "#ffe0c0"},
    "blur": {"sigma": 4},
    "sharpen": {"sigma": 0.8},
    "median": {"size": 5},
    "noise": {"amount": 12},
    "blur_areas": {"areas": [{"x": 10, "y": 10, "width": 60, "height": 40}]},
    "pixelate": {"size": 12},
    "gradient": {"colour": "black", "opacity": 0.7},
    "filter": {"name": "juno", "strength": 70},
    "watermark": {"media": PICTURE, "gravity": "south_east", "ratio": 0.2, "opacity": 0.6},
    "text": {"text": "Zürich, 2026", "size": 28, "gravity": "south"},
    "svg": {"svg": DRAWING, "gravity": "north_west", "ratio": 0.1},
    "compress": {"mode": "quality", "quality": 60},
    "jpeg": {"quality": 80},
    "webp": {"quality": "auto", "similarity": "high"},
    "avif": {"max_bytes": 40000},
}
