"""Chunked sessions: pieces of one size in any order, several at once, each as often as the sender likes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from mediaworks.accounts import Caller, Scope
from mediaworks.errors import Conflict, Invalid, MediaworksError, NotFound
from mediaworks.kit.quantities import readable_size
from mediaworks.media import Media
from mediaworks.uploads import queries
from mediaworks.uploads.checksums import Checksum
from mediaworks.uploads.model import Labels, Protocol, State, Upload, UploadPart
from mediaworks.uploads.parts import Parts
from mediaworks.uploads.records import owner_seen_by, require_open, told
from mediaworks.uploads.shared import Shared

MOST_CHUNKS = 10_000


@dataclass(frozen=True, slots=True)
class Session:
    """A chunked upload and the chunks it has; chunk n of the session is part n + 1."""

    upload: Upload
    parts: Sequence[UploadPart]

    @property
    def total_chunks(self) -> int:
        return -(-(self.upload.length or 0) // (self.upload.chunk_size or 1))

    @property
    def missing(self) -> list[int]:
        here = {part.number - 1 for part in self.parts}
        return [number for number in range(self.total_chunks) if number not in here]

    @property
    def received(self) -> int:
        if self.upload.state is State.DONE:
            return self.upload.received
        return sum(part.size for part in self.parts)

    def size_of(self, number: int) -> int:
        """How many bytes chunk `number` is to have. Raises Invalid when there is none of that number."""
        if not 0 <= number < self.total_chunks:
            raise Invalid(
                f"chunk_number: must lie between 0 and {self.total_chunks - 1}",
                field="chunk_number",
                limit=self.total_chunks - 1,
            )
        size = self.upload.chunk_size or 0
        return min(size, (self.upload.length or 0) - number * size)


class Chunked:
    def __init__(self, shared: Shared, parts: Parts) -> None:
        self._shared = shared
        self._parts = parts

    async def init(
        self,
        caller: Caller,
        *,
        name: str,
        length: int,
        declared_type: str | None,
        chunk_size: int | None,
        labels: Labels,
    ) -> Session:
        """Begin a session. Its chunk size may be another than the one that was asked for: the answer tells.

        Raises Invalid, TooLarge, QuotaExceeded, TooManyUploads.
        """
        if length < 1:
            raise Invalid("file_size: must be at least 1", field="file_size")
        size = self._chunk_size(length, chunk_size)
        upload = await self._shared.records.draw_up(
            caller,
            Protocol.CHUNKED,
            name=name,
            length=length,
            declared_type=declared_type,
            chunk_size=size,
            labels=labels,
        )
        await self._shared.records.begin(upload)
        try:
            draft = await self._shared.store.begin(upload.storage_key, length)
        except MediaworksError as failure:
            await self._shared.finishing.discard(upload, State.FAILED, told(failure))
            raise
        async with self._shared.leases.hold(upload.id, upload.user_id) as lease:
            saved = await self._shared.records.save(msgspec.structs.replace(lease.upload, draft=draft))
        return Session(saved, [])

    async def session(self, caller: Caller, upload_id: UUID) -> Session:
        """Raises NotFound for what is no chunked session of the caller's."""
        caller.require(Scope.MEDIA_WRITE)
        upload = await self._shared.records.get(caller, upload_id)
        if upload.protocol is not Protocol.CHUNKED:
            raise NotFound("There is no such chunked upload", code="upload_not_found")
        async with self._shared.database.reading() as connection:
            return Session(upload, await queries.parts_of(connection, upload_id))

    async def put(
        self, caller: Caller, upload_id: UUID, number: int, body: AsyncIterator[bytes], checksum: Checksum | None
    ) -> Session:
        """Take chunk `number` in; durable on return. The same chunk again is welcome, another one in its place is not.

        Raises NotFound, Gone, Invalid, MalformedBody for a wrong size, ChecksumMismatch, Conflict.
        """
        session = await self.session(caller, upload_id)
        if session.upload.state is State.DONE:
            return session
        upload, size = require_open(session.upload), session.size_of(number)
        offset = number * (upload.chunk_size or 0)
        known = next((part for part in session.parts if part.number == number + 1), None)
        try:
            await self._parts.put(
                upload, known, number + 1, offset, self._shared.paces.paced(body, upload), size, checksum
            )
        except NotFound:
            require_open((await self.session(caller, upload_id)).upload)
            raise
        session = await self.session(caller, upload_id)
        require_open(session.upload)
        return session

    async def complete(self, caller: Caller, upload_id: UUID) -> Media | Upload:
        """The media object, or the finished record when it was completed before.

        Raises Conflict with the numbers that are missing, and what `Finishing.finish` raises.
        """
        await self.session(caller, upload_id)
        async with self._shared.leases.hold(upload_id, owner_seen_by(caller)) as lease:
            if lease.upload.state is State.DONE:
                return lease.upload
            upload = require_open(lease.upload)
            session = await self.session(caller, upload_id)
            if session.missing:
                raise Conflict(
                    f"{len(session.missing)} of {session.total_chunks} chunks are missing",
                    code="chunks_missing",
                    missing=session.missing[:MOST_CHUNKS],
                )
            written = await self._parts.join(upload, upload.storage_key, session.parts)
            return await self._shared.finishing.finish(upload, written)

    def _chunk_size(self, length: int, wanted: int | None) -> int:
        config = self._shared.records.config
        if wanted is not None and not 1 <= wanted <= config.max_chunk_size:
            raise Invalid(
                f"chunk_size: must lie between 1 byte and {readable_size(config.max_chunk_size)}",
                field="chunk_size",
                limit=config.max_chunk_size,
            )
        smallest = -(-length // MOST_CHUNKS)
        return max(wanted or config.chunk_size, smallest)
