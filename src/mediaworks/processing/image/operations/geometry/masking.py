from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.processing.image.operations.canvas import drawn, in_rgb, with_alpha

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


def cut_out(image: Image, shape: str) -> Image:
    """Keep what lies within an SVG shape (drawn in white on nothing, in pixels of the picture); the rest is transparent."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{image.width}" height="{image.height}">{shape}</svg>'
    return masked(image, drawn(svg)[3])


def masked(image: Image, mask: Image) -> Image:
    """The picture, less opaque by a mask of one band and the same size (255: stays)."""
    image = with_alpha(in_rgb(image))
    alpha = (image[3] * mask / 255).cast("uchar")
    return image.extract_band(0, n=3).bandjoin(alpha).copy(interpretation="srgb")
