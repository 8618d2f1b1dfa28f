"""The longest that a whole may take, however many waits it is made of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mediaworks.errors import TooSlow


class Deadline:
    """Runs from the moment it is made, in the event loop that runs then. `what` begins the error's text."""

    def __init__(self, seconds: float, what: str) -> None:
        self._seconds = seconds
        self._what = what
        self._end = asyncio.get_running_loop().time() + seconds

    @asynccontextmanager
    async def limit(self) -> AsyncIterator[None]:
        """Ends what is awaited within when the time is over. Raises TooSlow. Not for the `yield` of a generator."""
        try:
            async with asyncio.timeout_at(self._end) as running:
                yield
        except TimeoutError as error:
            if not running.expired():
                raise
            raise TooSlow(f"{self._what} took longer than {self._seconds:g} s", limit=self._seconds) from error
