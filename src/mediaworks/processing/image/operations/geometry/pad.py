from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Colour, Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb
from mediaworks.processing.image.operations.geometry.extending import extended

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

Border = Annotated[int, msgspec.Meta(ge=0, le=10_000, description="pixels")]


class Pad(Operation, frozen=True, kw_only=True, tag="pad"):
    """Put a border of `background` around the picture, in pixels for each side."""

    top: Border = 0
    right: Border = 0
    bottom: Border = 0
    left: Border = 0
    background: Colour = "white"

    def bound_after(self, width: int, height: int) -> tuple[int, int]:
        return width + self.left + self.right, height + self.top + self.bottom

    def apply(self, image: Image, scene: Scene) -> Image:
        width, height = self.bound_after(image.width, image.height)
        return extended(in_rgb(image), self.left, self.top, width, height, self.background)
