from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class Gamma(Operation, frozen=True, kw_only=True, tag="gamma"):
    """Lift middle tones (`value` over 1) or lower them, black and white stay."""

    value: Annotated[float, msgspec.Meta(ge=0.1, le=10, description="1 changes nothing")] = 1.0

    def apply(self, image: Image, scene: Scene) -> Image:
        return on_colours(in_rgb(image), lambda colours: (colours / 255) ** (1 / self.value) * 255)
