"""From a file and a recipe to the clip that is to be made, before ffmpeg runs."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from mediaworks.errors import InvalidRecipe
from mediaworks.processing import types
from mediaworks.processing.asking import FILM, INDEX
from mediaworks.processing.rendering import Source
from mediaworks.processing.sandbox import Sandbox
from mediaworks.processing.video.clip import Clip, clip_of
from mediaworks.processing.video.config import TranscodingConfig
from mediaworks.processing.video.demuxers import DEMUXERS
from mediaworks.processing.video.model import FilmRequest, Index, IndexRequest
from mediaworks.processing.video.operations import AnyOperation, after
from mediaworks.processing.video.outputs import Output
from mediaworks.processing.video.passes import Work


@dataclass(frozen=True, slots=True)
class Planning:
    """`max_pixels`: of what is read."""

    sandbox: Sandbox
    config: TranscodingConfig
    max_pixels: int

    async def recording(self, held: AsyncExitStack, source: Source, output: Output, seconds: float | None) -> Source:
        """The source; of a picture that moves, a recording of it, made in so many seconds. Raises what `film` raises, and
        Unprocessable."""
        if source.mime not in types.MOVING:
            return source
        file = scratch_in(held)
        request = FilmRequest(source.mime, self.max_pixels, output.background)
        await self.sandbox.run(FILM, source.descriptor, request, beside=(file,), deadline=seconds)
        return Source(descriptor=file, mime=types.MKV.mime)

    async def clip(self, work: Work, operations: Sequence[AnyOperation], output: Output) -> Clip:
        """What the operations make of it. Raises InvalidRecipe, Unprocessable, TooManyPixels."""
        indexes = {name: await self._index(other) for name, other in work.others.items() if other.mime in DEMUXERS}
        whole = clip_of(await self._index(work.source), keeps_range=output.range == "source")
        clip = after(whole, operations, indexes, longest_side=self.config.longest_side)
        if clip.seconds > self.config.longest_seconds:
            told = f"operations: make {clip.seconds:.0f} seconds; {self.config.longest_seconds:.0f} are allowed"
            raise InvalidRecipe(told, field="operations", limit=self.config.longest_seconds)
        return clip

    async def _index(self, source: Source) -> Index:
        return await self.sandbox.run(INDEX, source.descriptor, IndexRequest(source.mime, self.max_pixels))


def scratch_in(held: AsyncExitStack) -> int:
    """A file without a name, for as long as `held` is open."""
    return held.enter_context(tempfile.TemporaryFile()).fileno()
