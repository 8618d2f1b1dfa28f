"""The captions inside a recording, by the ffmpeg in use."""

from __future__ import annotations

from pathlib import Path

from mediaworks.errors import Unprocessable
from mediaworks.processing.sandbox.program import Limits
from mediaworks.processing.video.cues import Cue
from mediaworks.processing.video.ffmpeg import source_of
from mediaworks.processing.video.output import output_of
from mediaworks.processing.video.subtitles import read_captions

MOST_BYTES = 8 << 20


async def captions_of(ffmpeg: Path, descriptor: int, mime: str, stream: int, *, limits: Limits) -> list[Cue]:
    """The cues of a track of text, counted from where the pictures begin. Raises Unprocessable, NotInstalled, TimeoutError."""
    arguments = [
        "-nostdin", "-v", "error", *source_of(descriptor, mime), "-map", f"0:{stream}", "-vn", "-an", "-dn",
        "-map_metadata", "-1", "-map_chapters", "-1", "-c:s", "subrip", "-f", "srt", "pipe:1",
    ]  # fmt: skip
    refusal = Unprocessable("The track has more text than captions may", code="captions_too_large", limit=MOST_BYTES)
    found = await output_of(ffmpeg, arguments, descriptor, limits=limits, most=MOST_BYTES, refusal=refusal)
    return read_captions(found) if found else []
