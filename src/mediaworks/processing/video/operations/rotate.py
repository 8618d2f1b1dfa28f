from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.model import Index
from mediaworks.processing.video.operations.base import Operation

FILTERS = {90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"}


class Rotate(Operation, frozen=True, kw_only=True, tag="rotate"):
    """Turn the pictures clockwise by `angle` degrees. What the camera noted about its own rotation is followed first."""

    angle: Literal[90, 180, 270]

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        width, height = clip.size
        return clip.seen(FILTERS[self.angle], size=(width, height) if self.angle == 180 else (height, width))
