"""The engine for videos: from a recipe to the files that ffmpeg makes of it."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from mediaworks.errors import InvalidRecipe, Unprocessable
from mediaworks.processing.asking import INDEX, PROBE
from mediaworks.processing.model import ProbeRequest
from mediaworks.processing.recorded import Progress, Recorded, Recordings
from mediaworks.processing.rendering import Renderer, Source
from mediaworks.processing.sandbox import Sandbox
from mediaworks.processing.sandbox.program import Limits, running
from mediaworks.processing.types import FileType, Kind
from mediaworks.processing.video.abilities import refuse_unable
from mediaworks.processing.video.clip import Clip, Input, Other, clip_of
from mediaworks.processing.video.command import command, plate_of
from mediaworks.processing.video.config import TranscodingConfig
from mediaworks.processing.video.demuxers import DEMUXERS
from mediaworks.processing.video.ffmpeg import source_of
from mediaworks.processing.video.model import Index, IndexRequest
from mediaworks.processing.video.operations import AnyOperation, after
from mediaworks.processing.video.outputs import Output, Run, Target
from mediaworks.processing.video.plates import plate, written
from mediaworks.processing.video.progress import seconds_done

TRIES = 4
SPARE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one recipe is made with. `ends`: when it has to be done, by the monotonic clock."""

    source: Source
    others: Mapping[str, Source]
    ends: float
    progress: Progress | None


