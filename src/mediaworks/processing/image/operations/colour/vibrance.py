from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations import matrices
from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Vibrance(Operation, frozen=True, kw_only=True, tag="vibrance"):
    """Make weak colours stronger and leave strong ones, so that skin stays skin; from -100 to 100."""

    amount: Annotated[float, msgspec.Meta(ge=-100, le=100, description="percent")] = 0.0

    def apply(self, image: Image, scene: Scene) -> Image:
        return on_colours(in_rgb(image), self._strengthened)

    def _strengthened(self, colours: Image) -> Image:
        """A colour is as weak as its strongest and its weakest band are near to each other."""
        red, green, blue = colours[0], colours[1], colours[2]
        spread = red.maxpair(green).maxpair(blue) - red.minpair(green).minpair(blue)
        grey = colours.recomb(matrices.grayscale(1.0))
        return grey + (colours - grey) * ((1 - spread / 255) * (self.amount / 100) + 1)
