from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.audio.operations.base import AudioOperation

if TYPE_CHECKING:
    from mediaworks.processing.audio.heard import Heard


class Speed(AudioOperation, frozen=True, kw_only=True, tag="speed"):
    """So many times as fast, at the same pitch."""

    factor: Annotated[float, msgspec.Meta(ge=0.25, le=4, description="times as fast")]

    async def filters(self, heard: Heard) -> tuple[str, ...]:
        """Beyond a factor of two in several equal steps, since one step would leave samples out."""
        steps = max(1, math.ceil(abs(math.log2(self.factor))))
        return (f"atempo={self.factor ** (1 / steps):.9f}",) * steps

    def lasting(self, seconds: float, others: Mapping[str, float]) -> float:
        return seconds / self.factor
