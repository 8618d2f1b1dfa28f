from __future__ import annotations

from collections.abc import Mapping

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.model import Index
from mediaworks.processing.video.operations.base import Operation

MOST_PIXELS = 600_000_000  # of all frames, which are held in memory


class Reverse(Operation, frozen=True, kw_only=True, tag="reverse"):
    """Play backwards, sound too. For short clips: after trim and resize."""

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        of_second = clip.size[0] * clip.size[1] * clip.rate
        if clip.seconds * of_second > MOST_PIXELS:
            longest = float(MOST_PIXELS / of_second)
            told = f"reverse: at this size and rate {longest:.1f} seconds can be reversed; trim it before"
            raise InvalidRecipe(told, field="type", limit=longest)
        return clip.seen("reverse", follows_source=False).heard("areverse")
