from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from mediaworks.processing.image.operations.effects import filter as pictures
from mediaworks.processing.image.operations.effects.parts import FilterLayer, FilterTones
from mediaworks.processing.image.operations.filters.named import NAMED
from mediaworks.processing.image.operations.filters.paint import Plain
from mediaworks.processing.video import painting
from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.model import Index
from mediaworks.processing.video.operations.base import Operation


class Filter(Operation, frozen=True, kw_only=True, tag="filter"):
    """Give the video a look that has a name; `strength` from 0 (nothing) to 100 (all of it)."""

    name: pictures.Name
    strength: Annotated[float, msgspec.Meta(ge=0, le=100, description="percent")] = 100.0

    def __post_init__(self) -> None:
        pictures.Filter(name=self.name)

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        if all(isinstance(layer.paint, Plain) for layer in NAMED[self.name].layers):
            return painting.coloured(clip, pictures.Filter(name=self.name, strength=self.strength))
        return painting.mixed(clip, self._layered, self.strength / 100)

    def _layered(self, clip: Clip) -> Clip:
        """What treats every place alike is a table; the layers are painted for the whole of the picture."""
        look = NAMED[self.name]
        for number, layer in enumerate(look.layers):
            clip = painting.blended(clip, FilterLayer(name=self.name, number=number), layer.blend)
        return painting.looked_up(clip, FilterTones(name=self.name)) if look.functions else clip
