"""Everything that a video can be written as: one line in this table for each format."""

from __future__ import annotations

from mediaworks.processing.video.outputs.animations import Gif, Preview, Webp
from mediaworks.processing.video.outputs.base import Decision, Measured, Output, Run, Sample, Target
from mediaworks.processing.video.outputs.containers import Auto, Mov, Mp4, OptimizeForWeb, Webm
from mediaworks.processing.video.outputs.ladder import Ladder
from mediaworks.processing.video.outputs.renditions import Renditions
from mediaworks.processing.video.outputs.stills import Frame, Sprite, Thumbnails

OUTPUTS: tuple[type[Output], ...] = (
    Auto, Mp4, Webm, Mov, OptimizeForWeb, Renditions, Ladder, Gif, Webp, Preview, Frame, Thumbnails, Sprite,
)  # fmt: skip

__all__ = ["OUTPUTS", "Decision", "Measured", "Output", "Run", "Sample", "Target"]
