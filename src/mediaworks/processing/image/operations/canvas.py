"""Pictures that are not read but made, and what has to do with alpha. For sandbox children: calls load libvips."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


def plain(width: int, height: int, colour: Sequence[float]) -> Image:
    """A picture of one colour, with as many bands as the colour has."""
    from mediaworks.processing.image import vips

    flat = vips.Image.black(width, height, bands=len(colour)) + list(colour)
    return flat.cast("uchar").copy(interpretation="srgb")


def drawn(svg: str, *, scale: float = 1.0) -> Image:
    """An SVG, of our own making or looked through, as sRGB with alpha."""
    from mediaworks.processing.image import vips

    return vips.own_svg(svg, scale)


def places(width: int, height: int) -> Image:
    """Two bands: the x and the y of each pixel."""
    from mediaworks.processing.image import vips

    return vips.Image.xyz(width, height)


def looked_up(places: Image, table: Sequence[Sequence[float]]) -> Image:
    """The colour of each pixel from a table (red, green, blue, alpha, 0 to 255), by its number in a picture of one band."""
    from mediaworks.processing.image import vips

    numbers = array("f", [value for colour in table for value in colour])
    lut = vips.Image.new_from_memory(numbers.tobytes(), len(table), 1, 4, "float")
    return places.maplut(lut).copy(interpretation="srgb")


def noise(width: int, height: int, sigma: float, seed: int) -> Image:
    """Gaussian noise around 0, one band; the same seed gives the same."""
    from mediaworks.processing.image import vips

    return vips.Image.gaussnoise(width, height, mean=0, sigma=sigma, seed=seed)


def lettered(markup: str, **options: object) -> Image:
    """Text set by Pango, as sRGB with alpha."""
    from mediaworks.processing.image import vips

    return vips.Image.text(markup, rgba=True, **options)


def with_alpha(image: Image) -> Image:
    return image if image.hasalpha() else image.bandjoin(255).copy(interpretation="srgb")


def on_colours(image: Image, change: Callable[[Image], Image]) -> Image:
    """Change red, green and blue and leave alpha as it is; what is made is cut to 0 to 255."""
    if not image.hasalpha():
        return _bytes(change(image))
    colours = _bytes(change(image.extract_band(0, n=3)))
    return colours.bandjoin(image[3]).copy(interpretation="srgb")


def in_rgb(image: Image) -> Image:
    """Three bands of colour, whatever the picture was in."""
    if image.bands >= 3:
        return image
    alpha = image[1] if image.hasalpha() else None
    grey = image[0]
    colours = grey.bandjoin([grey, grey]).copy(interpretation="srgb")
    return colours if alpha is None else colours.bandjoin(alpha).copy(interpretation="srgb")


def _bytes(image: Image) -> Image:
    return image.cast("uchar").copy(interpretation="srgb")
