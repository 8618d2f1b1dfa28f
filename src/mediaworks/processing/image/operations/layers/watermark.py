from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Fraction, Operation, Scene
from mediaworks.processing.image.operations.gravity import Gravity
from mediaworks.processing.image.operations.layers.assets import Media, asset
from mediaworks.processing.image.operations.layers.blending import Blend, faded, laid_on
from mediaworks.processing.image.operations.layers.placing import Shift, left_and_top

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

Ratio = Annotated[float, msgspec.Meta(gt=0, le=1, description="share of the picture's width")]
Gap = Annotated[int, msgspec.Meta(ge=0, le=10_000, description="pixels")]


class Watermark(Operation, frozen=True, kw_only=True, tag="watermark"):
    """Lay another picture over this one: at `gravity`, moved inwards by `offset_x` and `offset_y` pixels; `ratio` of the
    picture's width (its own size when left out, never larger than the picture); `tile` repeats it over all, `gap` pixels apart."""

    media: Media
    gravity: Gravity = Gravity.SOUTH_EAST
    offset_x: Shift = 0
    offset_y: Shift = 0
    ratio: Ratio | None = None
    opacity: Fraction = 1.0
    tile: bool = False
    gap: Gap = 0
    blend: Blend = Blend.NORMAL

    def apply(self, image: Image, scene: Scene) -> Image:
        mark = scene.once((self, image.width, image.height), lambda: self._mark(image, scene))
        left, top = (0, 0) if self.tile else left_and_top(image, mark, self.gravity, (self.offset_x, self.offset_y))
        return laid_on(image, mark, left, top, self.blend)

    def _mark(self, image: Image, scene: Scene) -> Image:
        mark = faded(self._sized(asset(scene, self.media), image), self.opacity)
        return self._repeated(mark, image) if self.tile else mark

    def _repeated(self, mark: Image, image: Image) -> Image:
        spaced = mark.embed(0, 0, mark.width + self.gap, mark.height + self.gap)
        across, down = -(-image.width // spaced.width), -(-image.height // spaced.height)
        return spaced.replicate(across, down).crop(0, 0, image.width, image.height)

    def _sized(self, mark: Image, image: Image) -> Image:
        wanted = image.width if self.ratio is None else max(1, round(image.width * self.ratio))
        if self.ratio is None and mark.width <= image.width and mark.height <= image.height:
            return mark
        return mark.thumbnail_image(wanted, height=image.height, size="both" if self.ratio else "down")
