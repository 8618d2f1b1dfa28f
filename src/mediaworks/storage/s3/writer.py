"""Bytes on their way into an object: what fills a part goes from memory straight to S3 while the next part fills."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from mediaworks.errors import TooLarge
from mediaworks.storage.port import Draft, Part, Written
from mediaworks.storage.s3 import drafts, multipart
from mediaworks.storage.s3.bucket import Bucket
from mediaworks.storage.s3.multipart import LEAST_PART, MOST_PARTS, part_bytes

if TYPE_CHECKING:
    from hashlib import _Hash as Digest

AT_ONCE = 2
ABORT_PATIENCE_SECONDS = 10.0


class S3Writer:
    """Goes on after `draft`; `tail` are the bytes of it that are not in parts. They were hashed already."""

    def __init__(self, bucket: Bucket, draft: Draft, tail: bytes, digest: Digest | None) -> None:
        self.is_open = True
        self._bucket, self._key, self._digest = bucket, draft.key, digest
        self._durable = draft
        self._session = draft.session
        self._size = draft.size
        self._filling = bytearray(tail)
        self._hashed = len(tail)
        self._next = len(draft.parts) + 1
        self._under_way: dict[int, asyncio.Task[Part]] = {}
        self._done: dict[int, Part] = {}
        self._hashing: asyncio.Future[None] | None = None
        self._finishing: asyncio.Task[None] | None = None

    async def write(self, chunk: bytes) -> None:
        rest = memoryview(chunk)
        while rest:
            room = part_bytes(self._next) - len(self._filling)
            self._filling += rest[:room]
            self._size += len(rest[:room])
            rest = rest[room:]
            if len(self._filling) >= part_bytes(self._next):
                await self._hand_over()

    async def checkpoint(self) -> Draft:
        """A part that failed is told by the next `write`."""
        for number, task in list(self._under_way.items()):
            if task.done() and not task.cancelled() and task.exception() is None:
                await self._finished(number)
        return self._durable

    async def keep(self) -> Draft:
        if len(self._filling) >= LEAST_PART:
            await self._hand_over()
        await self._settle()
        if len(self._filling) > self._durable.tail:
            await self._keep_tail()
        self.is_open = False
        return self._durable

    async def commit(self) -> Written:
        """What is sent last is not given up in the middle, even when the caller is: `abort` then finds out how it ended."""
        self._finishing = asyncio.create_task(self._finish())
        await asyncio.shield(self._finishing)
        return Written(self._size, self._digest.hexdigest() if self._digest else "")

    async def abort(self) -> None:
        if self._finishing:
            await asyncio.wait([self._finishing])
        if not self.is_open:
            return
        self.is_open = False
        await self._let_go()
        self._filling = bytearray()
        if self._session:
            await drafts.discard(self._bucket, self._key, self._session)

    async def _hand_over(self) -> None:
        """Send and hash the full part, side by side, while the next one fills."""
        if self._next > MOST_PARTS:
            raise TooLarge(f"The file needs more than the {MOST_PARTS} parts that S3 allows")
        if not self._session:
            self._session = await multipart.begin(self._bucket, self._key)
        while len(self._under_way) >= AT_ONCE:
            await self._finished(min(self._under_way))
        number, content = self._next, self._filling
        self._next, self._filling = number + 1, bytearray()
        hashing = self._hash(content)
        self._under_way[number] = asyncio.create_task(self._send(number, content, hashing))

    async def _send(self, number: int, content: bytearray, hashing: asyncio.Future[None]) -> Part:
        part = await multipart.send(self._bucket, self._key, self._session, number, content)
        await asyncio.shield(hashing)
        return part

    def _hash(self, content: bytearray) -> asyncio.Future[None]:
        """Hash in a thread what was not hashed yet, after all that came before it."""
        before, start, self._hashed = self._hashing, self._hashed, 0
        self._hashing = asyncio.ensure_future(self._hash_after(before, content, start))
        return self._hashing

    async def _hash_after(self, before: asyncio.Future[None] | None, content: bytearray, start: int) -> None:
        if before:
            await before
        if self._digest:
            await asyncio.get_running_loop().run_in_executor(None, self._digest.update, memoryview(content)[start:])

    async def _settle(self) -> None:
        while self._under_way:
            await self._finished(min(self._under_way))

    async def _finished(self, number: int) -> None:
        """Wait for a part; what is durable from the beginning on grows when nothing before it is missing."""
        self._done[number] = await asyncio.shield(self._under_way[number])
        del self._under_way[number]
        while part := self._done.pop(len(self._durable.parts) + 1, None):
            whole = self._durable.size - self._durable.tail + part.size
            self._durable = Draft(self._key, whole, self._session, (*self._durable.parts, part))

    async def _keep_tail(self) -> None:
        if not self._session:
            self._session = await multipart.begin(self._bucket, self._key)
        parts, tail = self._durable.parts, bytes(self._filling)
        await asyncio.gather(
            self._hash(self._filling), drafts.put_tail(self._bucket, self._key, self._session, len(parts), tail)
        )
        self._durable = Draft(self._key, self._size, self._session, parts, len(tail))

    async def _finish(self) -> None:
        if self._session:
            await self._finish_upload()
        else:
            name = self._bucket.names.of(self._key)
            await asyncio.gather(
                self._hash(self._filling), self._bucket.put(name, self._filling, **self._bucket.kept_as)
            )
        self.is_open = False
        self._filling = bytearray()

    async def _finish_upload(self) -> None:
        if self._filling:
            await self._hand_over()
        await self._settle()
        await multipart.complete(self._bucket, self._key, self._session, self._durable.parts)
        await drafts.remove_beside(self._bucket, self._key, self._session)

    async def _let_go(self) -> None:
        """Let the parts under way arrive, so that none does after the upload was aborted; but not for ever."""
        tasks = list(self._under_way.values())
        self._under_way = {}
        if not tasks:
            return
        _, slow = await asyncio.wait(tasks, timeout=ABORT_PATIENCE_SECONDS)
        for task in slow:
            task.cancel()
        with suppress(Exception):
            await asyncio.gather(*tasks, return_exceptions=True)
