from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing import fonts
from mediaworks.processing.image.operations.base import Colour, Fraction, Operation, Scene
from mediaworks.processing.image.operations.gravity import Gravity
from mediaworks.processing.image.operations.layers.blending import Blend, faded, laid_on
from mediaworks.processing.image.operations.layers.lettering import coloured, grown, inked
from mediaworks.processing.image.operations.layers.placing import Shift, left_and_top

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

Thickness = Annotated[int, msgspec.Meta(ge=0, le=50, description="pixels")]
Side = Annotated[int, msgspec.Meta(ge=1, le=65_535, description="pixels")]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
Font = Annotated[str, msgspec.Meta(pattern=r"^[\w ,-]{1,100}$")]
Height = Annotated[int, msgspec.Meta(ge=4, le=2000, description="pixels")]
Alignment = Literal["left", "center", "right"]
ALIGNED = {"left": "low", "center": "centre", "right": "high"}
MOST_PIXELS = 100_000_000


class Text(Operation, frozen=True, kw_only=True, tag="text"):
    """Write on the picture, at `gravity`, moved inwards by `offset_x` and `offset_y` pixels. `font`: a family, words of style
    may follow (Noto Serif Bold); `size` in pixels; `width` is where lines wrap (the picture's when left out); `stroke`: how
    far an outline reaches; `shadow`: how far a soft shadow falls. Right to left, and which font has a letter, is found out
    by itself; in lines from right to left `left` and `right` change places."""

    text: Words
    font: Font = "sans"
    size: Height = 32
    colour: Colour = "white"
    opacity: Fraction = 1.0
    gravity: Gravity = Gravity.SOUTH
    align: Alignment = "center"
    offset_x: Shift = 0
    offset_y: Shift = 16
    width: Side | None = None
    stroke: Thickness = 0
    stroke_colour: Colour = "black"
    shadow: Thickness = 0
    shadow_colour: Colour = "black"
    blend: Blend = Blend.NORMAL

    def apply(self, image: Image, scene: Scene) -> Image:
        if not self.text.strip():
            raise InvalidRecipe("text: has no letters", field="text")
        if not fonts.is_known(self.font):
            scene.warn(f"text: the font {self.font} is not installed; another took its place")
        layer = scene.once((self, image.width, image.height), lambda: self._layer(image))
        left, top = left_and_top(image, layer, self.gravity, (self.offset_x, self.offset_y))
        return laid_on(image, faded(layer, self.opacity), left, top, self.blend)

    def _layer(self, image: Image) -> Image:
        """The letters with room around them for what grows there, and that under them."""
        letters = self._letters(image)
        room = self.stroke + 2 * self.shadow
        letters = letters.embed(room, room, letters.width + 2 * room, letters.height + 2 * room)
        outline = grown(letters[3], self.stroke)
        layer = laid_on(inked(outline, self.stroke_colour), letters, 0, 0) if self.stroke else letters
        if not self.shadow:
            return layer
        fallen = outline.wrap(x=self.shadow, y=self.shadow).gaussblur(self.shadow / 2)
        return laid_on(inked(fallen, self.shadow_colour), layer, 0, 0)

    def _letters(self, image: Image) -> Image:
        width = self.width or max(1, image.width - 2 * (abs(self.offset_x) + self.stroke + self.shadow))
        self._refuse_too_large(width)
        return coloured(
            self.text,
            self.colour,
            font=f"{self.font} {self.size}px",
            dpi=72,
            align=ALIGNED[self.align],
            wrap="word-char",
            width=width,
        )

    def _refuse_too_large(self, width: int) -> None:
        """By what it may take at most: a letter is about as wide as high."""
        lines = self.text.splitlines()
        longest = max(len(line) for line in lines) * self.size
        rows = sum(1 + len(line) * self.size // width for line in lines)
        if min(longest, width + self.size) * rows * self.size * 1.5 > MOST_PIXELS:
            raise InvalidRecipe(
                f"size: {len(self.text)} characters of {self.size} pixels make too large a picture", field="size"
            )