class VideoEngine:
    """`program`: where ffmpeg is, asked when it is needed; `max_pixels`: of what is read."""

    def __init__(
        self,
        sandbox: Sandbox,
        renderer: Renderer,
        program: Callable[[], Path],
        config: TranscodingConfig,
        max_pixels: int,
    ) -> None:
        self._sandbox = sandbox
        self._renderer = renderer
        self._program = program
        self._config = config
        self._max_pixels = max_pixels

    @asynccontextmanager
    async def make(
        self,
        source: Source,
        operations: Sequence[AnyOperation],
        output: Output,
        *,
        others: Mapping[str, Source],
        seconds: float | None = None,
        progress: Progress | None = None,
    ) -> AsyncIterator[Recordings]:
        """See `Engine`. What takes longer than `seconds` is Unprocessable with the code `program_timeout`."""
        output = output.settled(source.mime)
        longest = Limits().seconds if seconds is None else seconds
        work = Work(source=source, others=others, ends=time.monotonic() + longest, progress=progress)
        clip = await self._planned(work, operations, output)
        async with AsyncExitStack() as held:
            try:
                files = await self._within(held, work, clip, output)
            except TimeoutError as late:
                told = f"The work took longer than {longest:.0f} s"
                raise Unprocessable(told, code="program_timeout", limit=longest) from late
            yield Recordings(tuple(files))

    async def _planned(self, work: Work, operations: Sequence[AnyOperation], output: Output) -> Clip:
        indexes = {name: await self._index(other) for name, other in work.others.items() if other.mime in DEMUXERS}
        whole = clip_of(await self._index(work.source), keeps_range=output.range == "source")
        clip = after(whole, operations, indexes, longest_side=self._config.longest_side)
        if clip.seconds > self._config.longest_seconds:
            told = f"operations: make {clip.seconds:.0f} seconds; {self._config.longest_seconds:.0f} are allowed"
            raise InvalidRecipe(told, field="operations", limit=self._config.longest_seconds)
        return clip

    async def _index(self, source: Source) -> Index:
        request = IndexRequest(source.mime, self._max_pixels)
        return await self._sandbox.run(INDEX, source.descriptor, request)

    async def _within(self, held: AsyncExitStack, work: Work, clip: Clip, output: Output) -> list[Recorded]:
        """Every file; again with fewer bits while they are too large. Raises InvalidRecipe when that is in vain."""
        squeeze, limit = 1.0, output.most_bytes
        for _ in range(TRIES):
            files = await self._made(held, work, output.runs(clip, squeeze))
            largest = max(file.size_bytes for file in files)
            if limit is None or largest <= limit:
                return files
            squeeze *= SPARE * limit / largest
        told = f"output.max_bytes: {limit} bytes cannot be reached; {largest} can"
        raise InvalidRecipe(told, field="output.max_bytes", limit=limit, smallest=largest)

    async def _made(self, held: AsyncExitStack, work: Work, runs: Sequence[Run]) -> list[Recorded]:
        made: list[Recorded] = []
        for number, run in enumerate(runs):
            self._refuse_too_large(run)
            scratch = [_scratch(held) for _ in run.targets]
            await self._run(work, run, scratch, (number, len(runs)))
            for target, file in zip(run.targets, scratch, strict=True):
                made.append(await self._recorded(held, target, file))
        return made

    def _refuse_too_large(self, run: Run) -> None:
        size, track, limit = run.clip.size, run.clip.track, self._config.longest_side
        if max(size) > max(limit, track.width, track.height):
            told = f"output: makes {size[0]}×{size[1]} pixels; {limit} a side are allowed"
            raise InvalidRecipe(told, field="output", limit=limit)

    async def _run(self, work: Work, run: Run, scratch: Sequence[int], place: tuple[int, int]) -> None:
        """One run of ffmpeg, the `place`th (number, count) of several. Raises Unprocessable, TimeoutError."""
        limits = Limits(
            memory=self._config.memory,
            output=self._config.output_bytes,
            seconds=max(0.001, work.ends - time.monotonic()),
        )
        async with AsyncExitStack() as beside:
            inputs = [await self._input(beside, work, one) for one in run.clip.inputs]
            source = source_of(work.source.descriptor, work.source.mime)
            told = [arguments for _, arguments in inputs]
            arguments = command(run, source, told, scratch, threads=self._config.threads)
            files = [work.source.descriptor, *(descriptor for descriptor, _ in inputs)]
            program = await asyncio.to_thread(self._program)
            await refuse_unable(program, arguments)
            async with running(program, arguments, files=files, writable=scratch, limits=limits) as ffmpeg:
                async for seconds in seconds_done(ffmpeg.output):
                    await _tell(work.progress, seconds / max(run.clip.seconds, 0.1), place)
                try:
                    await ffmpeg.ended()
                finally:
                    self._refuse_cut_off(scratch)

    async def _input(self, beside: AsyncExitStack, work: Work, wanted: Input) -> tuple[int, Sequence[str]]:
        if isinstance(wanted, Other):
            other = work.others[wanted.name]
            return other.descriptor, source_of(other.descriptor, other.mime)
        pictures = {name: one.descriptor for name, one in work.others.items() if one.mime not in DEMUXERS}
        made = await beside.enter_async_context(plate(self._renderer, wanted, pictures))
        return made, plate_of(made)

    def _refuse_cut_off(self, scratch: Sequence[int]) -> None:
        """Raises Unprocessable for a file that reached the limit: not every ffmpeg says that it could write no more."""
        limit = self._config.output_bytes
        if any(os.fstat(file).st_size >= limit for file in scratch):
            told = f"What is made is too large: {limit} bytes are allowed"
            raise Unprocessable(told, code="output_too_large", limit=int(limit))

    async def _recorded(self, held: AsyncExitStack, target: Target, file: int) -> Recorded:
        """The file, looked at from outside: what cannot be read was not made. Raises Unprocessable."""
        kind = target.type
        if os.fstat(file).st_size == 0:
            raise Unprocessable("The recording has nothing to be seen there", code="program_failed")
        if target.picture is not None:
            file, kind = await held.enter_async_context(self._picture(file, target))
        facts = await self._sandbox.run(PROBE, file, ProbeRequest(kind.mime, self._max_pixels))
        return Recorded(descriptor=file, type=kind, size_bytes=os.fstat(file).st_size, facts=facts)

    @asynccontextmanager
    async def _picture(self, png: int, target: Target) -> AsyncIterator[tuple[int, FileType]]:
        assert target.picture is not None
        async with written(self._renderer, png, target.picture) as (file, rendered):
            yield file, FileType(rendered.mime, rendered.extension, Kind.IMAGE)


def _scratch(held: AsyncExitStack) -> int:
    return held.enter_context(tempfile.TemporaryFile()).fileno()


async def _tell(progress: Progress | None, share: float, place: tuple[int, int]) -> None:
    if progress is not None:
        number, count = place
        await progress((number + min(share, 1.0)) / count)
