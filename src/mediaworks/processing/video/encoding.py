"""A run of the encoder over some segments of a rendition."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from mediaworks.errors import Unprocessable
from mediaworks.processing.sandbox.program import Limits, Program, running
from mediaworks.processing.video.abilities import refuse_unable
from mediaworks.processing.video.boxes import Splitter
from mediaworks.processing.video.ffmpeg import source_of
from mediaworks.processing.video.presentation import AnyRendition, VideoRendition
from mediaworks.processing.video.segments import audio_arguments, video_arguments

PIECE = 1 << 16
DAMAGE_IS_SKIPPED = ("-max_error_rate", "1")  # a recording with a bad place plays on behind it
STALLED_SECONDS = 60.0  # what a segment of the largest pictures takes on a slow machine, and some


@dataclass(frozen=True, slots=True)
class Beginning:
    """The `init` that goes before every segment of a rendition."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Fragment:
    """A segment."""

    number: int
    data: bytes


class Encoder:
    """The segments come as fast as they are asked for: who does not ask holds it up."""

    def __init__(self, program: Program, first: int, count: int, stalled: float) -> None:
        self._program = program
        self._stalled = stalled
        self._first = first
        self._count = count
        self._stands_still = False

    def pause(self) -> None:
        self._stands_still = True
        self._program.pause()

    def go_on(self) -> None:
        self._stands_still = False
        self._program.go_on()

    async def pieces(self) -> AsyncGenerator[Beginning | Fragment]:
        """The beginning as soon as it is known, then segment after segment. Raises Unprocessable when the encoder fails, ends
        too early or makes nothing for a long time."""
        splitter, number, beginning = Splitter(), self._first, b""
        while piece := await self._piece():
            complete = list(splitter.feed(piece))
            if splitter.init and not beginning:
                beginning = splitter.init
                yield Beginning(beginning)
            for data in complete:
                yield Fragment(number, data)
                number += 1
        await self._program.ended()
        if number == self._first:
            raise Unprocessable("The recording has nothing to be played here", code="program_failed")

    async def _piece(self) -> bytes:
        while True:
            try:
                async with asyncio.timeout(self._stalled):
                    return await self._program.output.read(PIECE)
            except TimeoutError as late:
                if self._stands_still:
                    continue
                detail = f"The recording took longer than {self._stalled:.0f} s to be made playable"
                raise Unprocessable(detail, code="program_timeout") from late


@asynccontextmanager
async def encoding(
    ffmpeg: Path, rendition: AnyRendition, *, descriptor: int, mime: str, first: int, count: int, limits: Limits
) -> AsyncIterator[Encoder]:
    """A run over `count` segments from number `first` on, until the block ends."""
    source = source_of(descriptor, mime)
    if isinstance(rendition, VideoRendition):
        arguments = video_arguments(
            rendition.track, rendition.grid, rendition.rung, first=first, count=count, source=source
        )
    else:
        arguments = audio_arguments(rendition.track, rendition.grid, first=first, count=count, source=source)
    await refuse_unable(ffmpeg, arguments)
    async with running(ffmpeg, [*DAMAGE_IS_SKIPPED, *arguments], files=[descriptor], limits=limits) as program:
        yield Encoder(program, first, count, min(STALLED_SECONDS, limits.seconds))
