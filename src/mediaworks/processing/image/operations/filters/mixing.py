"""Blend modes on pictures without alpha, in numbers from 0 to 255 (Compositing and Blending Level 1, section 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.processing.image.operations.layers.blending import Blend

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

WEIGHTS = [[0.3, 0.59, 0.11]]
_NAMES = {Blend.COLOR_DODGE: "colour-dodge", Blend.COLOR_BURN: "colour-burn"}


def mixed(base: Image, layer: Image, blend: str, opacity: float) -> Image:
    """`base` (three bands) under a layer (four), whose alpha counts `opacity` times."""
    alpha = layer[3] * (opacity / 255)
    colours = layer.extract_band(0, n=3)
    return base * (1 - alpha) + _blended(base, colours, blend) * alpha


def _blended(base: Image, colours: Image, blend: str) -> Image:
    """What an opaque layer gives on an opaque base; what is less opaque is a mixture of this and the base."""
    if blend in {"hue", "color"}:
        return _of_colour(base, colours, blend)
    opaque = colours.bandjoin(255).copy(interpretation="srgb")
    mode = _NAMES.get(Blend(blend), blend)
    return base.copy(interpretation="srgb").composite2(opaque, mode).extract_band(0, n=3)


def _of_colour(base: Image, layer: Image, blend: str) -> Image:
    """The lightness of the base with the hue (and with `color` the saturation) of the layer."""
    source = layer if blend == "color" else _with_saturation(layer, _saturation(base))
    shifted = source + (base.recomb(WEIGHTS) - source.recomb(WEIGHTS))
    return _clipped(shifted)


def _saturation(image: Image) -> Image:
    return _highest(image) - _lowest(image)


def _with_saturation(image: Image, saturation: Image) -> Image:
    lowest, spread = _lowest(image), _saturation(image)
    return (spread > 0).ifthenelse((image - lowest) * saturation / spread, 0)


def _clipped(image: Image) -> Image:
    """Back into 0 to 255 without changing the lightness."""
    light, lowest, highest = image.recomb(WEIGHTS), _lowest(image), _highest(image)
    image = (lowest < 0).ifthenelse(light + (image - light) * light / (light - lowest), image)
    return (highest > 255).ifthenelse(light + (image - light) * (255 - light) / (highest - light), image)


def _highest(image: Image) -> Image:
    return image[0].maxpair(image[1]).maxpair(image[2])


def _lowest(image: Image) -> Image:
    return image[0].minpair(image[1]).minpair(image[2])
