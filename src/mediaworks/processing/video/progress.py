"""How far ffmpeg is, by what it tells with `-progress` (ffmpeg documentation, section 5.4)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

TELLING = ("-progress", "pipe:1", "-nostats", "-stats_period", "0.25")
MICROSECOND = 1e-6


async def seconds_done(output: asyncio.StreamReader) -> AsyncIterator[float]:
    """How many seconds of the result there are by now, each time that ffmpeg tells; to its end."""
    while line := await output.readline():
        name, _, value = line.decode("ascii", "replace").strip().partition("=")
        if name == "out_time_us" and value.lstrip("-").isdigit():
            yield max(0.0, int(value) * MICROSECOND)
