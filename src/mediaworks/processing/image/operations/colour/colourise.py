from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.processing.image.operations.base import Colour, Fraction, Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours
from mediaworks.processing.image.operations.colours import rgba

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Colourise(Operation, frozen=True, kw_only=True, tag="colourise"):
    """Lay one colour over the picture, by `opacity`."""

    colour: Colour
    opacity: Fraction = 0.3

    def apply(self, image: Image, scene: Scene) -> Image:
        laid = [band * self.opacity for band in rgba(self.colour)[:3]]
        return on_colours(in_rgb(image), lambda colours: colours * (1 - self.opacity) + laid)
