from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Median(Operation, frozen=True, kw_only=True, tag="median"):
    """Take noise away and keep edges: each pixel becomes the median of the `size` × `size` around it (odd)."""

    size: Annotated[int, msgspec.Meta(ge=3, le=15, description="pixels, odd")] = 3

    def apply(self, image: Image, scene: Scene) -> Image:
        size = self.size | 1
        return on_colours(in_rgb(image), lambda colours: colours.median(size))
