from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.geometry.masking import masked
from mediaworks.processing.image.operations.layers.assets import asset

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Mask(Operation, frozen=True, kw_only=True, tag="mask"):
    """Keep of the picture what another one (`media`: its id) shows: its alpha where it has some, else its brightness. It is
    stretched to the picture's size; `invert` keeps the rest."""

    media: str
    invert: bool = False

    def apply(self, image: Image, scene: Scene) -> Image:
        other = asset(scene, self.media)
        band = other[other.bands - 1] if other.hasalpha() else other.colourspace("b-w")[0]
        band = band.thumbnail_image(image.width, height=image.height, size="force")
        return masked(image, band.invert() if self.invert else band)
