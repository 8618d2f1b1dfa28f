from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Tint(Operation, frozen=True, kw_only=True, tag="tint"):
    """Shift the picture to magenta (above 0) or green, from -100 to 100."""

    amount: Annotated[float, msgspec.Meta(ge=-100, le=100, description="percent")] = 0.0

    def apply(self, image: Image, scene: Scene) -> Image:
        shift = self.amount / 100
        gains = [1 + 0.1 * shift, 1 - 0.2 * shift, 1 + 0.1 * shift]
        return on_colours(in_rgb(image), lambda colours: colours * gains)
