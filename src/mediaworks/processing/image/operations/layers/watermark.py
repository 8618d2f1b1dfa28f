from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Fraction, Operation, Scene
from mediaworks.processing.image.operations.gravity import Gravity, placed
from mediaworks.processing.image.operations.layers.assets import asset
from mediaworks.processing.image.operations.layers.blending import Blend, faded, laid_on

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


Offset = Annotated[int, msgspec.Meta(ge=-65_535, le=65_535)]


class Watermark(Operation, frozen=True, kw_only=True, tag="watermark"):
    """Lay another picture (`media`: its id) over this one: at `gravity`, moved inwards by `offset_x` and `offset_y` pixels; `ratio`
    of the picture's width (its own size when left out); `tile` repeats it over all, `gap` pixels apart."""

    media: str
    gravity: Gravity = Gravity.SOUTH_EAST
    offset_x: Offset = 0
    offset_y: Offset = 0
    ratio: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None
    opacity: Fraction = 1.0
    tile: bool = False
    gap: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    blend: Blend = Blend.NORMAL

    def apply(self, image: Image, scene: Scene) -> Image:
        mark = faded(self._sized(asset(scene, self.media), image), self.opacity)
        if self.tile:
            spaced = mark.embed(0, 0, mark.width + self.gap, mark.height + self.gap)
            across, down = -(-image.width // spaced.width), -(-image.height // spaced.height)
            return laid_on(
                image, spaced.replicate(across, down).crop(0, 0, image.width, image.height), 0, 0, self.blend
            )
        left, top = placed(self.gravity, image.width - mark.width, image.height - mark.height)
        inwards_x = -self.offset_x if "east" in self.gravity else self.offset_x
        inwards_y = -self.offset_y if "south" in self.gravity else self.offset_y
        return laid_on(image, mark, left + inwards_x, top + inwards_y, self.blend)

    def _sized(self, mark: Image, image: Image) -> Image:
        wanted = image.width if self.ratio is None else max(1, round(image.width * self.ratio))
        if self.ratio is None and mark.width <= image.width and mark.height <= image.height:
            return mark
        return mark.thumbnail_image(wanted, height=image.height, size="both" if self.ratio else "down")
