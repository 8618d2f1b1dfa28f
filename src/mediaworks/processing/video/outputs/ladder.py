from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec

from mediaworks.processing.video.clip import Clip, Size
from mediaworks.processing.video.outputs.base import Decision, Measured, Output, Run, Sample
from mediaworks.processing.video.outputs.containers import Mov, Mp4, Webm
from mediaworks.processing.video.outputs.renditions import Height, Rendition, Renditions, size_of
from mediaworks.processing.video.outputs.rungs import Rung, judged
from mediaworks.processing.video.outputs.samples import samples_of

HEIGHTS = (2160, 1440, 1080, 720, 480, 360, 240)
LEAST_BITS = 10_000


class Ladder(Output, frozen=True, kw_only=True, tag="ladder"):
    """Renditions for this very video, each an object of its own: of short samples it is measured how many bits each of
    `heights` (pixels of the shorter side, those that the video has) takes at the usual quality of the codec, and what adds
    nothing is left out. `output`: how each is written, without crf, bitrate, max_bytes and range. The job's result tells of
    every height its bit rate, its quality in decibels, and why it was left out (`ladder`)."""

    heights: Annotated[tuple[Height, ...], msgspec.Meta(min_length=1, max_length=8)] = HEIGHTS
    output: Mp4 | Mov | Webm = Mp4()

    def __post_init__(self) -> None:
        if not self.output.is_free:
            raise ValueError("output: goes without crf, bitrate, max_bytes and range in a ladder")

    def samples(self, clip: Clip) -> tuple[Sample, ...]:
        sizes = [size for _, size in self._heights(clip)]
        return samples_of(clip, sizes, self.output.codec, self.output.speed)

    def decided(self, clip: Clip, measured: Sequence[Measured]) -> Decision:
        rungs = judged([self._rung(clip, number, measured) for number in range(len(self._heights(clip)))])
        kept = [rung for rung in rungs if rung.reason is None]
        renditions = tuple(
            Rendition(height=rung.height, output=msgspec.structs.replace(self.output, bitrate=rung.bits))
            for rung in kept
        )
        return Decision(Renditions(renditions=renditions), {"ladder": [_told(rung) for rung in rungs]})

    def runs(self, clip: Clip, squeeze: float) -> tuple[Run, ...]:
        """Of what was not sampled: every height, at the usual quality."""
        renditions = tuple(Rendition(height=height, output=self.output) for height, _ in self._heights(clip))
        return Renditions(renditions=renditions).runs(clip, squeeze)

    def _heights(self, clip: Clip) -> list[tuple[int, Size]]:
        """The largest first; the video's own where it reaches none."""
        shorter = min(clip.size)
        wanted = sorted({height for height in self.heights if height <= shorter}, reverse=True) or [shorter]
        return [(height, size_of(clip.size, height)) for height in wanted]

    def _rung(self, clip: Clip, number: int, measured: Sequence[Measured]) -> Rung:
        """No more bits than the video has itself."""
        height, size = self._heights(clip)[number]
        seconds = sum(one.seconds for one in measured)
        bits = int(8 * sum(one.sizes[number] for one in measured) / seconds)
        loss = sum(one.losses[number] * one.seconds for one in measured) / seconds
        most = clip.track.bit_rate or bits
        return Rung(height=height, size=size, bits=max(LEAST_BITS, min(bits, most)), loss=loss)


def _told(rung: Rung) -> dict[str, object]:
    width, height = rung.size
    made = {"height": rung.height, "pixels": [width, height], "bitrate": rung.bits, "quality": round(rung.quality, 1)}
    return made | ({"left_out": rung.reason} if rung.reason else {})
