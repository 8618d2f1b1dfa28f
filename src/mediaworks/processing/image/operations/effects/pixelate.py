from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb
from mediaworks.processing.image.operations.effects.areas import Areas, within

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Pixelate(Operation, frozen=True, kw_only=True, tag="pixelate"):
    """Make squares of `size` pixels out of the picture, or of `areas` of it."""

    size: Annotated[int, msgspec.Meta(ge=2, le=1000)] = 16
    areas: Areas = ()

    def apply(self, image: Image, scene: Scene) -> Image:
        return within(in_rgb(image), self.areas, self._squared)

    def _squared(self, part: Image) -> Image:
        across, down = -(-part.width // self.size), -(-part.height // self.size)
        whole = part.embed(0, 0, across * self.size, down * self.size, extend="copy")
        squares = whole.shrink(self.size, self.size).zoom(self.size, self.size)
        return squares.crop(0, 0, part.width, part.height).copy(interpretation="srgb")
