from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image.operations.base import Box, Colour, Fraction, Operation, Pixels, Scene, Size, stretched
from mediaworks.processing.image.operations.cutting import cut_to, focus_of, looks
from mediaworks.processing.image.operations.geometry.extending import extended
from mediaworks.processing.image.operations.gravity import Gravity, placed

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Fit(StrEnum):
    """How a picture of one shape goes into a box of another: `fit` and `inside`: whole, within the box; `fill` and
    `cover`: fills the box, the rest is cut off; `contain` and `pad`: whole, the box is filled up with `background`;
    `outside`: covers the box, nothing is cut off; `force`: takes on the shape of the box."""

    FIT = "fit"
    INSIDE = "inside"
    FILL = "fill"
    COVER = "cover"
    CONTAIN = "contain"
    PAD = "pad"
    OUTSIDE = "outside"
    FORCE = "force"


class Kernel(StrEnum):
    NEAREST = "nearest"
    LINEAR = "linear"
    CUBIC = "cubic"
    MITCHELL = "mitchell"
    LANCZOS2 = "lanczos2"
    LANCZOS3 = "lanczos3"


WHOLE = {Fit.FIT, Fit.INSIDE, Fit.CONTAIN, Fit.PAD}


class Resize(Operation, frozen=True, kw_only=True, tag="resize"):
    """Make the picture fit a box in pixels; without one of its sides the shape stays. Never larger than it is, unless
    `enlarge`. `gravity` or `focus` (shares of width and height) say what stays when something is cut off."""

    width: Pixels | None = None
    height: Pixels | None = None
    fit: Fit = Fit.FIT
    enlarge: bool = False
    kernel: Kernel = Kernel.LANCZOS3
    gravity: Gravity = Gravity.CENTER
    focus: tuple[Fraction, Fraction] | None = None
    background: Colour = "white"

    def __post_init__(self) -> None:
        if self.width is None and self.height is None:
            raise ValueError("resize: needs width or height")

    def scaled(self, width: int, height: int) -> tuple[int, int]:
        """The size that a picture of this size is scaled to, before anything is cut off or filled up."""
        if self.fit is Fit.FORCE and self.width and self.height:
            return self._box(width, height)
        factors = [want / have for want, have in ((self.width, width), (self.height, height)) if want]
        factor = min(factors) if self.fit in WHOLE else max(factors)
        if not self.enlarge:
            factor = min(factor, 1.0)
        return max(1, round(width * factor)), max(1, round(height * factor))

    def _box(self, width: int, height: int) -> tuple[int, int]:
        wanted = self.width or width, self.height or height
        return wanted if self.enlarge else (min(wanted[0], width), min(wanted[1], height))

    def bound_after(self, width: int, height: int) -> tuple[int, int]:
        scaled = self.scaled(width, height)
        is_boxed = self.fit in {Fit.FILL, Fit.COVER, Fit.CONTAIN, Fit.PAD} and self.width and self.height
        return (self.width or 1, self.height or 1) if is_boxed else scaled

    def apply(self, image: Image, scene: Scene) -> Image:
        return self.of_original(image, (image.width, image.height), scene)

    def of_original(self, image: Image, size: Size, scene: Scene) -> Image:
        made = scaled_to(image, *self.scaled(*size), self.kernel)
        return self.boxed(made, scene.scaled(made.width / image.width, made.height / image.height))

    def carried(self, box: Box, before: Image, after: Image) -> Box:
        width, height = self.scaled(before.width, before.height)
        return super().carried(stretched(box, width / before.width, height / before.height), before, after)

    def pinned(self, before: Image, after: Image) -> Operation:
        if not looks(self.gravity, self.focus):
            return self
        return msgspec.structs.replace(self, focus=focus_of(self.scaled(before.width, before.height), after))

    def boxed(self, image: Image, scene: Scene) -> Image:
        """The scaled picture, cut off or filled up to the box."""
        if self.width is None or self.height is None:
            return image
        if self.fit in {Fit.FILL, Fit.COVER}:
            return cut_to(image, self.width, self.height, self.gravity, self.focus, scene)
        if self.fit in {Fit.CONTAIN, Fit.PAD}:
            left, top = placed(self.gravity, self.width - image.width, self.height - image.height)
            return extended(image, left, top, self.width, self.height, self.background)
        return image


def scaled_to(image: Image, width: int, height: int, kernel: Kernel) -> Image:
    """Alpha is multiplied in while pixels mix, so that what is transparent does not shine through."""
    if (width, height) == (image.width, image.height):
        return image
    if min(width, height) < 1:
        raise InvalidRecipe("resize: the picture would have no pixels", field="width")
    scale, vertical = width / image.width, height / image.height
    if not image.hasalpha():
        return image.resize(scale, vscale=vertical, kernel=str(kernel))
    mixed = image.premultiply().resize(scale, vscale=vertical, kernel=str(kernel))
    return mixed.unpremultiply().cast("uchar").copy(interpretation="srgb")
