from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.model import Index
from mediaworks.processing.video.operations.base import Operation

SLOWEST_TEMPO = 0.5  # of one filter atempo


class Speed(Operation, frozen=True, kw_only=True, tag="speed"):
    """Play `factor` times as fast, at the frame rate that it had; the sound keeps its pitch."""

    factor: Annotated[float, msgspec.Meta(ge=0.25, le=4, description="1 changes nothing")]

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        shown = clip.seen(
            f"setpts=PTS/{self.factor},fps={clip.rate.numerator}/{clip.rate.denominator}",
            seconds=clip.seconds / self.factor,
            follows_source=False,
        )
        if self.factor >= SLOWEST_TEMPO:
            return shown.heard(f"atempo={self.factor}")
        return shown.heard(f"atempo={SLOWEST_TEMPO},atempo={self.factor / SLOWEST_TEMPO}")
