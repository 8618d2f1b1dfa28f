"""Which part of a picture stays when it is cut to a size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.processing.image.operations.base import Scene
from mediaworks.processing.image.operations.gravity import Gravity, placed

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

Point = tuple[float, float]


def cut_to(image: Image, width: int, height: int, gravity: Gravity, focus: Point | None, scene: Scene) -> Image:
    """The part of `width` × `height` pixels that `gravity` or the focal point (shares of width and height) chooses."""
    width, height = min(width, image.width), min(height, image.height)
    if (width, height) == (image.width, image.height):
        return image
    if focus is None and gravity in {Gravity.ATTENTION, Gravity.ENTROPY}:
        return image.smartcrop(width, height, interesting=str(gravity))
    if focus is None and gravity is Gravity.FACE:
        if not scene.faces:
            return image.smartcrop(width, height, interesting="attention")
        focus = _middle_of_faces(image, scene)
    if focus is None:
        left, top = placed(gravity, image.width - width, image.height - height)
    else:
        left = _around(focus[0] * image.width, width, image.width)
        top = _around(focus[1] * image.height, height, image.height)
    return image.crop(left, top, width, height)


def _around(middle: float, length: int, whole: int) -> int:
    return max(0, min(whole - length, round(middle - length / 2)))


def _middle_of_faces(image: Image, scene: Scene) -> Point:
    left = min(face[0] for face in scene.faces)
    top = min(face[1] for face in scene.faces)
    right = max(face[0] + face[2] for face in scene.faces)
    bottom = max(face[1] + face[3] for face in scene.faces)
    return (left + right) / 2 / image.width, (top + bottom) / 2 / image.height
