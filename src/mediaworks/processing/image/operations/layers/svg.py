from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image.operations.base import Fraction, Operation, Scene
from mediaworks.processing.image.operations.canvas import drawn
from mediaworks.processing.image.operations.gravity import Gravity
from mediaworks.processing.image.operations.layers.blending import Blend, faded, laid_on
from mediaworks.processing.image.operations.layers.drawing import refuse_programs
from mediaworks.processing.image.operations.layers.placing import Shift, left_and_top

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

LARGEST = 4


class Svg(Operation, frozen=True, kw_only=True, tag="svg"):
    """Lay a drawing over the picture: at `gravity`, moved inwards by `offset_x` and `offset_y` pixels; `ratio` of the
    picture's width (its own size when left out). Scripts, and whatever would be fetched from elsewhere, are refused."""

    svg: Annotated[str, msgspec.Meta(min_length=1, max_length=100_000)]
    gravity: Gravity = Gravity.CENTER
    offset_x: Shift = 0
    offset_y: Shift = 0
    ratio: Annotated[float, msgspec.Meta(gt=0, le=1, description="share of the picture's width")] | None = None
    opacity: Fraction = 1.0
    blend: Blend = Blend.NORMAL

    def apply(self, image: Image, scene: Scene) -> Image:
        layer = scene.once((self, image.width, image.height), lambda: faded(self._drawn(image), self.opacity))
        left, top = left_and_top(image, layer, self.gravity, (self.offset_x, self.offset_y))
        return laid_on(image, layer, left, top, self.blend)

    def _drawn(self, image: Image) -> Image:
        refuse_programs(self.svg)
        layer = drawn(self.svg)
        if self.ratio:
            layer = drawn(self.svg, scale=image.width * self.ratio / layer.width)
        if layer.width > LARGEST * image.width or layer.height > LARGEST * image.height:
            raise InvalidRecipe(
                f"svg: is {layer.width}×{layer.height} pixels large; {LARGEST} times the picture "
                f"({LARGEST * image.width}×{LARGEST * image.height}) are allowed",
                field="svg",
                limit=LARGEST,
            )
        return layer
