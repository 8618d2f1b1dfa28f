from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb
from mediaworks.processing.image.operations.effects.areas import Area, Areas, within
from mediaworks.processing.image.operations.effects.blur import blurred

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class BlurAreas(Operation, frozen=True, kw_only=True, tag="blur_areas"):
    """Blur parts of the picture, or with `faces` all faces in it, so that nobody is known by them."""

    areas: Areas = ()
    faces: bool = False
    sigma: Annotated[float, msgspec.Meta(gt=0, le=250)] = 20.0

    def __post_init__(self) -> None:
        if not self.areas and not self.faces:
            raise ValueError("blur_areas: needs areas, or faces")

    def apply(self, image: Image, scene: Scene) -> Image:
        areas = self.areas + tuple(Area(*face) for face in scene.faces if self.faces)
        image = in_rgb(image)
        return within(image, areas, lambda part: blurred(part, self.sigma)) if areas else image
