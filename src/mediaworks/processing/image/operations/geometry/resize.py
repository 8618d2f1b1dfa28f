from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from mediaworks.errors import Invalid
from mediaworks.processing.image.operations.base import Colour, Fraction, Operation, Pixels, Scene
from mediaworks.processing.image.operations.cutting import cut_to
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

    def apply(self, image: Image, scene: Scene) -> Image:
        width, height = self.scaled(image.width, image.height)
        return self.boxed(scaled_to(image, width, height, self.kernel), scene)

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
        raise Invalid("resize: the picture would have no pixels", field="width")
    scale, vertical = width / image.width, height / image.height
    if not image.hasalpha():
        return image.resize(scale, vscale=vertical, kernel=str(kernel))
    mixed = image.premultiply().resize(scale, vscale=vertical, kernel=str(kernel))
    return mixed.unpremultiply().cast("uchar").copy(interpretation="srgb")
