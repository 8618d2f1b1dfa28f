from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Posterise(Operation, frozen=True, kw_only=True, tag="posterise"):
    """Leave so many `levels` of each of red, green and blue."""

    levels: Annotated[int, msgspec.Meta(ge=2, le=64, description="levels of each colour")] = 6

    def apply(self, image: Image, scene: Scene) -> Image:
        steps = self.levels - 1
        return on_colours(in_rgb(image), lambda colours: (colours / 255 * steps).rint() / steps * 255)
