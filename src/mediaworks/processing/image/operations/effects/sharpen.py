from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Sharpen(Operation, frozen=True, kw_only=True, tag="sharpen"):
    """Sharpen edges of about `sigma` pixels (an unsharp mask): by `amount` times what a blur would take away, where that is at
    least `threshold` levels."""

    sigma: Annotated[float, msgspec.Meta(gt=0, le=20, description="pixels")] = 1.0
    amount: Annotated[float, msgspec.Meta(ge=0, le=10, description="times")] = 1.0
    threshold: Annotated[float, msgspec.Meta(ge=0, le=255, description="levels of 255")] = 0.0

    def apply(self, image: Image, scene: Scene) -> Image:
        return on_colours(in_rgb(image), self._sharpened)

    def _sharpened(self, colours: Image) -> Image:
        detail = colours - colours.gaussblur(self.sigma)
        return (detail.abs() >= self.threshold).ifthenelse(colours + detail * self.amount, colours)
