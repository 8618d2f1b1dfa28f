from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Colour, Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb
from mediaworks.processing.image.operations.colours import rgba
from mediaworks.processing.image.operations.geometry.crop import Crop

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Trim(Operation, frozen=True, kw_only=True, tag="trim"):
    """Cut off borders of one colour: `background`, or that of the corner above on the left. `threshold`: how far a pixel
    may be from it, in levels of 255. A picture of one colour stays as it is."""

    threshold: Annotated[float, msgspec.Meta(ge=0, le=255, description="levels of 255")] = 10.0
    background: Colour | None = None

    def apply(self, image: Image, scene: Scene) -> Image:
        image = in_rgb(image)
        flat = image.flatten(background=255) if image.hasalpha() else image
        ground = list(rgba(self.background)[:3]) if self.background else flat.getpoint(0, 0)
        left, top, width, height = flat.find_trim(threshold=self.threshold, background=ground)
        return image.crop(left, top, width, height) if width and height else image

    def pinned(self, before: Image, after: Image) -> Operation:
        return Crop(x=-after.xoffset, y=-after.yoffset, width=after.width, height=after.height)
