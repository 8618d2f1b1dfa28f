from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Temperature(Operation, frozen=True, kw_only=True, tag="temperature"):
    """Make the light warmer (above 0) or colder, from -100 to 100."""

    amount: Annotated[float, msgspec.Meta(ge=-100, le=100, description="percent")] = 0.0

    def apply(self, image: Image, scene: Scene) -> Image:
        shift = self.amount / 100
        gains = [1 + 0.3 * shift, 1 + 0.05 * shift, 1 - 0.3 * shift]
        return on_colours(in_rgb(image), lambda colours: colours * gains)
