from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

Amount = Annotated[float, msgspec.Meta(ge=-100, le=100, description="percent")]


class Tones(Operation, frozen=True, kw_only=True, tag="tones"):
    """Lighten (above 0) or darken `shadows` and `highlights`, each from -100 to 100; the other end stays as it is."""

    shadows: Amount = 0.0
    highlights: Amount = 0.0

    def apply(self, image: Image, scene: Scene) -> Image:
        return on_colours(in_rgb(image), self._lit)

    def _lit(self, colours: Image) -> Image:
        share = colours / 255
        dark, light = (1 - share) ** 2 * share, share**2 * (1 - share)
        return (share + dark * (2 * self.shadows / 100) + light * (2 * self.highlights / 100)) * 255
