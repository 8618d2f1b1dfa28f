from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from mediaworks.processing.audio.model import Silence
from mediaworks.processing.audio.operations.base import AudioOperation

if TYPE_CHECKING:
    from mediaworks.processing.audio.heard import Heard

Threshold = Annotated[float, msgspec.Meta(ge=-100, le=-10, description="dBFS")]
Minimum = Annotated[float, msgspec.Meta(ge=0.05, le=600, description="seconds")]
Keep = Annotated[float, msgspec.Meta(ge=0, le=10, description="seconds")]
Span = tuple[float, float]

AT_START = 0.05
FOR_EVER = 1e9
MOST = 1_500
"""Silences: an argument of a program has at most 128 KiB."""
GRAIN = 256
"""Samples: cuts are as fine as that."""


class RemoveSilence(AudioOperation, frozen=True, kw_only=True, tag="remove_silence"):
    """Take away what is softer than `threshold` for at least `minimum` seconds, at the `ends` or `everywhere`; `keep`
    seconds of each silence stay. Of more than 1,500 silences the longest go."""

    threshold: Threshold = -50.0
    minimum: Minimum = 0.5
    keep: Keep = 0.0
    where: Literal["ends", "everywhere"] = "ends"

    async def filters(self, heard: Heard) -> tuple[str, ...]:
        silences = await heard.silences(self.threshold, self.minimum)
        if [(one.start <= AT_START, one.end) for one in silences] == [(True, None)]:
            heard.warn("remove_silence: all is softer than the threshold, so it is left as it is")
            return ()
        spans = [span for silence in silences if (span := self._span(silence)) is not None]
        longest = sorted(spans, key=lambda span: span[0] - span[1])[:MOST]
        if not longest:
            return ()
        chosen = _outside([edge for span in sorted(longest) for edge in span], is_inside=False)
        return f"asetnsamples=n={GRAIN}:p=0", f"aselect={chosen}", "asetpts=N/SR/TB"

    def _span(self, silence: Silence) -> Span | None:
        """What of a silence goes; None when nothing does. Inside, half of what is kept stays at each side."""
        if silence.end is None:
            return silence.start + self.keep, FOR_EVER
        if silence.start <= AT_START:
            return (0.0, silence.end - self.keep) if silence.end > self.keep else None
        if self.where == "ends" or silence.end - silence.start <= self.keep:
            return None
        return silence.start + self.keep / 2, silence.end - self.keep / 2


def _outside(edges: Sequence[float], *, is_inside: bool) -> str:
    """An expression in `t` that is 0 between each two of the sorted edges, else 1: a tree, so that thousands cost little."""
    if not edges:
        return "0" if is_inside else "1"
    middle = len(edges) // 2
    before = _outside(edges[:middle], is_inside=is_inside)
    after = _outside(edges[middle + 1 :], is_inside=is_inside ^ (middle % 2 == 0))
    return rf"if(lt(t\,{edges[middle]:.4f})\,{before}\,{after})"
