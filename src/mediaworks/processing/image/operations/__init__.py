"""Everything that can be done to a picture: one file for each operation, one line in this table; and what is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Union

import msgspec

from mediaworks.processing.image.operations import installed
from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.colour.brightness import Brightness
from mediaworks.processing.image.operations.colour.colourise import Colourise
from mediaworks.processing.image.operations.colour.contrast import Contrast
from mediaworks.processing.image.operations.colour.duotone import Duotone
from mediaworks.processing.image.operations.colour.exposure import Exposure
from mediaworks.processing.image.operations.colour.flatten import Flatten
from mediaworks.processing.image.operations.colour.gamma import Gamma
from mediaworks.processing.image.operations.colour.grayscale import Grayscale
from mediaworks.processing.image.operations.colour.hue import Hue
from mediaworks.processing.image.operations.colour.invert import Invert
from mediaworks.processing.image.operations.colour.levels import Levels
from mediaworks.processing.image.operations.colour.posterise import Posterise
from mediaworks.processing.image.operations.colour.saturation import Saturation
from mediaworks.processing.image.operations.colour.sepia import Sepia
from mediaworks.processing.image.operations.colour.temperature import Temperature
from mediaworks.processing.image.operations.colour.tint import Tint
from mediaworks.processing.image.operations.colour.tones import Tones
from mediaworks.processing.image.operations.colour.vibrance import Vibrance
from mediaworks.processing.image.operations.compress import Compress
from mediaworks.processing.image.operations.effects.blur import Blur
from mediaworks.processing.image.operations.effects.blur_areas import BlurAreas
from mediaworks.processing.image.operations.effects.filter import Filter
from mediaworks.processing.image.operations.effects.gradient import Gradient
from mediaworks.processing.image.operations.effects.median import Median
from mediaworks.processing.image.operations.effects.noise import Noise
from mediaworks.processing.image.operations.effects.parts import FilterLayer, FilterTones, Veil
from mediaworks.processing.image.operations.effects.pixelate import Pixelate
from mediaworks.processing.image.operations.effects.sharpen import Sharpen
from mediaworks.processing.image.operations.effects.vignette import Vignette
from mediaworks.processing.image.operations.geometry.circle import Circle
from mediaworks.processing.image.operations.geometry.crop import Crop
from mediaworks.processing.image.operations.geometry.extend import Extend
from mediaworks.processing.image.operations.geometry.flip import Flip
from mediaworks.processing.image.operations.geometry.mask import Mask
from mediaworks.processing.image.operations.geometry.pad import Pad
from mediaworks.processing.image.operations.geometry.resize import Resize
from mediaworks.processing.image.operations.geometry.rotate import Rotate
from mediaworks.processing.image.operations.geometry.round_corners import RoundCorners
from mediaworks.processing.image.operations.geometry.trim import Trim
from mediaworks.processing.image.operations.layers.svg import Svg
from mediaworks.processing.image.operations.layers.text import Text
from mediaworks.processing.image.operations.layers.watermark import Watermark

OWN: tuple[type[Operation], ...] = (
    Resize, Crop, Rotate, Flip, Trim, Pad, Extend, RoundCorners, Circle, Mask,
    Brightness, Contrast, Exposure, Gamma, Saturation, Hue, Sepia, Grayscale, Invert, Temperature, Tint, Vibrance,
    Tones, Levels, Posterise, Duotone, Colourise, Flatten,
    Blur, Sharpen, Median, Noise, BlurAreas, Pixelate, Vignette, Gradient, Filter,
    Watermark, Text, Svg,
    Compress,
)  # fmt: skip
INSTALLED = installed.find(OWN)
OPERATIONS = (*OWN, *INSTALLED.operations)

PARTS: tuple[type[Operation], ...] = (Veil, FilterLayer, FilterTones)
"""What no recipe names: it is made for videos."""

if TYPE_CHECKING:
    AnyOperation = Operation
    AnyStep = Operation
else:
    AnyOperation = Union[OPERATIONS]  # noqa: UP007 - made of the table
    AnyStep = Union[(*OPERATIONS, *PARTS)]
Recipe = tuple[Operation, ...]


def read(raw: list[dict[str, Any]]) -> Recipe:
    """The operations that JSON names. Raises msgspec.ValidationError, which names the place and what is allowed."""
    return tuple(msgspec.convert(raw, list[AnyOperation]))


__all__ = ["INSTALLED", "OPERATIONS", "AnyOperation", "AnyStep", "Operation", "Recipe", "Scene", "read"]
