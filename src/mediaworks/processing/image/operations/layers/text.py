from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from mediaworks.processing.image.operations.base import Colour, Fraction, Operation, Scene
from mediaworks.processing.image.operations.canvas import lettered, plain
from mediaworks.processing.image.operations.colours import rgba
from mediaworks.processing.image.operations.gravity import Gravity, placed
from mediaworks.processing.image.operations.layers.blending import Blend, faded, laid_on

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


Offset = Annotated[int, msgspec.Meta(ge=-65_535, le=65_535)]


class Text(Operation, frozen=True, kw_only=True, tag="text"):
    """Write on the picture. `size` in pixels; `width` (pixels, the picture's when left out) is where lines wrap; `stroke`: width of an
    outline in pixels; `shadow`: how far a soft shadow falls. Scripts that run from right to left do so by themselves."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    font: Annotated[str, msgspec.Meta(pattern=r"^[\w ,-]{1,100}$")] = "sans"
    size: Annotated[int, msgspec.Meta(ge=4, le=2000)] = 32
    colour: Colour = "white"
    opacity: Fraction = 1.0
    gravity: Gravity = Gravity.SOUTH
    align: Literal["left", "center", "right"] = "center"
    offset_x: Offset = 0
    offset_y: Offset = 16
    width: Annotated[int, msgspec.Meta(ge=1, le=65_535)] | None = None
    stroke: Annotated[int, msgspec.Meta(ge=0, le=50)] = 0
    stroke_colour: Colour = "black"
    shadow: Annotated[int, msgspec.Meta(ge=0, le=50)] = 0
    blend: Blend = Blend.NORMAL

    def apply(self, image: Image, scene: Scene) -> Image:
        letters = self._shape(image)
        layer = self._inked(letters, self.colour)
        if self.stroke:
            layer = laid_on(self._inked(_grown(letters, self.stroke), self.stroke_colour), layer, 0, 0)
        if self.shadow:
            soft = letters.wrap(x=self.shadow, y=self.shadow).gaussblur(self.shadow / 2)
            layer = laid_on(self._inked(soft, "black"), layer, 0, 0)
        left, top = placed(self.gravity, image.width - layer.width, image.height - layer.height)
        inwards_x = -self.offset_x if "east" in self.gravity else self.offset_x
        inwards_y = -self.offset_y if "south" in self.gravity else self.offset_y
        return laid_on(image, faded(layer, self.opacity), left + inwards_x, top + inwards_y, self.blend)

    def _shape(self, image: Image) -> Image:
        """One band: where the letters are, with room around them for outline and shadow."""
        options = {"width": self.width or max(1, image.width - 2 * abs(self.offset_x))}
        align = {"left": "low", "center": "centre", "right": "high"}[self.align]
        drawn = lettered(
            escape(self.text), font=f"{self.font} {self.size}px", dpi=72, align=align, wrap="word-char", **options
        )
        room = 2 * (self.stroke + self.shadow)
        return drawn[3].embed(room, room, drawn.width + 2 * room, drawn.height + 2 * room)

    def _inked(self, letters: Image, colour: str) -> Image:
        red, green, blue, alpha = rgba(colour)
        ink = plain(letters.width, letters.height, (red, green, blue))
        return ink.bandjoin((letters * alpha / 255).cast("uchar")).copy(interpretation="srgb")


def _grown(letters: Image, by: int) -> Image:
    """The letters, thicker by so many pixels on every side."""
    return (letters.gaussblur(by / 2) * 4).cast("uchar").maxpair(letters)
