"""What a short run of ffmpeg writes, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mediaworks.errors import Unprocessable
from mediaworks.processing.sandbox.program import Limits, running
from mediaworks.processing.video.abilities import refuse_unable

PIECE = 1 << 16


async def output_of(
    ffmpeg: Path, arguments: Sequence[str], descriptor: int, *, limits: Limits, most: int, refusal: Unprocessable
) -> bytes:
    """Raises `refusal` for more than `most` bytes, Unprocessable when the run fails, NotInstalled, TimeoutError."""
    await refuse_unable(ffmpeg, arguments)
    found = bytearray()
    async with running(ffmpeg, arguments, files=[descriptor], limits=limits) as program:
        while piece := await program.output.read(PIECE):
            found += piece
            if len(found) > most:
                raise refusal
        await program.ended()
    return bytes(found)
