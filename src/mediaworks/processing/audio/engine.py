"""Sound, changed and written: what a recipe makes of one recording."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.audio.heard import Heard
from mediaworks.processing.audio.model import HearRequest, Loudness, Sound
from mediaworks.processing.audio.operations import AudioOperation
from mediaworks.processing.audio.operations.extract_audio import ExtractAudio
from mediaworks.processing.audio.outputs import AudioOutput, settled
from mediaworks.processing.audio.outputs.base import COVERS
from mediaworks.processing.audio.passes import Ears
from mediaworks.processing.audio.watching import Watch
from mediaworks.processing.config import ProcessingConfig
from mediaworks.processing.model import Facts
from mediaworks.processing.recorded import Progress, Recorded, Recordings
from mediaworks.processing.rendering import Source
from mediaworks.processing.sandbox import Sandbox, Task
from mediaworks.processing.sandbox.program import Limits
from mediaworks.processing.types import Kind
from mediaworks.processing.video.ffmpeg import source_of

HEAR = Task("hear", HearRequest, Sound)
SECONDS = 3600.0
MOST_OUTPUT = 8 << 30
NOT_TAGS = ("major_brand", "minor_version", "compatible_brands", "encoder")


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
        inputs = [source, *others.values()]
        heard = Heard(
            ears=self._ears(inputs, seconds),
            sound=sound,
            others={name: await self._input(number, other) for number, (name, other) in enumerate(others.items(), 1)},
            watch=Watch(sound.seconds, progress),
        )
        await _take(heard, operations)
        with tempfile.TemporaryFile() as file:
            made = await _written(heard, operations, settled(output, source.mime), file.fileno())
            yield Recordings((made,), tuple(heard.warnings))

    async def _hear(self, source: Source, track: int) -> Sound:
        return await self._sandbox.run(HEAR, source.descriptor, HearRequest(source.mime, track))

    async def _input(self, number: int, other: Source) -> str:
        return f"{number}:{(await self._hear(other, 0)).stream}"

    def _ears(self, sources: Sequence[Source], seconds: float | None) -> Ears:
        return Ears(
            program=self._program(),
            sources=tuple(part for source in sources for part in source_of(source.descriptor, source.mime)),
            files=tuple(source.descriptor for source in sources),
            limits=Limits(memory=self._memory, output=MOST_OUTPUT, seconds=seconds or SECONDS),
        )


async def _take(heard: Heard, operations: Sequence[AudioOperation]) -> None:
    """All steps. Raises InvalidRecipe that names the parameter of one."""
    for number, operation in enumerate(operations):
        place = f"operations[{number}]"
        try:
            heard.take(await operation.filters(heard))
        except InvalidRecipe as refusal:
            facts = {**refusal.facts, "field": f"{place}.{refusal.facts['field']}"}
            raise InvalidRecipe(f"{place}.{refusal.detail}", **facts) from refusal


async def _written(heard: Heard, operations: Sequence[AudioOperation], output: AudioOutput, out: int) -> Recorded:
    """Raises InvalidRecipe when nothing is left of the sound."""
    graph = f"{heard.graph(*output.filters(heard.sound))}[out]"
    arguments = (
        "-filter_complex", graph, "-map", "[out]",
        *_cover(heard, output), *_tags(heard, operations, output), *output.encoder(heard.sound),
        "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact",
    )  # fmt: skip
    lasted = await heard.write(arguments, out)
    if lasted <= 0:
        raise InvalidRecipe("operations: nothing is left of the sound", field="operations")
    size = os.fstat(out).st_size
    return Recorded(descriptor=out, type=output.type, size_bytes=size, facts=Facts(Kind.AUDIO, duration=lasted))


def _cover(heard: Heard, output: AudioOutput) -> tuple[str, ...]:
    sound = heard.sound
    if sound.cover is None or "cover" not in output.keep:
        return ()
    if not output.has_cover or sound.cover_codec not in COVERS:
        heard.warn("cover: left out, for the format cannot hold it")
        return ()
    return "-map", f"0:{sound.cover}", "-c:v", "copy", "-disposition:v:0", "attached_pic"


def _tags(heard: Heard, operations: Sequence[AudioOperation], output: AudioOutput) -> tuple[str, ...]:
    """Those of the file and of its sound, which is where Ogg has them; then those that steps write."""
    kept = ("0:g", f"0:s:{heard.sound.stream}") if "tags" in output.keep else ("-1",)
    arguments = [part for where in kept for part in ("-map_metadata:g" if where != "-1" else "-map_metadata", where)]
    written = dict.fromkeys(NOT_TAGS, "")
    for operation in operations:
        written |= operation.tags()
    return (*arguments, *(part for name, text in written.items() for part in ("-metadata", f"{name}={text}")))
