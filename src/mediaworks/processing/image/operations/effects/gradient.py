from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Colour, Fraction, Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours, places
from mediaworks.processing.image.operations.colours import rgba

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Gradient(Operation, frozen=True, kw_only=True, tag="gradient"):
    """Lay a `colour` over the picture that grows from nothing to `opacity` in the direction `angle` (degrees clockwise; 180:
    downwards), from `start` to `end` of the way; under captions, say."""

    colour: Colour = "black"
    opacity: Fraction = 0.6
    angle: Annotated[float, msgspec.Meta(ge=-360, le=360, description="degrees clockwise, 0 is upwards")] = 180.0
    start: Fraction = 0.5
    end: Fraction = 1.0

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError("gradient: start must lie before end")

    def apply(self, image: Image, scene: Scene) -> Image:
        return on_colours(in_rgb(image), self._veiled)

    def _veiled(self, colours: Image) -> Image:
        veil = self.veil(colours.width, colours.height)
        return colours * (1 - veil) + veil * list(rgba(self.colour)[:3])

    def veil(self, width: int, height: int) -> Image:
        """How much of the colour each pixel of a picture of this size gets, from 0 to 1."""
        grown = (along(width, height, self.angle) - self.start) / (self.end - self.start)
        return grown.clamp() * self.opacity


def along(width: int, height: int, angle: float) -> Image:
    """How far each pixel lies along a gradient line of that angle, 0 to 1 (CSS Images 4, section 3.1)."""
    sin, cos = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    length = abs(width * sin) + abs(height * cos)
    at = places(width, height) + 0.5 - [width / 2, height / 2]
    return (at[0] * sin - at[1] * cos) / length + 0.5
