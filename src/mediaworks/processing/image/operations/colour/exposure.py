from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours
from mediaworks.processing.image.operations.light import in_light

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Exposure(Operation, frozen=True, kw_only=True, tag="exposure"):
    """Open or close the shutter by `stops`: light doubles with each, reckoned in linear light."""

    stops: Annotated[float, msgspec.Meta(ge=-5, le=5, description="stops")] = 0.0

    def apply(self, image: Image, scene: Scene) -> Image:
        return on_colours(in_rgb(image), lambda colours: in_light(colours, lambda light: light * 2**self.stops))
