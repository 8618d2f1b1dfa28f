from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.errors import InvalidRecipe

if TYPE_CHECKING:
    from mediaworks.processing.image.operations.base import Scene
    from mediaworks.processing.image.vips import Image

Offset = Annotated[int, msgspec.Meta(ge=0, le=65_535, description="pixels")]
Length = Annotated[int, msgspec.Meta(ge=1, le=65_535, description="pixels")]


class Area(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rectangle in pixels."""

    x: Offset
    y: Offset
    width: Length
    height: Length


Areas = Annotated[tuple[Area, ...], msgspec.Meta(max_length=100)]


def within(image: Image, areas: tuple[Area, ...], change: Callable[[Image], Image]) -> Image:
    """The picture with these areas changed, or wholly without any. Raises InvalidRecipe for an area beyond its edges."""
    if not areas:
        return change(image)
    for number, area in enumerate(areas):
        if area.x >= image.width or area.y >= image.height:
            raise InvalidRecipe(
                f"areas[{number}].x: {area.x},{area.y} lies outside the picture of {image.width}×{image.height}",
                field=f"areas[{number}].x",
                limit=image.width - 1,
            )
        width, height = min(area.width, image.width - area.x), min(area.height, image.height - area.y)
        image = image.insert(change(image.crop(area.x, area.y, width, height)), area.x, area.y)
    return image


def on_faces(image: Image, scene: Scene, change: Callable[[Image], Image]) -> Image:
    """The picture with every face in it changed."""
    faces = tuple(Area(*face) for face in scene.faces)
    return within(image, faces, change) if faces else image
