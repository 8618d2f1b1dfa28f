from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from mediaworks.processing.image.operations.base import Box, Operation, Scene, Size

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Flip(Operation, frozen=True, kw_only=True, tag="flip"):
    """Mirror the picture: `horizontal` swaps left and right."""

    direction: Literal["horizontal", "vertical", "both"] = "horizontal"

    def apply(self, image: Image, scene: Scene) -> Image:
        if self.direction == "both":
            return image.rot180()
        return image.fliphor() if self.direction == "horizontal" else image.flipver()

    def size_after(self, size: Size) -> Size | None:
        return size

    def carried(self, box: Box, before: Image, after: Image) -> Box:
        left, top, width, height = box
        mirrored_x = left if self.direction == "vertical" else before.width - left - width
        mirrored_y = top if self.direction == "horizontal" else before.height - top - height
        return mirrored_x, mirrored_y, width, height
