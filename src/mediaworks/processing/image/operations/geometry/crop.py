from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.errors import Invalid
from mediaworks.processing.image.operations.base import Fraction, Operation, Pixels, Scene
from mediaworks.processing.image.operations.cutting import cut_to
from mediaworks.processing.image.operations.gravity import Gravity

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

Ratio = Annotated[str, msgspec.Meta(pattern=r"^[1-9]\d{0,4}:[1-9]\d{0,4}$", description="width:height, such as 16:9")]
Offset = Annotated[int, msgspec.Meta(ge=0, le=65_535)]


class Crop(Operation, frozen=True, kw_only=True, tag="crop"):
    """Cut a part out: `x`, `y`, `width` and `height` in pixels; or only a size, or the largest part of a `ratio`, which
    `gravity` or `focus` (shares of width and height) choose."""

    x: Offset | None = None
    y: Offset | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    ratio: Ratio | None = None
    gravity: Gravity = Gravity.CENTER
    focus: tuple[Fraction, Fraction] | None = None

    def __post_init__(self) -> None:
        if (self.ratio is None) == (self.width is None and self.height is None):
            raise ValueError("crop: needs width and height, or a ratio")
        if self.ratio is None and (self.width is None or self.height is None):
            raise ValueError("crop: needs both width and height")

    def apply(self, image: Image, scene: Scene) -> Image:
        width, height = self._size(image)
        if self.x is None and self.y is None:
            return cut_to(image, width, height, self.gravity, self.focus, scene)
        left, top = self.x or 0, self.y or 0
        if left + width > image.width or top + height > image.height:
            raise Invalid(
                f"crop: {width}×{height} at {left},{top} lies outside the picture of {image.width}×{image.height}",
                field="crop",
                width=image.width,
                height=image.height,
            )
        return image.crop(left, top, width, height)

    def _size(self, image: Image) -> tuple[int, int]:
        if self.ratio is None:
            return self.width or image.width, self.height or image.height
        across, down = (int(part) for part in self.ratio.split(":"))
        scale = min(image.width / across, image.height / down)
        return max(1, round(across * scale)), max(1, round(down * scale))
