"""The newest events in memory: one query for each batch and process, however many clients listen."""

from __future__ import annotations

from bisect import bisect_right

from mediaworks.events.log import LOOK_SECONDS, EventLog
from mediaworks.events.model import Published
from mediaworks.events.wanted import Addressed, Wanted
from mediaworks.kit.bell import Bell, Ring

KEPT = 1000
BATCH = 500
PAGE = 100


class Hub:
    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._held: tuple[Addressed, ...] = ()
        self._since: int | None = None
        self._last = 0
        self._bell = Bell()

    async def keep_up(self) -> None:
        """Read what is new and wake who waits, or wait for it; to be called again and again."""
        more = self._log.next()
        if self._since is None:
            self._since = self._last = await self._log.last()
        fresh = await self._log.read_addressed(self._last, BATCH)
        if fresh:
            self._hold(fresh)
        else:
            await more.wait(LOOK_SECONDS)

    def next(self) -> Ring:
        """Take it before you ask; it comes when there is more."""
        return self._bell.next()

    async def after(self, place: int, wanted: Wanted) -> tuple[list[Published], int]:
        """Some of the wanted events that follow the number `place`, and the number up to which these are all. Who is
        behind what is held here gets a page from the database."""
        if self._since is None or place >= self._last:
            return [], place
        if place < self._since:
            return await self._page(place, wanted)
        first = bisect_right(self._held, place, key=lambda found: found.event.sequence)
        some = self._held[first : first + PAGE]
        return [found.event for found in some if wanted.admits(found)], some[-1].event.sequence

    async def _page(self, place: int, wanted: Wanted) -> tuple[list[Published], int]:
        last = self._last
        found = await self._log.find(wanted, PAGE, after=place)
        if len(found) == PAGE:
            return found, found[-1].sequence
        return found, max([last, *(event.sequence for event in found)])

    def _hold(self, fresh: list[Addressed]) -> None:
        held = (*self._held, *fresh)
        if len(held) > KEPT:
            self._since = held[-KEPT - 1].event.sequence
        self._held = held[-KEPT:]
        self._last = fresh[-1].event.sequence
        self._bell.ring()
