from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from mediaworks.processing.image.operations.base import Operation, Scene

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Flip(Operation, frozen=True, kw_only=True, tag="flip"):
    """Mirror the picture: `horizontal` swaps left and right."""

    direction: Literal["horizontal", "vertical", "both"] = "horizontal"

    def apply(self, image: Image, scene: Scene) -> Image:
        if self.direction == "both":
            return image.rot180()
        return image.fliphor() if self.direction == "horizontal" else image.flipver()
