"""A bell that any number of tasks of one event loop wait for."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Ring:
    """One ring of a bell, which comes or has come."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def come(self) -> None:
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        """Return when it has come, or after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(
                seconds
            ):  # wait_for of Python 3.11 loses a cancellation that comes with the ring
                await self._rung.wait()


class Bell:
    """Take `next()` before you look, look, then wait for it: so nothing that comes while you look gets lost."""

    def __init__(self) -> None:
        self._next = Ring()

    def next(self) -> Ring:
        return self._next

    def ring(self) -> None:
        """Wake everybody who waits for the next ring."""
        came, self._next = self._next, Ring()
        came.come()
