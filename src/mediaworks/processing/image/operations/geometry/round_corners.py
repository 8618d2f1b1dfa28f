from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.processing.image.operations.base import Operation, Pixels, Scene
from mediaworks.processing.image.operations.geometry.masking import cut_out

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


class RoundCorners(Operation, frozen=True, kw_only=True, tag="round_corners"):
    """Round the corners off by a `radius` in pixels (at most half of the shorter side)."""

    radius: Pixels

    def apply(self, image: Image, scene: Scene) -> Image:
        radius = min(self.radius, min(image.width, image.height) / 2)
        return cut_out(image, f'<rect width="100%" height="100%" rx="{radius}" ry="{radius}" fill="white"/>')
