"""Files that ffmpeg made, looked at from outside: what cannot be read was not made."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from mediaworks.errors import Unprocessable
from mediaworks.processing.asking import PROBE
from mediaworks.processing.model import ProbeRequest
from mediaworks.processing.recorded import Recorded
from mediaworks.processing.rendering import Renderer
from mediaworks.processing.sandbox import Sandbox
from mediaworks.processing.types import FileType, Kind
from mediaworks.processing.video.outputs import Target
from mediaworks.processing.video.plates import written


@dataclass(frozen=True, slots=True)
class Results:
    """`max_pixels`: of a frame."""

    sandbox: Sandbox
    renderer: Renderer
    max_pixels: int

    async def recorded(self, held: AsyncExitStack, target: Target, file: int) -> Recorded:
        """The file of a target, which stays until `held` is closed. Raises Unprocessable."""
        kind = target.type
        if os.fstat(file).st_size == 0:
            raise Unprocessable("The recording has nothing to be seen there", code="program_failed")
        if target.picture is not None:
            file, kind = await held.enter_async_context(self._picture(file, target))
        facts = await self.sandbox.run(PROBE, file, ProbeRequest(kind.mime, self.max_pixels))
        return Recorded(descriptor=file, type=kind, size_bytes=os.fstat(file).st_size, facts=facts)

    @asynccontextmanager
    async def _picture(self, png: int, target: Target) -> AsyncIterator[tuple[int, FileType]]:
        assert target.picture is not None
        async with written(self.renderer, png, target.picture) as (file, rendered):
            yield file, FileType(rendered.mime, rendered.extension, Kind.IMAGE)
