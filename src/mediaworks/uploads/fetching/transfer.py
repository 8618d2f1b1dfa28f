"""A file that arrives whole, over as many exchanges as it takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass

import httpx

from mediaworks.errors import FetchFailed, TooLarge
from mediaworks.kit.deadline import Deadline
from mediaworks.kit.egress import parse_url
from mediaworks.kit.quantities import readable_size
from mediaworks.uploads.fetching.exchange import Fetched, FetchStatus, fetch
from mediaworks.uploads.fetching.failures import Changed, Interrupted

PROGRESS = 1 << 20
LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Begun:
    """The bytes from `start` on follow. What the receiver has beyond `start` is void, from an earlier `Begun` too."""

    start: int
    size: int | None
    validator: str | None
    etag: str | None
    name: str
    mime_type: str


@dataclass(frozen=True, slots=True)
class NotModified:
    """The file is still the one with the ETag that was asked about; nothing follows."""

    etag: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """`tries` failures in a row end a transfer; a continued file that brings 1 MiB begins a new row, which counts how
    often the file had to be begun. Before each further try it waits `pause` seconds, doubled every time, or as long as the other side asks for, at most a minute."""

    tries: int = 6
    pause: float = 0.5


class Transfer:
    """One file by its address, within `limit` bytes and a deadline. Iterate over `pieces()` once.

    `start` and `validator` go on with what an earlier transfer brought; `if_none_match` spares an unchanged file.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        limit: int,
        deadline: Deadline,
        start: int = 0,
        validator: str | None = None,
        if_none_match: str | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._client = client
        self._url = url
        self._headers = headers
        self._limit = limit
        self._deadline = deadline
        self._validator = validator
        self._at = start if validator else 0
        self._size: int | None = None
        self._if_none_match = if_none_match
        self._patience = patience or Patience()
        self._begun = False
        self._beginnings = 0

    async def pieces(self) -> AsyncGenerator[Begun | NotModified | bytes, None]:
        """`Begun`, then bytes; or `NotModified`, as the only piece. Raises Invalid, EgressRefused, FetchFailed, TooLarge, TooSlow."""
        failures = 0
        while True:
            before = self._at
            try:
                async with aclosing(self._exchange()) as exchange:
                    async for piece in exchange:
                        yield piece
                return
            except Interrupted as failure:
                went_on = 0 < before <= self._at - PROGRESS and not isinstance(failure, Changed)
                failures = self._beginnings if went_on else failures + 1
                self._reconsider(failure)
                await self._wait(failure, failures)

    async def _exchange(self) -> AsyncGenerator[Begun | NotModified | bytes, None]:
        async with fetch(
            self._client,
            self._url,
            self._headers,
            deadline=self._deadline,
            start=self._at,
            validator=self._validator,
            if_none_match=self._if_none_match if not self._beginnings else None,
        ) as fetched:
            if fetched.status is FetchStatus.NOT_MODIFIED:
                yield NotModified(fetched.etag)
                return
            if not self._begun or fetched.status is FetchStatus.FRESH:
                yield self._begin(fetched)
            self._agree(fetched)
            async for chunk in fetched.chunks():
                self._count(chunk)
                yield chunk
            self._check_end(fetched)

    def _begin(self, fetched: Fetched) -> Begun:
        self._at, self._size, self._validator = fetched.start, fetched.size, fetched.validator
        self._begun = True
        self._beginnings += 1
        return Begun(fetched.start, fetched.size, fetched.validator, fetched.etag, fetched.name, fetched.mime_type)

    def _agree(self, fetched: Fetched) -> None:
        if fetched.size is not None and self._size is not None and fetched.size != self._size:
            raise Changed(f"{fetched.host}: the size has changed meanwhile", host=fetched.host)
        self._size = fetched.size if self._size is None else self._size
        self._require_room(self._size or 0)

    def _count(self, chunk: bytes) -> None:
        self._at += len(chunk)
        self._require_room(self._at)

    def _require_room(self, size: int) -> None:
        if size > self._limit:
            allowed = readable_size(self._limit)
            raise TooLarge(f"url: the file has {readable_size(size)} or more; {allowed} are allowed", limit=self._limit)

    def _check_end(self, fetched: Fetched) -> None:
        if self._size is not None and self._at < self._size:
            raise Interrupted(f"{fetched.host}: sent {self._at} of {self._size} bytes", host=fetched.host)

    def _reconsider(self, failure: Interrupted) -> None:
        if isinstance(failure, Changed):
            self._at, self._validator, self._begun = 0, None, False

    async def _wait(self, failure: Interrupted, failures: int) -> None:
        if failures >= self._patience.tries:
            host = parse_url(self._url).host
            raise FetchFailed(f"{failure.detail}; given up after {failures} tries", **{"host": host, **failure.facts})
        pause = max(failure.wait, self._patience.pause * 2 ** (failures - 1))
        async with self._deadline.limit():
            await asyncio.sleep(min(pause, LONGEST_WAIT))
