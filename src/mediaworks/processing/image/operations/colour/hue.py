from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations import matrices
from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Hue(Operation, frozen=True, kw_only=True, tag="hue"):
    """Turn all colours round the wheel by `degrees` (the CSS filter hue-rotate)."""

    degrees: Annotated[float, msgspec.Meta(ge=-360, le=360, description="degrees")] = 0.0

    def apply(self, image: Image, scene: Scene) -> Image:
        return on_colours(in_rgb(image), lambda colours: colours.recomb(matrices.hue(self.degrees)))
