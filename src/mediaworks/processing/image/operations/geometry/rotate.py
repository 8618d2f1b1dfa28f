from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Colour, Operation, Scene
from mediaworks.processing.image.operations.canvas import with_alpha
from mediaworks.processing.image.operations.colours import rgba

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

RIGHT_ANGLES = {90.0: "d90", 180.0: "d180", 270.0: "d270"}


class Rotate(Operation, frozen=True, kw_only=True, tag="rotate"):
    """Turn the picture clockwise by `angle` degrees; the corners that come free at other than right angles are filled with
    `background`. What the camera noted about its own rotation is always followed first."""

    angle: Annotated[float, msgspec.Meta(ge=-360, le=360)]
    background: Colour = "transparent"

    def apply(self, image: Image, scene: Scene) -> Image:
        angle = self.angle % 360
        if angle == 0:
            return image
        if angle in RIGHT_ANGLES:
            return image.rot(RIGHT_ANGLES[angle])
        colour = rgba(self.background)
        if colour[3] < 255:
            image = with_alpha(image)
        bands = list(colour) if image.hasalpha() else list(colour[:3])
        return image.similarity(angle=angle, background=bands).cast("uchar").copy(interpretation="srgb")
