"""Parts of effects, made alone for whoever lays them over pictures himself: no recipe names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours, plain
from mediaworks.processing.image.operations.colours import rgba
from mediaworks.processing.image.operations.effects.gradient import Gradient
from mediaworks.processing.image.operations.effects.vignette import Vignette
from mediaworks.processing.image.operations.filters.named import NAMED

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Veil(Operation, frozen=True, kw_only=True, tag="veil"):
    """In place of the picture what a `step` lays over it: its colour, as opaque as it is at each place."""

    step: Gradient | Vignette

    def apply(self, image: Image, scene: Scene) -> Image:
        colour = plain(image.width, image.height, rgba(self.step.colour)[:3])
        return _opaque(colour, self.step.veil(image.width, image.height) * 255)


class FilterLayer(Operation, frozen=True, kw_only=True, tag="filter_layer"):
    """In place of the picture one layer of a filter, `number` from below."""

    name: str
    number: int

    def apply(self, image: Image, scene: Scene) -> Image:
        layer = NAMED[self.name].layers[self.number]
        painted = layer.paint.over(image.width, image.height)
        return _opaque(painted.extract_band(0, n=3), painted[3] * layer.opacity)


class FilterTones(Operation, frozen=True, kw_only=True, tag="filter_tones"):
    """What a filter does to every colour after its layers."""

    name: str

    def apply(self, image: Image, scene: Scene) -> Image:
        return on_colours(in_rgb(image), NAMED[self.name].toned)


def _opaque(colours: Image, alpha: Image) -> Image:
    return colours.bandjoin(alpha).rint().cast("uchar").copy(interpretation="srgb")
