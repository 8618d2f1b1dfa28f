"""How far ffmpeg is, by what it tells with `-progress` (ffmpeg documentation, section 5.4)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from mediaworks.processing.recorded import Progress

TELLING = ("-progress", "pipe:1", "-nostats", "-stats_period", "0.25")
MICROSECOND = 1e-6


async def seconds_done(output: asyncio.StreamReader) -> AsyncIterator[float]:
    """How many seconds of the result there are by now, each time that ffmpeg tells; to its end."""
    while line := await output.readline():
        name, _, value = line.decode("ascii", "replace").strip().partition("=")
        if name == "out_time_us" and value.lstrip("-").isdigit():
            yield max(0.0, int(value) * MICROSECOND)


class Steps:
    """How far a work of so many runs is, each counted alike."""

    def __init__(self, progress: Progress | None, count: int) -> None:
        self._progress = progress
        self._count = count
        self._done = 0

    async def tell(self, share: float) -> None:
        """Of the run that goes on now, from 0 to 1."""
        if self._progress is not None:
            await self._progress(min(1.0, (self._done + min(share, 1.0)) / self._count))

    def next(self) -> None:
        self._done += 1
