"""Sound, changed and written: what a recipe makes of one recording."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.audio.covers import INPUTS, PICTURES, WRITE_COVER, Cover, as_stream, as_tag, tag_input
from mediaworks.processing.audio.heard import Heard
from mediaworks.processing.audio.model import CoverRequest, HearRequest, Loudness, Sound
from mediaworks.processing.audio.operations import AudioOperation
from mediaworks.processing.audio.operations.extract_audio import ExtractAudio
from mediaworks.processing.audio.outputs import AudioOutput, settled
from mediaworks.processing.audio.passes import Ears
from mediaworks.processing.audio.watching import Watch
from mediaworks.processing.audio.writing import Beside, written
from mediaworks.processing.config import ProcessingConfig
from mediaworks.processing.recorded import Progress, Recordings
from mediaworks.processing.rendering import Source
from mediaworks.processing.sandbox import Sandbox, Task
from mediaworks.processing.sandbox.program import Limits
from mediaworks.processing.video.demuxers import DEMUXERS
from mediaworks.processing.video.ffmpeg import source_by

HEAR = Task("hear", HearRequest, Sound)
SECONDS = 3600.0
MOST_OUTPUT = 8 << 30


class AudioEngine:
    """`program`: which ffmpeg. Headers are read by a child of `sandbox`."""

    def __init__(self, sandbox: Sandbox, program: Callable[[], Path], limits: ProcessingConfig) -> None:
        self._sandbox = sandbox
        self._program = program
        self._memory = limits.memory

    async def loudness(self, source: Source, *, seconds: float | None = None) -> Loudness:
        """Of a recording's first sound. Raises Unprocessable."""
        sound = await self._hear(source, 0)
        return await self._ears([source], seconds).loudness(f"[0:{sound.stream}]anull")

    @asynccontextmanager
    async def make(
        self,
        source: Source,
        operations: Sequence[AudioOperation],
        output: AudioOutput,
        *,
        others: Mapping[str, Source],
        seconds: float | None = None,
        progress: Progress | None = None,
    ) -> AsyncIterator[Recordings]:
        """See `Engine.make`."""
        first = operations[0] if operations else None
        sound = await self._hear(source, first.track if isinstance(first, ExtractAudio) else 0)
        usable = {name: other for name, other in others.items() if other.mime in INPUTS}
        numbered = list(enumerate(usable.items(), 1))
        with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as tag:
            heard = Heard(
                ears=self._ears([source, *usable.values()], seconds, tag.fileno()),
                sound=sound,
                others={
                    name: await self._input(number, one) for number, (name, one) in numbered if one.mime in DEMUXERS
                },
                pictures={name: _picture(number, one) for number, (name, one) in numbered if one.mime in PICTURES},
                cover=_own_cover(source, sound) if "cover" in output.keep else None,
                watch=Watch(sound.seconds, progress),
            )
            await _take(heard, operations)
            output = settled(output, source.mime)
            cover = await self._cover(heard, output, tag.fileno(), 1 + len(usable))
            made = await written(heard, operations, output, cover, file.fileno())
            yield Recordings((made,), tuple(heard.warnings))

    async def _hear(self, source: Source, track: int) -> Sound:
        return await self._sandbox.run(HEAR, source.descriptor, HearRequest(source.mime, track))

    async def _input(self, number: int, other: Source) -> str:
        return f"{number}:{(await self._hear(other, 0)).stream}"

    async def _cover(self, heard: Heard, output: AudioOutput, tag: int, inputs: int) -> Beside:
        """`tag`: a file that may become one more input, behind so many. Warns of what cannot be written."""
        cover = heard.cover
        if cover is None:
            return Beside()
        if cover.is_usual and output.cover == "stream":
            return Beside(as_stream(cover))
        if cover.is_usual and output.cover == "tag":
            request = CoverRequest(cover.source.mime, cover.stream)
            if await self._sandbox.run(WRITE_COVER, cover.source.descriptor, request, beside=(tag,)):
                return Beside(as_tag(inputs), tag_input(tag))
        heard.warn("cover: left out, for the format cannot hold it")
        return Beside()

    def _ears(self, sources: Sequence[Source], seconds: float | None, *more: int) -> Ears:
        longest = seconds or SECONDS
        return Ears(
            program=self._program(),
            sources=tuple(part for source in sources for part in source_by(source.descriptor, INPUTS[source.mime])),
            files=(*(source.descriptor for source in sources), *more),
            limits=Limits(memory=self._memory, output=MOST_OUTPUT, seconds=longest),
            ends=time.monotonic() + longest,
        )


def _own_cover(source: Source, sound: Sound) -> Cover | None:
    return None if sound.cover is None else Cover(source, f"0:{sound.cover}", sound.cover, sound.cover_codec)


def _picture(number: int, other: Source) -> Cover:
    return Cover(other, f"{number}:v:0", 0, PICTURES[other.mime])


async def _take(heard: Heard, operations: Sequence[AudioOperation]) -> None:
    """All steps. Raises InvalidRecipe that names the parameter of one."""
    for number, operation in enumerate(operations):
        place = f"operations[{number}]"
        try:
            heard.take(await operation.filters(heard))
        except InvalidRecipe as refusal:
            facts = {**refusal.facts, "field": f"{place}.{refusal.facts['field']}"}
            raise InvalidRecipe(f"{place}.{refusal.detail}", **facts) from refusal
