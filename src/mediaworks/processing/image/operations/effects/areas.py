from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image.operations.base import Box

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


def inside(areas: tuple[Area, ...], width: int, height: int) -> Iterator[Box]:
    """What a picture of this size has of each area. Raises InvalidRecipe for an area beyond its edges."""
    for number, area in enumerate(areas):
        if area.x >= width or area.y >= height:
            raise InvalidRecipe(
                f"areas[{number}].x: {area.x},{area.y} lies outside the picture of {width}×{height}",
                field=f"areas[{number}].x",
                limit=width - 1,
            )
        yield area.x, area.y, min(area.width, width - area.x), min(area.height, height - area.y)


def within(image: Image, areas: tuple[Area, ...], change: Callable[[Image], Image]) -> Image:
    """The picture with these areas changed, or wholly without any. Raises InvalidRecipe for an area beyond its edges."""
    if not areas:
        return change(image)
    for left, top, width, height in inside(areas, image.width, image.height):
        image = image.insert(change(image.crop(left, top, width, height)), left, top)
    return image


def on_faces(image: Image, scene: Scene, change: Callable[[Image], Image]) -> Image:
    """The picture with every face in it changed."""
    faces = tuple(Area(*face) for face in scene.faces)
    return within(image, faces, change) if faces else image
