from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.processing.audio.operations.base import AudioOperation, Decibels

if TYPE_CHECKING:
    from mediaworks.processing.audio.heard import Heard


class Volume(AudioOperation, frozen=True, kw_only=True, tag="volume"):
    """Louder or softer by `gain` decibels. What becomes louder than the format can hold is clipped when it is written."""

    gain: Decibels

    async def filters(self, heard: Heard) -> tuple[str, ...]:
        return (gain_filter(self.gain),)


def gain_filter(decibels: float) -> str:
    return f"volume={decibels:.4f}dB:precision=double"
