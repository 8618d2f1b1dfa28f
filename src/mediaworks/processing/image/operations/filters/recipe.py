"""What a filter is made of: layers, and after them the functions of the CSS property `filter`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediaworks.processing.image.operations import matrices
from mediaworks.processing.image.operations.filters.mixing import mixed
from mediaworks.processing.image.operations.filters.paint import Paint

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


@dataclass(frozen=True, slots=True)
class Layer:
    paint: Paint
    blend: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """`layers` from below to above; `functions` in their order, each with its amount (degrees for `hue-rotate`)."""

    functions: tuple[tuple[str, float], ...] = ()
    layers: tuple[Layer, ...] = ()

    def applied(self, colours: Image) -> Image:
        """Three bands of 0 to 255 through this recipe."""
        for layer in self.layers:
            colours = mixed(colours, layer.paint.over(colours.width, colours.height), layer.blend, layer.opacity)
        return self.toned(colours)

    def toned(self, colours: Image) -> Image:
        """Through its functions alone."""
        for name, amount in self.functions:
            colours = FUNCTIONS[name](colours, amount).clamp(min=0, max=255)
        return colours


FUNCTIONS: dict[str, Callable[[Image, float], Image]] = {
    "brightness": lambda colours, amount: colours * amount,
    "contrast": lambda colours, amount: colours * amount + 127.5 * (1 - amount),
    "saturate": lambda colours, amount: colours.recomb(matrices.saturation(amount)),
    "grayscale": lambda colours, amount: colours.recomb(matrices.grayscale(amount)),
    "sepia": lambda colours, amount: colours.recomb(matrices.sepia(amount)),
    "hue-rotate": lambda colours, degrees: colours.recomb(matrices.hue(degrees)),
}
