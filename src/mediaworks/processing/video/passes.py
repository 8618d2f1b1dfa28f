"""Runs of ffmpeg over a video: what it reads, what it writes, and how long it may take."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from mediaworks.errors import Unprocessable
from mediaworks.processing.rendering import Renderer, Source
from mediaworks.processing.sandbox.program import Limits, running
from mediaworks.processing.video.abilities import refuse_unable
from mediaworks.processing.video.clip import Input, Other
from mediaworks.processing.video.command import command, plate_of, rehearsed, written
from mediaworks.processing.video.config import TranscodingConfig
from mediaworks.processing.video.demuxers import DEMUXERS
from mediaworks.processing.video.ffmpeg import source_of
from mediaworks.processing.video.outputs import Run
from mediaworks.processing.video.plates import plate
from mediaworks.processing.video.progress import Steps, seconds_done


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one recipe is made with: `others`, the files that it names; `ends`: when it has to be done, by the monotonic
    clock; `folder`: where encoders keep their notes."""

    source: Source
    others: Mapping[str, Source]
    ends: float
    folder: Path

    @property
    def pictures(self) -> Mapping[str, int]:
        """Of the other files, by their descriptors."""
        return {name: one.descriptor for name, one in self.others.items() if one.mime not in DEMUXERS}


class Passes:
    """`program`: where ffmpeg is, asked when it is needed. Every pass raises Unprocessable, NotInstalled for what this ffmpeg
    cannot do, and TimeoutError."""

    def __init__(self, renderer: Renderer, program: Callable[[], Path], config: TranscodingConfig) -> None:
        self._renderer = renderer
        self._program = program
        self._config = config

    async def rehearse(self, work: Work, run: Run, steps: Steps) -> None:
        """Nothing is written but the notes of its encoders."""
        await self._run(work, run, rehearsed(run), (), steps)

    async def write(self, work: Work, run: Run, files: Sequence[int], steps: Steps) -> None:
        """Into the files behind these descriptors, one for each target."""
        try:
            await self._run(work, run, written(run, files), files, steps)
        finally:
            self._refuse_cut_off(files)

    async def _run(
        self, work: Work, run: Run, ends: Sequence[Sequence[str]], files: Sequence[int], steps: Steps
    ) -> None:
        limits = Limits(
            memory=self._config.memory,
            output=self._config.output_bytes,
            seconds=max(0.001, work.ends - time.monotonic()),
        )
        async with AsyncExitStack() as beside:
            inputs = [await self._input(beside, work, one) for one in run.clip.inputs]
            source = source_of(work.source.descriptor, work.source.mime)
            told = [arguments for _, arguments in inputs]
            arguments = command(run, source, told, ends, threads=self._config.threads)
            read = [work.source.descriptor, *(descriptor for descriptor, _ in inputs)]
            program = await asyncio.to_thread(self._program)
            await refuse_unable(program, arguments)
            async with running(
                program, arguments, files=read, writable=files, own=work.folder, limits=limits
            ) as ffmpeg:
                async for seconds in seconds_done(ffmpeg.output):
                    await steps.tell(seconds / max(run.clip.seconds, 0.1))
                await ffmpeg.ended()
        steps.next()

    async def _input(self, beside: AsyncExitStack, work: Work, wanted: Input) -> tuple[int, Sequence[str]]:
        if isinstance(wanted, Other):
            other = work.others[wanted.name]
            return other.descriptor, source_of(other.descriptor, other.mime)
        made = await beside.enter_async_context(plate(self._renderer, wanted, work.pictures))
        return made, plate_of(made)

    def _refuse_cut_off(self, files: Sequence[int]) -> None:
        """Raises Unprocessable for a file that reached the limit: not every ffmpeg says that it could write no more."""
        limit = self._config.output_bytes
        if any(os.fstat(file).st_size >= limit for file in files):
            told = f"What is made is too large: {limit} bytes are allowed"
            raise Unprocessable(told, code="output_too_large", limit=int(limit))
