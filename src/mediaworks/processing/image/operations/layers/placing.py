from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.gravity import Gravity, placed

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

Shift = Annotated[
    int, msgspec.Meta(ge=-65_535, le=65_535, description="pixels; from a side or corner it leads inwards")
]


def left_and_top(image: Image, layer: Image, gravity: Gravity, shift: tuple[int, int]) -> tuple[int, int]:
    """Where a layer begins that hangs at a side or corner of the picture, moved inwards by `shift` pixels."""
    left, top = placed(gravity, image.width - layer.width, image.height - layer.height)
    inwards_x = -shift[0] if "east" in gravity else shift[0]
    inwards_y = -shift[1] if "south" in gravity else shift[1]
    return left + inwards_x, top + inwards_y
