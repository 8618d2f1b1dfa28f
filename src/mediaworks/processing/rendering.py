"""Renderings, as the service asks for them: what comes out lies in a file without a name until it has been fetched."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from mediaworks.processing.config import ProcessingConfig
from mediaworks.processing.image.operations import Operation
from mediaworks.processing.image.scaling import needed
from mediaworks.processing.model import Rendered, Rendering, RenderRequest, Rendition
from mediaworks.processing.sandbox import Sandbox, Task

RENDER = Task("render", RenderRequest, Rendering)
PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A picture to be rendered: an open file and its type; `size`: that of the original, when the file is a smaller copy."""

    descriptor: int
    mime: str
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """What was rendered, and the file that holds it."""

    rendering: Rendering
    descriptor: int

    async def read(self, rendered: Rendered) -> AsyncIterator[bytes]:
        """The encoded picture, piece by piece. The file lies in memory: there is nothing to wait for."""
        at, end = rendered.offset, rendered.offset + rendered.size_bytes
        while at < end:
            piece = os.pread(self.descriptor, min(PIECE, end - at), at)
            yield piece
            at += len(piece)


def size_needed(
    size: tuple[int, int], renditions: Sequence[Rendition], *, operations: Sequence[Operation] = ()
) -> tuple[int, int]:
    """The smallest copy of a picture of `size` (upright) from which these renditions come out as from itself."""
    return needed(size, [(*operations, *rendition.operations) for rendition in renditions])


class Renderer:
    def __init__(self, sandbox: Sandbox, limits: ProcessingConfig) -> None:
        self._sandbox = sandbox
        self._limits = limits

    @asynccontextmanager
    async def render(
        self,
        source: Source,
        renditions: Sequence[Rendition],
        *,
        operations: Sequence[Operation] = (),
        assets: dict[str, int] | None = None,
        faces: Sequence[tuple[int, int, int, int]] = (),
        deadline: float | None = None,
    ) -> AsyncIterator[Results]:
        """Make the renditions from one decode; the results can be read until the block ends.

        `assets`: files of other pictures that operations name. Raises like `Sandbox.run`, Invalid for an operation that does
        not fit the picture and names it in `field`.
        """
        named = assets or {}
        request = RenderRequest(
            mime=source.mime,
            renditions=tuple(renditions),
            operations=tuple(operations),
            assets=tuple(named),
            faces=tuple(faces),
            size=source.size,
            max_pixels=self._limits.max_pixels,
            max_output_pixels=self._limits.max_output_pixels,
            max_frames=self._limits.max_frames,
            max_operations=self._limits.max_operations,
        )
        with _scratch() as scratch:
            beside = (scratch, *named.values())
            made = await self._sandbox.run(RENDER, source.descriptor, request, beside=beside, deadline=deadline)
            yield Results(made, scratch)


@contextmanager
def _scratch() -> Iterator[int]:
    """A file without a name: in memory where the system knows such, no larger than a child may write."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("rendering", os.MFD_CLOEXEC)
        try:
            yield descriptor
        finally:
            os.close(descriptor)
        return
    with tempfile.TemporaryFile() as file:
        yield file.fileno()
