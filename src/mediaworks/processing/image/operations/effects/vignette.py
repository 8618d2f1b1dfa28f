from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Colour, Fraction, Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours, places
from mediaworks.processing.image.operations.colours import rgba

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Vignette(Operation, frozen=True, kw_only=True, tag="vignette"):
    """Let the corners go over into `colour`, by `strength`; what lies within `radius` of the middle (1: the corners) stays."""

    strength: Fraction = 0.5
    radius: Annotated[float, msgspec.Meta(ge=0, lt=1, description="share of the way from the middle to a corner")] = 0.4
    colour: Colour = "black"

    def apply(self, image: Image, scene: Scene) -> Image:
        return on_colours(in_rgb(image), self._darkened)

    def _darkened(self, colours: Image) -> Image:
        veil = self.veil(colours.width, colours.height)
        return colours * (1 - veil) + veil * list(rgba(self.colour)[:3])

    def veil(self, width: int, height: int) -> Image:
        """How much of the colour each pixel of a picture of this size gets, from 0 to 1."""
        middle = [(width - 1) / 2, (height - 1) / 2]
        apart = (places(width, height) - middle) / [max(1.0, length) for length in middle]
        distance = (apart[0] ** 2 + apart[1] ** 2) ** 0.5 / 2**0.5
        share = ((distance - self.radius) / (1 - self.radius)) * (distance > self.radius) / 255
        return share**2 * self.strength
