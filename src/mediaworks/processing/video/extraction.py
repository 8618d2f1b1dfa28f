"""The captions inside a recording, by the ffmpeg in use."""

from __future__ import annotations

from pathlib import Path

from mediaworks.errors import Unprocessable
from mediaworks.processing.sandbox.program import Limits, running
from mediaworks.processing.video.abilities import refuse_unable
from mediaworks.processing.video.cues import Cue
from mediaworks.processing.video.ffmpeg import source_of
from mediaworks.processing.video.subtitles import read_captions

MOST_BYTES = 8 << 20


async def captions_of(ffmpeg: Path, descriptor: int, mime: str, stream: int, *, limits: Limits) -> list[Cue]:
    """The cues of a track of text, counted from where the pictures begin. Raises Unprocessable, NotInstalled, TimeoutError."""
    arguments = [
        "-nostdin", "-v", "error", *source_of(descriptor, mime), "-map", f"0:{stream}", "-vn", "-an", "-dn",
        "-map_metadata", "-1", "-map_chapters", "-1", "-c:s", "subrip", "-f", "srt", "pipe:1",
    ]  # fmt: skip
    await refuse_unable(ffmpeg, arguments)
    found = bytearray()
    async with running(ffmpeg, arguments, files=[descriptor], limits=limits) as program:
        while piece := await program.output.read(1 << 16):
            found += piece
            if len(found) > MOST_BYTES:
                raise Unprocessable(
                    "The track has more text than captions may", code="captions_too_large", limit=MOST_BYTES
                )
        await program.ended()
    return read_captions(bytes(found)) if found else []
