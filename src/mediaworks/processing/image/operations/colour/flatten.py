from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.processing.image.operations.base import Colour, Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb
from mediaworks.processing.image.operations.colours import rgba

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Flatten(Operation, frozen=True, kw_only=True, tag="flatten"):
    """Put a `background` behind what is transparent."""

    background: Colour = "white"

    def apply(self, image: Image, scene: Scene) -> Image:
        image = in_rgb(image)
        return image.flatten(background=list(rgba(self.background)[:3])) if image.hasalpha() else image
