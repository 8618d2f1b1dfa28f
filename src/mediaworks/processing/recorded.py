"""What engines make of recordings, and how they are asked: one engine for each kind of file."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from mediaworks.processing.model import Facts
from mediaworks.processing.rendering import PIECE, Source
from mediaworks.processing.types import FileType

Progress = Callable[[float], Awaitable[None]]
"""Told from time to time how much is done, from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A file that was made: it has no name, and is there while the engine's context is open."""

    descriptor: int
    type: FileType
    size_bytes: int
    facts: Facts

    async def read(self) -> AsyncIterator[bytes]:
        """Its bytes, piece by piece."""
        at = 0
        while at < self.size_bytes:
            piece = await asyncio.to_thread(os.pread, self.descriptor, min(PIECE, self.size_bytes - at), at)
            yield piece
            at += len(piece)


@dataclass(frozen=True, slots=True)
class Recordings:
    """At least one file; `warnings` for whoever asked, and what there is to be `told` of how they were made, as JSON."""

    files: tuple[Recorded, ...]
    warnings: tuple[str, ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict)


class Engine(Protocol):
    """What makes files of a recipe for one kind. `others`: the files that operations name."""

    def make(
        self,
        source: Source,
        operations: Sequence[Any],
        output: Any,
        *,
        others: Mapping[str, Source],
        seconds: float | None = None,
        progress: Progress | None = None,
    ) -> AbstractAsyncContextManager[Recordings]:
        """Raises InvalidRecipe whose `field` is the place in the recipe, Unprocessable, TimedOut after `seconds`.
        Cancelling ends every process at once."""
        ...
