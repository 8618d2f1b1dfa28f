"""The body of a request as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from litestar import Request

from mediaworks.errors import ClientGone, TooSlow
from mediaworks.uploads.config import UploadsConfig

LINGER_SECONDS = 2.0


class Body:
    """The chunks of a request as the server hands them over, with a limit on pauses and on the whole."""

    def __init__(self, request: Request[Any, Any, Any], config: UploadsConfig) -> None:
        self._request = request
        self._config = config
        self._ended = False
        self._interrupted = False
        self._waiting: asyncio.Timeout | None = None

    @property
    def declared_size(self) -> int | None:
        """What Content-Length says."""
        declared = self._request.headers.get("content-length")
        return None if declared is None else int(declared)

    def interrupt(self) -> None:
        """Have `chunks` end with ClientGone, now if it is waiting: somebody newer wants to send."""
        self._interrupted = True
        if self._waiting is not None and not self._waiting.expired():
            self._waiting.reschedule(asyncio.get_running_loop().time())

    async def chunks(self) -> AsyncIterator[bytes]:
        """Raises ClientGone when the sender leaves or was interrupted, TooSlow when it pauses or takes too long."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._config.deadline_seconds
        while not self._ended:
            patience = min(self._config.idle_seconds, deadline - loop.time())
            if chunk := await self._next_within(patience):
                yield chunk

    async def linger(self) -> None:
        """Read past a bounded rest of a refused body, so that a sender who is still writing hears the answer."""
        if self._request.headers.get("expect") or self._ended:
            return
        left = int(self._config.skip_bytes)
        with suppress(TimeoutError, ClientGone):
            async with asyncio.timeout(LINGER_SECONDS):
                while left > 0 and not self._ended:
                    left -= len(await self._next())

    async def _next_within(self, patience: float) -> bytes:
        if self._interrupted:
            raise ClientGone(_SUPERSEDED)
        try:
            async with asyncio.timeout(patience) as self._waiting:
                return await self._next()
        except TimeoutError as slow:
            if self._interrupted:
                raise ClientGone(_SUPERSEDED) from slow
            raise TooSlow(f"Nothing came for {patience:.0f} s, or the upload took too long") from slow
        finally:
            self._waiting = None

    async def _next(self) -> bytes:
        event: Any = await self._request.receive()
        if event["type"] == "http.disconnect":
            self._ended = True
            raise ClientGone
        self._ended = not event.get("more_body", False)
        return bytes(event.get("body", b""))


_SUPERSEDED = "A newer request goes on with this upload"
