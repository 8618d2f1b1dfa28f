"""What was watched is made whole while nobody needs an encoder, so that the next viewer waits for nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from mediaworks.errors import MediaworksError, NotFound, RateLimited
from mediaworks.processing import AnyRendition, CopiedRendition
from mediaworks.streaming import figures
from mediaworks.streaming.cache import SegmentCache, segment_name
from mediaworks.streaming.model import Playable
from mediaworks.streaming.runs import Runs
from mediaworks.streaming.shared.shelf import Shelf
from mediaworks.streaming.slots import Slots
from mediaworks.streaming.watched import Watched

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.1
FULL = 0.9  # of the quota: the rest is for those who watch
Found = Callable[[UUID], Awaitable[Playable]]


class Completion:
    """One process of a machine at a time. `runs` are apart from those of viewers, as in `spare.py`; `slots` are those of
    viewers, and have to be free for `after` seconds, before and meanwhile. `shelf`: what is there need not be made."""

    def __init__(self, found: Found, runs: Runs, cache: SegmentCache, shelf: Shelf, slots: Slots, after: float) -> None:
        self._found = found
        self._runs = runs
        self._cache = cache
        self._shelf = shelf
        self._slots = slots
        self._after = after
        self._watched = Watched(cache.folder)
        self._turn = Slots(cache.folder, 1, ".completing")

    async def run(self) -> None:
        """Make what is missing until somebody needs an encoder, nothing is missing, or the cache is full."""
        with self._turn.one_now() as is_ours:
            if is_ours and await self._is_quiet():
                await self._while_quiet()

    async def close(self) -> None:
        await self._runs.close()

    async def _is_quiet(self) -> bool:
        return await asyncio.to_thread(self._slots.free_for) >= self._after

    async def _while_quiet(self) -> None:
        work = asyncio.create_task(self._complete())
        try:
            while not work.done() and await self._is_quiet():
                await asyncio.wait([work], timeout=LOOK_SECONDS)
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            await self._runs.close()
        if not work.cancelled():
            work.result()

    async def _complete(self) -> None:
        room = int(self._cache.quota * FULL) - await asyncio.to_thread(self._cache.size)
        for place in await asyncio.to_thread(self._watched.latest):
            if room <= 0:
                return
            try:
                room -= await self._complete_rendition(place, room)
            except RateLimited:
                continue
            except MediaworksError as refusal:
                if refusal.status >= 500:
                    raise
                log.info("rendition_not_completed", rendition=place, reason=refusal.detail)
                await asyncio.to_thread(self._watched.forget, place)

    async def _complete_rendition(self, place: str, room: int) -> int:
        """Returns how many bytes were made, about `room` at most."""
        playable, rendition = await self._at(place)
        missing = await self._missing(place, rendition)
        log.info("completing_rendition", rendition=place, segments=rendition.grid.segments, missing=len(missing))
        made = 0
        for number in missing:
            if made >= room:
                return made
            path = await self._runs.spare(playable, rendition, number)
            made += (await asyncio.to_thread(path.stat)).st_size
            figures.completed.inc()
        await asyncio.to_thread(self._watched.forget, place)
        log.info("rendition_completed", rendition=place, bytes=made)
        return made

    async def _at(self, place: str) -> tuple[Playable, AnyRendition]:
        """What is encoded there. Raises NotFound when the recording is another one by now, and what `found` raises."""
        media_id, _, name = place.split("/")
        playable = await self._found(UUID(media_id))
        rendition = playable.presentation.named(name)
        if rendition is None or isinstance(rendition, CopiedRendition) or playable.key(rendition) != place:
            raise NotFound("The recording is not what was watched")
        return playable, rendition

    async def _missing(self, place: str, rendition: AnyRendition) -> list[int]:
        made = await asyncio.to_thread(self._cache.made, place)
        elsewhere = await self._shelf.names(place)
        numbers = range(rendition.grid.segments)
        return [number for number in numbers if number not in made and segment_name(number) not in elsewhere]
