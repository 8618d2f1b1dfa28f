"""How a layer mixes with what lies under it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from mediaworks.processing.image.operations.canvas import in_rgb, with_alpha

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Blend(StrEnum):
    """As in Compositing and Blending Level 1."""

    NORMAL = "normal"
    MULTIPLY = "multiply"
    SCREEN = "screen"
    OVERLAY = "overlay"
    DARKEN = "darken"
    LIGHTEN = "lighten"
    COLOR_DODGE = "color-dodge"
    COLOR_BURN = "color-burn"
    HARD_LIGHT = "hard-light"
    SOFT_LIGHT = "soft-light"
    DIFFERENCE = "difference"
    EXCLUSION = "exclusion"


_NAMES = {Blend.NORMAL: "over", Blend.COLOR_DODGE: "colour-dodge", Blend.COLOR_BURN: "colour-burn"}


def laid_on(image: Image, layer: Image, left: int, top: int, blend: Blend = Blend.NORMAL) -> Image:
    """The picture with a layer (sRGB with alpha) at a place; the picture keeps its size and its lack of alpha."""
    base = in_rgb(image)
    mode = _NAMES.get(blend, str(blend))
    mixed = base.composite2(with_alpha(in_rgb(layer)), mode, x=left, y=top).cast("uchar")
    mixed = mixed if base.hasalpha() else mixed.extract_band(0, n=3)
    return mixed.copy(interpretation="srgb")


def faded(layer: Image, opacity: float) -> Image:
    """The layer, so much less opaque."""
    layer = with_alpha(in_rgb(layer))
    if opacity == 1:
        return layer
    alpha = (layer[3] * opacity).cast("uchar")
    return layer.extract_band(0, n=3).bandjoin(alpha).copy(interpretation="srgb")
