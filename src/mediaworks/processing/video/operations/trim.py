from __future__ import annotations

from collections.abc import Mapping

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.model import Index
from mediaworks.processing.video.operations.base import Operation, Seconds


class Trim(Operation, frozen=True, kw_only=True, tag="trim"):
    """Keep what lies between `start` and `end`, or from `start` on for `duration`: every frame whose time is at least the one
    and less than the other."""

    start: Seconds = 0.0
    end: Seconds | None = None
    duration: Seconds | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.duration is not None:
            raise ValueError("trim: takes an end or a duration")
        if self.end is not None and self.end <= self.start:
            raise ValueError("trim: end must lie after start")
        if self.duration == 0:
            raise ValueError("trim: duration must be more than 0")

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        if self.start >= clip.seconds:
            told = f"start: lies behind the end; there are {clip.seconds:.3f} seconds"
            raise InvalidRecipe(told, field="start", limit=clip.seconds)
        end = clip.seconds if self.end is None else self.end
        end = end if self.duration is None else self.start + self.duration
        return clip.cut(self.start, min(end, clip.seconds) - self.start)
