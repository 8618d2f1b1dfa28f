from __future__ import annotations

import asyncio

from mediaworks.errors import MediaworksError, Unavailable
from mediaworks.processing import AnyRendition
from mediaworks.streaming.claims import Claim
from mediaworks.streaming.model import Playable

LOOK_SECONDS = 0.1  # how often a run that waits looks for wishes of other processes


class Run:
    """One way along a rendition, and those who wait for what comes on it: made here, or by another process.

    `next` is the segment that comes next, `wanted` the farthest that somebody here waits for, `last` its end.
    """

    def __init__(self, playable: Playable, rendition: AnyRendition, first: int) -> None:
        self.playable = playable
        self.rendition = rendition
        self.key = playable.key(rendition)
        self.next = first
        self.wanted = first
        self.last = rendition.grid.segments - 1
        self.task: asyncio.Task[None] | None = None
        self._failure: MediaworksError | None = None
        self._news = asyncio.Condition()

    @property
    def has_wishes(self) -> bool:
        return self.next <= min(self.wanted, self.rendition.grid.segments - 1)

    def reaches(self, number: int, ahead: int) -> bool:
        """Whether it is about to come to that segment."""
        return not self._is_over and self.next <= number <= min(self.next + ahead, self.last)

    async def want(self, number: int) -> None:
        """Wait until the segment is made. Raises what ended the run before."""
        async with self._news:
            self.wanted = max(self.wanted, number)
            self._news.notify_all()
            await self._news.wait_for(lambda: self.next > number or self._is_over)
        if self.next <= number:
            raise self._failure or Unavailable("The segment is not there yet: try again", retry_after=1)

    async def made(self, number: int) -> None:
        async with self._news:
            self.next = number + 1
            self._news.notify_all()

    async def comes_closer(self, claim: Claim, ahead: int, seconds: float) -> bool:
        """Wait until somebody, here or elsewhere, is within `ahead` segments; False when for so many seconds nobody is."""
        try:
            async with asyncio.timeout(seconds):
                while not self.is_within(claim, ahead):
                    await self._wish()
        except TimeoutError:
            return False
        return True

    def is_within(self, claim: Claim, ahead: int) -> bool:
        return self.next <= max(self.wanted, claim.wanted) + ahead

    async def end(self, failure: MediaworksError | None) -> None:
        async with self._news:
            self._failure = failure or Unavailable("The segment is not there yet: try again", retry_after=1)
            self._news.notify_all()

    @property
    def _is_over(self) -> bool:
        return self._failure is not None or (self.task is not None and self.task.done())

    async def _wish(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS), self._news:
                await self._news.wait()
        except TimeoutError:
            return
