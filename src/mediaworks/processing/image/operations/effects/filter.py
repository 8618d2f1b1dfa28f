from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene
from mediaworks.processing.image.operations.canvas import in_rgb, on_colours
from mediaworks.processing.image.operations.filters.named import NAMED

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

Name = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(NAMED)})]


class Filter(Operation, frozen=True, kw_only=True, tag="filter"):
    """Give the picture a look that has a name; `strength` from 0 (nothing) to 100 (all of it)."""

    name: Name
    strength: Annotated[float, msgspec.Meta(ge=0, le=100, description="percent")] = 100.0

    def __post_init__(self) -> None:
        if self.name not in NAMED:
            raise ValueError(f"filter: name must be one of {', '.join(NAMED)}")

    def apply(self, image: Image, scene: Scene) -> Image:
        share = self.strength / 100
        look = NAMED[self.name]
        return on_colours(in_rgb(image), lambda colours: look.applied(colours) * share + colours * (1 - share))
