"""How fast a key, or a user without one, may send: all its uploads in this process share one rate."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from mediaworks.uploads.model import Upload

BURST_SECONDS = 0.25
REMEMBERED = 10_000


class Paces:
    def __init__(self) -> None:
        self._paid_until: dict[UUID, float] = {}

    async def paced(self, chunks: AsyncIterator[bytes], upload: Upload) -> AsyncIterator[bytes]:
        """The chunks, not faster than the policy of the upload lets them come."""
        async for chunk in chunks:
            await self.wait(upload, len(chunk))
            yield chunk

    async def wait(self, upload: Upload, size: int) -> None:
        """Return when `size` more bytes may go on."""
        rate = upload.policy.bytes_per_second
        if rate is not None:
            await asyncio.sleep(self._debt(upload.sender, size / rate))

    def _debt(self, sender: UUID, seconds: float) -> float:
        """How long to wait before `seconds` worth of bytes may go on."""
        present = asyncio.get_running_loop().time()
        if len(self._paid_until) > REMEMBERED:
            self._paid_until = {each: at for each, at in self._paid_until.items() if at > present}
        paid_until = max(self._paid_until.get(sender, 0.0), present - BURST_SECONDS) + seconds
        self._paid_until[sender] = paid_until
        return max(0.0, paid_until - present)
