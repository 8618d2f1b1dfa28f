from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image.operations.base import Box, Fraction, Operation, Pixels, Scene, Size
from mediaworks.processing.image.operations.cutting import corner, cut_to, looks
from mediaworks.processing.image.operations.gravity import Gravity

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

Ratio = Annotated[str, msgspec.Meta(pattern=r"^[1-9]\d{0,4}:[1-9]\d{0,4}$", description="width:height, such as 16:9")]
Offset = Annotated[int, msgspec.Meta(ge=0, le=65_535, description="pixels")]


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
        if self.ratio is not None and (self.width is not None or self.height is not None):
            raise ValueError("crop: takes a ratio, or width and height")

    def bound_after(self, width: int, height: int) -> tuple[int, int]:
        return min(width, self.width or width), min(height, self.height or height)

    def apply(self, image: Image, scene: Scene) -> Image:
        size = image.width, image.height
        if self._looks():
            return cut_to(image, *self._wanted(size), self.gravity, self.focus, scene)
        return image.crop(*self._box(size))

    def size_after(self, size: Size) -> Size | None:
        return None if self._looks() else self._box(size)[2:]

    def of_original(self, image: Image, size: Size, scene: Scene) -> Image:
        if self._looks():
            return self.apply(image, scene)
        across, down = image.width / size[0], image.height / size[1]
        left, top, width, height = self._box(size)
        x, y = round(left * across), round(top * down)
        right, bottom = round((left + width) * across), round((top + height) * down)
        return image.crop(min(x, image.width - 1), min(y, image.height - 1), max(1, right - x), max(1, bottom - y))

    def pinned(self, before: Image, after: Image) -> Operation:
        return Crop(x=-after.xoffset, y=-after.yoffset, width=after.width, height=after.height)

    def _looks(self) -> bool:
        return self.x is None and self.y is None and looks(self.gravity, self.focus)

    def _box(self, size: Size) -> Box:
        """What is cut out of a picture of this size."""
        width, height = self._wanted(size)
        if self.x is None and self.y is None:
            width, height = min(width, size[0]), min(height, size[1])
            return *corner(size, (width, height), self.gravity, self.focus), width, height
        left, top = self.x or 0, self.y or 0
        for field, start, length, whole in (("width", left, width, size[0]), ("height", top, height, size[1])):
            if start + length > whole:
                raise InvalidRecipe(
                    f"{field}: {width}×{height} at {left},{top} lies outside the picture of {size[0]}×{size[1]}; "
                    f"at most {max(0, whole - start)} are allowed there",
                    field=field,
                    limit=max(0, whole - start),
                )
        return left, top, width, height

    def _wanted(self, size: Size) -> Size:
        if self.ratio is None:
            return self.width or size[0], self.height or size[1]
        across, down = (int(part) for part in self.ratio.split(":"))
        scale = min(size[0] / across, size[1] / down)
        return max(1, round(across * scale)), max(1, round(down * scale))
