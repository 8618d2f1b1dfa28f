from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

Level = Annotated[int, msgspec.Meta(ge=0, le=255, description="levels of 255")]
Bend = Annotated[float, msgspec.Meta(ge=0.1, le=10, description="1 changes nothing")]


class Levels(Operation, frozen=True, kw_only=True, tag="levels"):
    """Stretch what lies between `black` and `white` (0 to 255) over the whole range, bent by `gamma`. `auto` takes the darkest
    and the lightest half of a percent of the picture as black and white."""

    black: Level = 0
    white: Level = 255
    gamma: Bend = 1.0
    auto: bool = False

    def __post_init__(self) -> None:
        if self.black >= self.white:
            raise ValueError("levels: black must lie below white")

    def apply(self, image: Image, scene: Scene) -> Image:
        image = in_rgb(image)
        black, white = self._ends(image)
        scale = 1 / max(1, white - black)
        return on_colours(image, lambda colours: _bent((colours - black) * scale, self.gamma) * 255)

    def pinned(self, before: Image, after: Image) -> Operation:
        if not self.auto:
            return self
        black, white = self._ends(in_rgb(before))
        return Levels(black=round(black), white=max(round(black) + 1, round(white)), gamma=self.gamma)

    def _ends(self, image: Image) -> tuple[float, float]:
        if not self.auto:
            return self.black, self.white
        grey = image.extract_band(0, n=3).colourspace("b-w")
        return grey.percent(0.5), grey.percent(99.5)


def _bent(share: Image, gamma: float) -> Image:
    return (share > 0).ifthenelse(share, 0) ** (1 / gamma)
