"""Which part of a picture stays when it is cut to a size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.processing.image.operations.base import Box, Scene, Size
from mediaworks.processing.image.operations.gravity import Gravity, placed

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

Point = tuple[float, float]
LOOKING = {Gravity.ATTENTION, Gravity.ENTROPY, Gravity.FACE}


def looks(gravity: Gravity, focus: Point | None) -> bool:
    """Whether the choice depends on what is to be seen."""
    return focus is None and gravity in LOOKING


def cut_to(image: Image, width: int, height: int, gravity: Gravity, focus: Point | None, scene: Scene) -> Image:
    """The part of `width` × `height` pixels that `gravity` or the focal point (shares of width and height) chooses."""
    width, height = min(width, image.width), min(height, image.height)
    if (width, height) == (image.width, image.height):
        return image
    if looks(gravity, focus) and gravity is Gravity.FACE and scene.faces:
        focus = _middle_of_faces(image, scene.faces)
    if looks(gravity, focus):
        return image.smartcrop(width, height, interesting="entropy" if gravity is Gravity.ENTROPY else "attention")
    left, top = corner((image.width, image.height), (width, height), gravity, focus)
    return image.crop(left, top, width, height)


def corner(size: Size, wanted: Size, gravity: Gravity, focus: Point | None) -> tuple[int, int]:
    """Left and top of a part of the size `wanted`, which gravity or focal point choose without looking."""
    if focus is None:
        return placed(gravity, size[0] - wanted[0], size[1] - wanted[1])
    return _around(focus[0] * size[0], wanted[0], size[0]), _around(focus[1] * size[1], wanted[1], size[1])


def focus_of(whole: Size, part: Image) -> Point:
    """The focal point by which `corner` chooses what `part` was cut to."""
    return (part.width / 2 - part.xoffset) / whole[0], (part.height / 2 - part.yoffset) / whole[1]


def _around(middle: float, length: int, whole: int) -> int:
    return max(0, min(whole - length, round(middle - length / 2)))


def _middle_of_faces(image: Image, faces: tuple[Box, ...]) -> Point:
    left, top = min(face[0] for face in faces), min(face[1] for face in faces)
    right, bottom = max(face[0] + face[2] for face in faces), max(face[1] + face[3] for face in faces)
    return (left + right) / 2 / image.width, (top + bottom) / 2 / image.height
