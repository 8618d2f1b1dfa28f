from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb
from mediaworks.processing.image.operations.effects.areas import Areas, on_faces, within
from mediaworks.processing.image.operations.effects.blur import Sigma, blurred

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


FACE_SHARE = 1 / 8
"""Of a face's width that it is blurred by at least."""


class BlurAreas(Operation, frozen=True, kw_only=True, tag="blur_areas"):
    """Blur parts of the picture, or with `faces` all faces in it, so that nobody is known by them: a large face is blurred
    by more than `sigma` pixels."""

    areas: Areas = ()
    faces: bool = False
    sigma: Sigma = 20.0

    def __post_init__(self) -> None:
        if not self.areas and not self.faces:
            raise ValueError("blur_areas: needs areas, or faces")

    def apply(self, image: Image, scene: Scene) -> Image:
        image = in_rgb(image)
        if self.areas:
            image = within(image, self.areas, lambda part: blurred(part, self.sigma))
        return on_faces(image, scene, self._unknown) if self.faces else image

    def _unknown(self, face: Image) -> Image:
        return blurred(face, max(self.sigma, face.width * FACE_SHARE))
