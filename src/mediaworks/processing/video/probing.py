"""Samples of a video, measured."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from contextlib import ExitStack
from pathlib import Path

from mediaworks.processing.video.outputs import Measured, Sample
from mediaworks.processing.video.passes import Passes, Work
from mediaworks.processing.video.progress import Steps

_LOSS = re.compile(r"\bmse_y:([\d.]+)")
"""Of a frame, in what the filter psnr writes (ffmpeg filters documentation, section psnr)."""


async def measured(passes: Passes, work: Work, sample: Sample) -> Measured:
    """Nothing is left of its files. Raises what `Passes.write` raises."""
    with ExitStack() as held:
        files = [held.enter_context(tempfile.TemporaryFile()).fileno() for _ in sample.run.targets]
        await passes.write(work, sample.run, files, Steps(None, 1))
        sizes = tuple(os.fstat(file).st_size for file in files)
    losses = [await asyncio.to_thread(_loss, work.folder / name) if name else 0.0 for name in sample.logs]
    return Measured(sample.run.clip.seconds, sizes, tuple(losses))


def _loss(log: Path) -> float:
    frames = [float(value) for value in _LOSS.findall(log.read_text("ascii", "replace"))]
    return sum(frames) / max(1, len(frames))
