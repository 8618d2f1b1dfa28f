from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated

import msgspec

from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.model import Index
from mediaworks.processing.video.operations.base import Operation

ROUNDED = 0.005


class FrameRate(Operation, frozen=True, kw_only=True, tag="frame_rate"):
    """Show so many frames a second (29.97 and its like mean 30000/1001), leaving out or repeating some."""

    rate: Annotated[float, msgspec.Meta(ge=1, le=120, description="frames a second")]

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        rate = _exact(self.rate)
        return clip.seen(f"fps={rate.numerator}/{rate.denominator}", rate=rate)


def _exact(told: float) -> Fraction:
    """The fraction that somebody means who writes 23.976, 29.97, 59.94 or 12.5."""
    of_television = Fraction(round(told) * 1000, 1001)
    if told != round(told) and abs(float(of_television) - told) < ROUNDED:
        return of_television
    return Fraction(told).limit_denominator(1001)
