from __future__ import annotations

from collections.abc import Mapping

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.model import Index
from mediaworks.processing.video.operations.base import Operation, Seconds


class Fade(Operation, frozen=True, kw_only=True, tag="fade"):
    """Come out of black and silence during the first `start` seconds, and go back during the last `end` seconds."""

    start: Seconds = 0.0
    end: Seconds = 0.0

    def __post_init__(self) -> None:
        if not self.start and not self.end:
            raise ValueError("fade: needs start or end")

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        if self.start + self.end > clip.seconds:
            told = f"end: the fades are longer than the {clip.seconds:.3f} seconds that there are"
            raise InvalidRecipe(told, field="end", limit=clip.seconds)
        ways = []
        if self.start:
            ways.append(f"fade=t=in:st=0:d={self.start}")
        if self.end:
            ways.append(f"fade=t=out:st={clip.seconds - self.end:.6f}:d={self.end}")
        shown = clip.seen(",".join(ways), follows_source=False)
        return shown.heard(",".join(f"a{way}" for way in ways))
