"""Parts that come in any order, several at once, and again: each is what it was when it was acknowledged, or the whole is refused."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from mediaworks.errors import Conflict
from mediaworks.storage import Part, Written
from mediaworks.uploads import queries
from mediaworks.uploads.checksums import Checksum
from mediaworks.uploads.model import State, Upload, UploadPart
from mediaworks.uploads.records import told
from mediaworks.uploads.shared import Shared

if TYPE_CHECKING:
    from hashlib import _Hash as Digest


class Parts:
    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    async def of(self, upload: Upload) -> list[UploadPart]:
        """What has arrived, in the order of its numbers."""
        async with self._shared.database.reading() as connection:
            return await queries.parts_of(connection, upload.id)

    async def one(self, upload: Upload, number: int) -> UploadPart | None:
        """Part `number`, if it has arrived."""
        async with self._shared.database.reading() as connection:
            return await queries.part_by_number(connection, upload.id, number)

    async def put(
        self,
        upload: Upload,
        known: UploadPart | None,
        number: int,
        offset: int,
        body: AsyncIterator[bytes],
        size: int,
        checksum: Checksum | None,
    ) -> UploadPart:
        """Take part `number` (from 1), which lies at `offset`, in; durable on return. `known`: the same part, when it was here before.

        Raises MalformedBody for another size, ChecksumMismatch, Conflict when it was here with other bytes.
        """
        digest = hashlib.sha256()
        chunks = _hashed(body, digest, checksum)
        if known is not None:
            async for _ in chunks:
                pass
            _require_same(known, digest.hexdigest())
            return known
        stored = await self._shared.store.put_part(upload.so_far, number, offset, chunks, size)
        part = UploadPart(number, stored.size, digest.hexdigest(), stored.tag)
        await self._note(upload, part)
        return part

    async def join(self, upload: Upload, key: str, parts: Sequence[UploadPart]) -> Written:
        """Make the blob `key` of all parts and read it back.

        Two senders of one part could have mixed their bytes: raises Conflict then, and ends the upload.
        """
        try:
            if await self._shared.store.stat(key) is None:
                await self._shared.store.assemble(
                    upload.so_far, [Part(part.number, part.size, part.tag) for part in parts]
                )
            return await self._read_back(key, parts)
        except Conflict as mixed:
            await self._shared.finishing.discard(upload, State.FAILED, told(mixed))
            raise

    async def _read_back(self, key: str, parts: Sequence[UploadPart]) -> Written:
        whole, start = hashlib.sha256(), 0
        for part in parts:
            if await self._digest(key, start, part.size, whole) != part.sha256:
                raise Conflict(f"Part {part.number} came twice at once with different bytes", code="part_differs")
            start += part.size
        return Written(start, whole.hexdigest())

    async def _digest(self, key: str, start: int, size: int, whole: Digest) -> str:
        one = hashlib.sha256()
        async for chunk in self._shared.store.read(key, start, size):
            await asyncio.gather(asyncio.to_thread(whole.update, chunk), asyncio.to_thread(one.update, chunk))
        return one.hexdigest()

    async def _note(self, upload: Upload, part: UploadPart) -> None:
        async with self._shared.database.transaction() as connection:
            if not await queries.save_part(connection, upload.id, part):
                noted = await queries.part_by_number(connection, upload.id, part.number)
                if noted is not None:
                    _require_same(noted, part.sha256)
            await queries.touch(connection, upload.id, self._shared.records.open_until())


def _require_same(noted: UploadPart, sha256: str) -> None:
    if noted.sha256 != sha256:
        raise Conflict(
            f"Part {noted.number} (chunk {noted.number - 1}) is here already, with other bytes",
            code="part_differs",
            part=noted.number,
        )


async def _hashed(body: AsyncIterator[bytes], digest: Digest, checksum: Checksum | None) -> AsyncIterator[bytes]:
    """The chunks, told to both on their way. Raises ChecksumMismatch at the end, when it is known."""
    async for chunk in body:
        digest.update(chunk)
        if checksum is not None:
            checksum.update(chunk)
        yield chunk
    if checksum is not None:
        checksum.verify()
