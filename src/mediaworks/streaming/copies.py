"""Segments of pictures as they were coded: cut from the file when they are asked for, without an encoder."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from mediaworks.errors import NotFound
from mediaworks.processing import REMUX, CopiedRendition, Remuxed, RemuxRequest, Sandbox
from mediaworks.streaming.cache import INIT, SegmentCache, segment_name, still_name
from mediaworks.streaming.flights import Flights
from mediaworks.streaming.model import Playable
from mediaworks.streaming.originals import Files

AT_ONCE = 4


class Copies:
    """They lie in the cache beside those that are encoded, and cost nobody's allowance."""

    def __init__(self, originals: Files, sandbox: Sandbox, cache: SegmentCache) -> None:
        self._originals = originals
        self._sandbox = sandbox
        self._flights = Flights(cache, AT_ONCE)

    def are_cheap(self, size_bytes: int) -> bool:
        """Whether a segment is cut from a file of that size without copying all of it."""
        return self._originals.is_at_hand(size_bytes)

    async def segment(self, playable: Playable, rendition: CopiedRendition, number: int) -> Path:
        """The file of a segment, made now if need be. Raises NotFound behind the end, Unprocessable, Unavailable."""
        _refuse_behind_the_end(rendition, number)
        make = partial(self._data, playable, rendition.segment(number, playable.mime_type))
        return await self._flights.file(playable.key(rendition), segment_name(number), make)

    async def still(self, playable: Playable, rendition: CopiedRendition, number: int) -> Path:
        """The picture that a segment begins with. Raises as `segment` does."""
        _refuse_behind_the_end(rendition, number)
        make = partial(self._data, playable, rendition.still(number, playable.mime_type))
        return await self._flights.file(playable.key(rendition), still_name(number), make)

    async def init(self, playable: Playable, rendition: CopiedRendition) -> Path:
        """The file that goes before every segment. Raises as `segment` does."""
        make = partial(self._init, playable, rendition.still(0, playable.mime_type))
        return await self._flights.file(playable.key(rendition), INIT, make)

    async def close(self) -> None:
        """End what is being made."""
        await self._flights.close()

    async def _data(self, playable: Playable, request: RemuxRequest) -> bytes:
        return (await self._cut(playable, request)).data

    async def _init(self, playable: Playable, request: RemuxRequest) -> bytes:
        return (await self._cut(playable, request)).init

    async def _cut(self, playable: Playable, request: RemuxRequest) -> Remuxed:
        async with self._originals.as_file(playable) as descriptor:
            return await self._sandbox.run(REMUX, descriptor, request)


def _refuse_behind_the_end(rendition: CopiedRendition, number: int) -> None:
    if not 0 <= number < rendition.grid.segments:
        raise NotFound("The recording has no such segment", code="segment_not_found")
