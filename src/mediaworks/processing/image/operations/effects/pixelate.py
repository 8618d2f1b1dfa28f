from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb
from mediaworks.processing.image.operations.effects.areas import Areas, on_faces, within

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

Side = Annotated[int, msgspec.Meta(ge=2, le=1000, description="pixels")]
FACE_SQUARES = 4
"""How many squares a face is wide at most."""


class Pixelate(Operation, frozen=True, kw_only=True, tag="pixelate"):
    """Make squares of `size` pixels out of the picture, or of `areas` of it, or with `faces` of all faces in it, so that
    nobody is known by them: out of a large face larger squares."""

    size: Side = 16
    areas: Areas = ()
    faces: bool = False

    def apply(self, image: Image, scene: Scene) -> Image:
        image = in_rgb(image)
        if self.areas or not self.faces:
            image = within(image, self.areas, lambda part: squared(part, self.size))
        return on_faces(image, scene, self._unknown) if self.faces else image

    def _unknown(self, face: Image) -> Image:
        return squared(face, max(self.size, face.width // FACE_SQUARES))


def squared(part: Image, size: int) -> Image:
    side = min(size, max(part.width, part.height))
    across, down = -(-part.width // side), -(-part.height // side)
    whole = part.embed(0, 0, across * side, down * side, extend="mirror")
    squares = whole.shrink(side, side).zoom(side, side)
    return squares.crop(0, 0, part.width, part.height).copy(interpretation="srgb")
