from __future__ import annotations

import asyncio

from mediaworks.errors import MediaworksError, Unavailable
from mediaworks.processing import AnyRendition
from mediaworks.streaming.claims import Claim
from mediaworks.streaming.model import Playable
from mediaworks.streaming.slots import Urgency

LOOK_SECONDS = 0.1  # how often a run that waits looks for wishes of other processes


class Run:
    """One way along a rendition, and those who wait for what comes on it: made here, or by another process.

    `next` is the segment that comes next, `wanted` the farthest that somebody here waits for, `hoped` the farthest that is
    made for nobody yet, `last` its end.
    """

    def __init__(self, playable: Playable, rendition: AnyRendition, first: int) -> None:
        self.playable = playable
        self.rendition = rendition
        self.key = playable.key(rendition)
        self.next = first
        self.wanted = -1
        self.hoped = first
        self.last = rendition.grid.segments - 1
        self.task: asyncio.Task[None] | None = None
        self._failure: MediaworksError | None = None
        self._has_begun = False
        self._beginning_is_wanted = False
        self._news = asyncio.Condition()

    @property
    def has_wishes(self) -> bool:
        return self.next <= min(max(self.wanted, self.hoped), self.rendition.grid.segments - 1)

    def reaches(self, number: int, ahead: int) -> bool:
        """Whether it is about to come to that segment."""
        return not self._is_over and self.next <= number <= min(self.next + ahead, self.last)

    async def want(self, number: int) -> None:
        """Wait until the segment is made. Raises what ended the run before."""
        self.wanted = max(self.wanted, number)
        await self._passing(number)

    async def hope(self, number: int) -> None:
        """As `want`, but nobody is in a hurry."""
        self.hoped = max(self.hoped, number)
        await self._passing(number)

    async def want_beginning(self) -> None:
        """Wait until what goes before every segment is there. Raises as `want` does."""
        async with self._news:
            self._beginning_is_wanted = True
            self._news.notify_all()
            await self._news.wait_for(lambda: self._has_begun or self._is_over)
        if not self._has_begun:
            raise self._failure or Unavailable("The segment is not there yet: try again", retry_after=1)

    async def begun(self) -> None:
        async with self._news:
            self._has_begun = True
            self._news.notify_all()

    async def made(self, number: int) -> None:
        async with self._news:
            self.next = number + 1
            self._news.notify_all()

    async def go_on(self, claim: Claim, ahead: int) -> None:
        """Wait until somebody, here or elsewhere, is within `ahead` segments."""
        while self.urgency(claim, ahead) is Urgency.ENOUGH:
            await self._wish()

    def urgency(self, claim: Claim, ahead: int) -> Urgency:
        """Of the next segment, for all who watch, here or elsewhere."""
        wanted = max(self.wanted, claim.wanted)
        if self.next <= wanted or (self._beginning_is_wanted and not self._has_begun):
            return Urgency.AWAITED
        is_ahead = self.next <= max(wanted + ahead if wanted >= 0 else -1, self.hoped)
        return Urgency.AHEAD if is_ahead else Urgency.ENOUGH

    async def end(self, failure: MediaworksError | None) -> None:
        async with self._news:
            self._failure = failure or Unavailable("The segment is not there yet: try again", retry_after=1)
            self._news.notify_all()

    @property
    def _is_over(self) -> bool:
        return self._failure is not None or (self.task is not None and self.task.done())

    async def _passing(self, number: int) -> None:
        async with self._news:
            self._news.notify_all()
            await self._news.wait_for(lambda: self.next > number or self._is_over)
        if self.next <= number:
            raise self._failure or Unavailable("The segment is not there yet: try again", retry_after=1)

    async def _wish(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS), self._news:
                await self._news.wait()
        except TimeoutError:
            return
