from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.processing.image.operations import matrices
from mediaworks.processing.image.operations.base import Colour, Fraction, Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours
from mediaworks.processing.image.operations.colours import rgba

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Duotone(Operation, frozen=True, kw_only=True, tag="duotone"):
    """Print the picture in two colours: `dark` for its shadows, `light` for its lights; `amount` mixes with the original."""

    dark: Colour = "#192550"
    light: Colour = "#f0e9d8"
    amount: Fraction = 1.0

    def apply(self, image: Image, scene: Scene) -> Image:
        return on_colours(in_rgb(image), self._printed)

    def _printed(self, colours: Image) -> Image:
        dark, light = rgba(self.dark)[:3], rgba(self.light)[:3]
        share = colours.recomb(matrices.grayscale(1.0)) / 255
        printed = share * [end - start for start, end in zip(dark, light, strict=True)] + list(dark)
        return printed * self.amount + colours * (1 - self.amount)
