from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.errors import Invalid

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

Offset = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
Length = Annotated[int, msgspec.Meta(ge=1, le=65_535)]


class Area(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rectangle in pixels."""

    x: Offset
    y: Offset
    width: Length
    height: Length


Areas = Annotated[tuple[Area, ...], msgspec.Meta(max_length=100)]


def within(image: Image, areas: tuple[Area, ...], change: Callable[[Image], Image]) -> Image:
    """The picture with these areas changed, or wholly without any. Raises Invalid for an area beyond its edges."""
    if not areas:
        return change(image)
    for number, area in enumerate(areas):
        if area.x >= image.width or area.y >= image.height:
            raise Invalid(
                f"areas[{number}]: begins outside the picture of {image.width}×{image.height}", field=f"areas[{number}]"
            )
        width, height = min(area.width, image.width - area.x), min(area.height, image.height - area.y)
        image = image.insert(change(image.crop(area.x, area.y, width, height)), area.x, area.y)
    return image
