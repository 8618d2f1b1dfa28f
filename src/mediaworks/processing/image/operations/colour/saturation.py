from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations import matrices
from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Saturation(Operation, frozen=True, kw_only=True, tag="saturation"):
    """Make colours stronger (`amount` over 1) or weaker (0: grey; the CSS filter saturate)."""

    amount: Annotated[float, msgspec.Meta(ge=0, le=10, description="times")] = 1.0

    def apply(self, image: Image, scene: Scene) -> Image:
        return on_colours(in_rgb(image), lambda colours: colours.recomb(matrices.saturation(self.amount)))
