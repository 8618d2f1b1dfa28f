from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

Sigma = Annotated[float, msgspec.Meta(gt=0, le=250, description="pixels")]


class Blur(Operation, frozen=True, kw_only=True, tag="blur"):
    """Blur by a Gaussian of `sigma` pixels."""

    sigma: Sigma

    def apply(self, image: Image, scene: Scene) -> Image:
        return blurred(in_rgb(image), self.sigma)


def blurred(image: Image, sigma: float) -> Image:
    """Alpha is multiplied in while pixels mix, so that what is transparent does not shine through."""
    if not image.hasalpha():
        return image.gaussblur(sigma)
    mixed = image.premultiply().gaussblur(sigma, precision="approximate").unpremultiply()
    return mixed.cast("uchar").copy(interpretation="srgb")
