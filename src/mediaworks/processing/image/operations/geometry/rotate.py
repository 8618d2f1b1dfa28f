from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Box, Colour, Operation, Scene, Size
from mediaworks.processing.image.operations.canvas import with_alpha
from mediaworks.processing.image.operations.colours import rgba

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

RIGHT_ANGLES = {90.0: "d90", 180.0: "d180", 270.0: "d270"}


class Rotate(Operation, frozen=True, kw_only=True, tag="rotate"):
    """Turn the picture clockwise by `angle` degrees; the corners that come free at other than right angles are filled with
    `background`. What the camera noted about its own rotation is always followed first."""

    angle: Annotated[float, msgspec.Meta(ge=-360, le=360, description="degrees clockwise")]
    background: Colour = "transparent"

    def bound_after(self, width: int, height: int) -> tuple[int, int]:
        turned = math.radians(self.angle)
        across, along = abs(math.cos(turned)), abs(math.sin(turned))
        return math.ceil(width * across + height * along), math.ceil(width * along + height * across)

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

    def size_after(self, size: Size) -> Size | None:
        angle = self.angle % 360
        if angle and angle not in RIGHT_ANGLES:
            return None
        return (size[1], size[0]) if angle % 180 else size

    def carried(self, box: Box, before: Image, after: Image) -> Box:
        """The upright box around the turned one."""
        left, top, right, bottom = self._turned(box)
        origin_x, origin_y, _, _ = self._turned((0, 0, before.width, before.height))
        return round(left - origin_x), round(top - origin_y), round(right - left), round(bottom - top)

    def _turned(self, box: Box) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what the box covers after a turn around the origin."""
        sin, cos = math.sin(math.radians(self.angle)), math.cos(math.radians(self.angle))
        corners = [(box[0] + x * box[2], box[1] + y * box[3]) for x in (0, 1) for y in (0, 1)]
        across = [x * cos - y * sin for x, y in corners]
        down = [x * sin + y * cos for x, y in corners]
        return min(across), min(down), max(across), max(down)
