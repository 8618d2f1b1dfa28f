from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.audio.operations.base import AudioOperation, Length, Seconds

if TYPE_CHECKING:
    from mediaworks.processing.audio.heard import Heard


class TrimSound(AudioOperation, frozen=True, kw_only=True, tag="trim"):
    """Keep what lies between `start` and `end`, or `duration` seconds from `start` on, to the sample; without either, all
    the rest."""

    start: Seconds = 0.0
    end: Length | None = None
    duration: Length | None = None

    async def filters(self, heard: Heard) -> tuple[str, ...]:
        if self.end is not None and self.duration is not None:
            raise InvalidRecipe("duration: goes without end", field="duration")
        if self.end is not None and self.end <= self.start:
            raise InvalidRecipe(f"end: must be after start, {self.start:g} s", field="end", limit=self.start)
        end = self.end if self.duration is None else self.start + self.duration
        until = "" if end is None else f":end={end:.6f}"
        return f"atrim=start={self.start:.6f}{until}", "asetpts=PTS-STARTPTS"
