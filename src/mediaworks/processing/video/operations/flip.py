from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.model import Index
from mediaworks.processing.video.operations.base import Operation

FILTERS = {"horizontal": "hflip", "vertical": "vflip", "both": "hflip,vflip"}


class Flip(Operation, frozen=True, kw_only=True, tag="flip"):
    """Mirror the pictures: `horizontal` swaps left and right."""

    direction: Literal["horizontal", "vertical", "both"] = "horizontal"

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        return clip.seen(FILTERS[self.direction])
