"""How many encoders work at once on this machine, whichever processes run them."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

POLL_SECONDS = 0.05


class Slots:
    """Locked files below `folder`, `count` of them; within a process who came first is first."""

    def __init__(self, folder: Path, count: int) -> None:
        self._files = [folder / f".slot-{number}" for number in range(count)]
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """A slot until the block ends; waits for it."""
        async with self._turn:
            while (file := self._free()) is None:  # noqa: ASYNC110 - it may be another process that gives it back
                await asyncio.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            os.close(file)

    def _free(self) -> int | None:
        for path in self._files:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
                continue
            return file
        return None
