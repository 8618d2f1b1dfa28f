from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.processing.image.operations.base import Colour, Operation, Pixels, Scene
from mediaworks.processing.image.operations.canvas import in_rgb
from mediaworks.processing.image.operations.geometry.extending import extended
from mediaworks.processing.image.operations.gravity import Gravity, placed

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Extend(Operation, frozen=True, kw_only=True, tag="extend"):
    """Put the picture on a ground of at least `width` × `height` pixels of `background`; a larger picture stays."""

    width: Pixels
    height: Pixels
    gravity: Gravity = Gravity.CENTER
    background: Colour = "white"

    def bound_after(self, width: int, height: int) -> tuple[int, int]:
        return max(self.width, width), max(self.height, height)

    def apply(self, image: Image, scene: Scene) -> Image:
        width, height = self.bound_after(image.width, image.height)
        left, top = placed(self.gravity, width - image.width, height - image.height)
        return extended(in_rgb(image), left, top, width, height, self.background)
