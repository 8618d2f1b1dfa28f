"""The engine for videos: from a recipe to the files that ffmpeg makes of it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from mediaworks.errors import InvalidRecipe, Unprocessable
from mediaworks.processing.recorded import Progress, Recorded, Recordings
from mediaworks.processing.rendering import Renderer, Source
from mediaworks.processing.sandbox import Sandbox
from mediaworks.processing.sandbox.program import Limits
from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.config import TranscodingConfig
from mediaworks.processing.video.operations import AnyOperation
from mediaworks.processing.video.outputs import Decision, Output, Run
from mediaworks.processing.video.passes import Passes, Work
from mediaworks.processing.video.planning import Planning, scratch_in
from mediaworks.processing.video.probing import measured
from mediaworks.processing.video.progress import Steps
from mediaworks.processing.video.results import Results

TRIES = 4
SPARE = 0.95


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
        self._planning = Planning(sandbox, config, max_pixels)
        self._passes = Passes(renderer, program, config)
        self._results = Results(sandbox, renderer, max_pixels)
        self._config = config

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
        ends = time.monotonic() + longest
        async with AsyncExitStack() as held:
            folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="mediaworks-")))
            source = await self._planning.recording(held, source, output, seconds)
            work = Work(source=source, others=others, ends=ends, folder=folder)
            try:
                clip = await self._planning.clip(work, operations, output)
                decision = await self._decided(work, clip, output)
                files = await self._within(held, work, clip, decision.output, progress)
            except TimeoutError as late:
                told = f"The work took longer than {longest:.0f} s"
                raise Unprocessable(told, code="program_timeout", limit=longest) from late
            yield Recordings(tuple(files), told=decision.told)

    async def _decided(self, work: Work, clip: Clip, output: Output) -> Decision:
        samples = output.samples(clip)
        return output.decided(clip, [await measured(self._passes, work, sample) for sample in samples])

    async def _within(
        self, held: AsyncExitStack, work: Work, clip: Clip, output: Output, progress: Progress | None
    ) -> list[Recorded]:
        """Every file; again with fewer bits, by the same notes, while they are too large. Raises InvalidRecipe when that is in
        vain."""
        squeeze, limit = 1.0, output.most_bytes
        runs = output.runs(clip, squeeze)
        steps = Steps(progress, sum(1 + run.takes_notes for run in runs))
        await self._rehearsed(work, runs, steps)
        for _ in range(TRIES):
            files = await self._made(held, work, output.runs(clip, squeeze), steps)
            largest = max(file.size_bytes for file in files)
            if limit is None or largest <= limit:
                return files
            squeeze *= SPARE * limit / largest
        told = f"output.max_bytes: {limit} bytes cannot be reached; {largest} can"
        raise InvalidRecipe(told, field="output.max_bytes", limit=limit, smallest=largest)

    async def _rehearsed(self, work: Work, runs: Sequence[Run], steps: Steps) -> None:
        for run in runs:
            self._refuse_too_large(run)
            if run.takes_notes:
                await self._passes.rehearse(work, run, steps)

    async def _made(self, held: AsyncExitStack, work: Work, runs: Sequence[Run], steps: Steps) -> list[Recorded]:
        made: list[Recorded] = []
        for run in runs:
            scratch = [scratch_in(held) for _ in run.targets]
            await self._passes.write(work, run, scratch, steps)
            for target, file in zip(run.targets, scratch, strict=True):
                made.append(await self._results.recorded(held, target, file))
        return made

    def _refuse_too_large(self, run: Run) -> None:
        size, track, limit = run.clip.size, run.clip.track, self._config.longest_side
        if max(size) > max(limit, track.width, track.height):
            told = f"output: makes {size[0]}×{size[1]} pixels; {limit} a side are allowed"
            raise InvalidRecipe(told, field="output", limit=limit)
