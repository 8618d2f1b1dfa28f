"""Linear light: what light does (adding, doubling) is reckoned where numbers are proportional to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


def in_light(colours: Image, change: Callable[[Image], Image]) -> Image:
    """Change three bands of sRGB in linear light (IEC 61966-2-1)."""
    linear = colours.copy(interpretation="srgb").colourspace("scrgb")
    return change(linear).copy(interpretation="scrgb").colourspace("srgb")
