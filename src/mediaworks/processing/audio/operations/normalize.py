from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.processing.audio.operations.base import AudioOperation
from mediaworks.processing.audio.operations.volume import gain_filter

if TYPE_CHECKING:
    from mediaworks.processing.audio.heard import Heard

Lufs = Annotated[float, msgspec.Meta(ge=-70, le=-5, description="LUFS")]
TruePeak = Annotated[float, msgspec.Meta(ge=-20, le=0, description="dBTP")]
OVERSAMPLED = 192_000
"""Where the peaks between samples show: four times 48 kHz, as ITU-R BS.1770 annex 2 has it."""
MARGIN = 0.5
"""By how many decibels peaks grow when the limited sound comes back to its own rate."""
CLOSE = 0.2
ROUNDS = 4


class Normalize(AudioOperation, frozen=True, kw_only=True, tag="normalize"):
    """Bring the loudness to `target` (EBU R 128: -23 for broadcasts, -16 or -14 for streaming) by one gain for all of it.
    Only where a peak would rise above `true_peak`, a limiter holds it there."""

    target: Lufs = -16.0
    true_peak: TruePeak = -1.0

    async def filters(self, heard: Heard) -> tuple[str, ...]:
        found = await heard.loudness()
        if found.integrated is None or found.true_peak is None:
            heard.warn("normalize: nothing is loud enough to be measured, so it is left as it is")
            return ()
        gain = self.target - found.integrated
        if found.true_peak + gain <= self.true_peak:
            return (gain_filter(gain),)
        return await self._limited(heard, gain)

    async def _limited(self, heard: Heard, gain: float) -> tuple[str, ...]:
        """What a limiter takes away is given back with more gain, as far as that goes."""
        for _ in range(ROUNDS):
            made = (gain_filter(gain), *self._limiter(heard.sound.sample_rate))
            reached = (await heard.loudness(*made)).integrated
            if reached is None or abs(missing := self.target - reached) <= CLOSE:
                return made
            gain += missing
        heard.warn(f"normalize: {self.target:g} LUFS cannot be reached below {self.true_peak:g} dBTP")
        return made

    def _limiter(self, sample_rate: int) -> tuple[str, ...]:
        limit = 10 ** ((self.true_peak - MARGIN) / 20)
        return (
            f"aresample={OVERSAMPLED}",
            f"alimiter=limit={limit:.6f}:attack=5:release=50:level=disabled",
            f"aresample={sample_rate}",
        )
