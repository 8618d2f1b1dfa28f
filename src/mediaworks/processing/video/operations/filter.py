from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from mediaworks.processing.image.operations.effects.filter import Filter as PictureFilter
from mediaworks.processing.image.operations.filters.named import NAMED
from mediaworks.processing.image.operations.filters.paint import Plain
from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.model import Index
from mediaworks.processing.video.operations.base import Operation

EVEN = tuple(name for name, look in NAMED.items() if all(isinstance(layer.paint, Plain) for layer in look.layers))
"""The filters that do the same to every place of a picture."""
Name = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(EVEN)})]


class Filter(Operation, frozen=True, kw_only=True, tag="filter"):
    """Give the video a look that has a name; `strength` from 0 (nothing) to 100 (all of it). Looks with a gradient or a
    vignette are only for pictures."""

    name: Name
    strength: Annotated[float, msgspec.Meta(ge=0, le=100, description="percent")] = 100.0

    def __post_init__(self) -> None:
        if self.name not in EVEN:
            raise ValueError(f"filter: name must be one of {', '.join(EVEN)}")

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        return clip.coloured(PictureFilter(name=self.name, strength=self.strength))
