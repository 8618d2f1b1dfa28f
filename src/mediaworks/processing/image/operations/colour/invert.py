from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.processing.image.operations.base import Fraction, Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Invert(Operation, frozen=True, kw_only=True, tag="invert"):
    """Turn light into dark, by `amount` (1: wholly; the CSS filter of that name)."""

    amount: Fraction = 1.0

    def apply(self, image: Image, scene: Scene) -> Image:
        slope, lift = 1 - 2 * self.amount, 255 * self.amount
        return on_colours(in_rgb(image), lambda colours: colours * slope + lift)
