from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.processing.image.operations.base import Fraction, Operation, Scene
from mediaworks.processing.image.operations.cutting import cut_to, focus_of, looks
from mediaworks.processing.image.operations.geometry.masking import cut_out
from mediaworks.processing.image.operations.gravity import Gravity

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Circle(Operation, frozen=True, kw_only=True, tag="circle"):
    """Cut a circle out of the picture, as for an avatar; `gravity` or `focus` choose the square around it."""

    gravity: Gravity = Gravity.CENTER
    focus: tuple[Fraction, Fraction] | None = None

    def apply(self, image: Image, scene: Scene) -> Image:
        side = min(image.width, image.height)
        square = cut_to(image, side, side, self.gravity, self.focus, scene)
        return cut_out(square, '<circle cx="50%" cy="50%" r="50%" fill="white"/>')

    def pinned(self, before: Image, after: Image) -> Operation:
        if not looks(self.gravity, self.focus):
            return self
        return Circle(focus=focus_of((before.width, before.height), after))
