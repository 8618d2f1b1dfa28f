from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, noise, on_colours

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Noise(Operation, frozen=True, kw_only=True, tag="noise"):
    """Strew grain over the picture, `amount` levels of it; the same `seed` gives the same grain."""

    amount: Annotated[float, msgspec.Meta(gt=0, le=128, description="levels of 255")] = 12.0
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1, description="any number")] = 1

    def apply(self, image: Image, scene: Scene) -> Image:
        grain = noise(image.width, image.height, self.amount, self.seed)
        return on_colours(in_rgb(image), lambda colours: colours + grain)
