from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.processing.image.operations.canvas import with_alpha
from mediaworks.processing.image.operations.colours import rgba

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


def extended(image: Image, left: int, top: int, width: int, height: int, background: str) -> Image:
    """The picture at a place on a ground of `width` × `height` pixels; transparent colours give it alpha."""
    colour = rgba(background)
    if colour[3] < 255:
        image = with_alpha(image)
    bands = list(colour) if image.hasalpha() else list(colour[:3])
    ground = image.embed(left, top, width, height, extend="background", background=bands)
    return ground.copy(xoffset=left, yoffset=top)
