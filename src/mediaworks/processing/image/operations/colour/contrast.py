from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Contrast(Operation, frozen=True, kw_only=True, tag="contrast"):
    """Spread colours around middle grey by `amount` (1: as it is, 0: grey; the CSS filter of that name)."""

    amount: Annotated[float, msgspec.Meta(ge=0, le=10, description="times")] = 1.0

    def apply(self, image: Image, scene: Scene) -> Image:
        lift = 127.5 * (1 - self.amount)
        return on_colours(in_rgb(image), lambda colours: colours * self.amount + lift)
