from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Brightness(Operation, frozen=True, kw_only=True, tag="brightness"):
    """Multiply every colour by `amount` (1: as it is; the CSS filter of that name)."""

    amount: Annotated[float, msgspec.Meta(ge=0, le=10, description="times")] = 1.0

    def apply(self, image: Image, scene: Scene) -> Image:
        return on_colours(in_rgb(image), lambda colours: colours * self.amount)
