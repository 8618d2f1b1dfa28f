"""Taking files in. The path of one upload: receive → _store → _probe → finish; what fails anywhere is discarded."""

from __future__ import annotations

from collections.abc import AsyncIterator

import structlog

from mediaworks.accounts import Caller, Scope
from mediaworks.db import Database
from mediaworks.db.presence import Presence, is_gone
from mediaworks.errors import (
    EmptyFile,
    MediaworksError,
    TooLarge,
    TooManyPixels,
    Unavailable,
    UnsupportedType,
)
from mediaworks.kit.ids import new_id
from mediaworks.kit.quantities import readable_size
from mediaworks.media import Media, MediaLibrary, NewMedia, original_key
from mediaworks.media.labels import clean_name
from mediaworks.processing import (
    HEAD_BYTES,
    PROBE,
    Facts,
    FileType,
    Kind,
    ProbeRequest,
    ProcessingConfig,
    Sandbox,
    sniff,
)
from mediaworks.storage import BlobStore, BlobWriter, Written
from mediaworks.uploads import queries
from mediaworks.uploads.config import UploadsConfig
from mediaworks.uploads.model import Labels, Received, Upload

log = structlog.get_logger(__name__)

SWEEP_BATCH = 500


class Uploads:
    def __init__(
        self,
        database: Database,
        store: BlobStore,
        library: MediaLibrary,
        sandbox: Sandbox,
        presence: Presence,
        config: UploadsConfig,
        limits: ProcessingConfig,
    ) -> None:
        self.config = config
        self._database = database
        self._store = store
        self._library = library
        self._sandbox = sandbox
        self._limits = limits
        self._presence = presence
        self._undiscarded: list[Upload] = []

    async def receive(self, caller: Caller, chunks: AsyncIterator[bytes], *, name: str, protocol: str) -> Received:
        """Read a file to its end and make its bytes durable. The caller goes on with `finish` or `discard`.

        Raises EmptyFile, UnsupportedType and TooLarge as soon as they are sure, TooManyPixels, StorageFull; then
        nothing of the file stays.
        """
        caller.require(Scope.MEDIA_WRITE)
        head, ended = await _read_head(chunks)
        file_type = self._accepted(head)
        media_id = new_id()
        upload = Upload(media_id, caller.user_id, original_key(media_id))
        async with self._database.reading() as connection:
            await queries.insert_upload(connection, upload, protocol=protocol, process_id=self._presence.process_id)
        try:
            written = await self._store_bytes(upload, head, None if ended else chunks)
            facts = await self._probe(upload, file_type)
        except BaseException:
            await self._discard(upload)
            raise
        return Received(upload, clean_name(name), file_type, written, facts)

    async def finish(self, received: Received, labels: Labels) -> Media:
        """Make the media object: row, event and job in one transaction; only then may the sender be told.

        Raises QuotaExceeded, and Unavailable when the upload was given up meanwhile; then nothing of it stays.
        """
        try:
            async with self._database.transaction() as connection:
                if not await queries.delete_upload(connection, received.upload.id):
                    raise Unavailable("The upload was interrupted: send it again", code="upload_interrupted")
                return await self._library.add(connection, _new_media(received, labels))
        except BaseException:
            await self.discard(received)
            raise

    async def discard(self, received: Received) -> None:
        """Leave nothing of a file that was received but shall not become a media object."""
        await self._discard(received.upload)

    async def retry_discards(self) -> None:
        """Remove what this process could not remove when it should have."""
        waiting, self._undiscarded = self._undiscarded, []
        for upload in waiting:
            await self._discard(upload)

    async def sweep(self) -> int:
        """Remove what uploads of processes that live no more have left; returns how many there were."""
        async with self._database.reading() as connection:
            owners = await queries.processes(connection)
        return sum([await self._sweep_process(owner) for owner in owners if owner != self._presence.process_id])

    async def _sweep_process(self, process_id: int) -> int:
        swept = 0
        while True:
            async with self._database.transaction() as connection:
                if not await is_gone(connection, process_id):
                    return swept
                abandoned = await queries.take_uploads_of(connection, process_id, SWEEP_BATCH)
                for _, key in abandoned:
                    await self._store.delete(key)
                await queries.delete_uploads(connection, [upload_id for upload_id, _ in abandoned])
            swept += len(abandoned)
            if len(abandoned) < SWEEP_BATCH:
                return swept

    def _accepted(self, head: bytes) -> FileType:
        if not head:
            raise EmptyFile("file: the file has no bytes", field="file")
        file_type = sniff(head)
        if file_type is None or file_type.mime not in self.config.allowed_types:
            found = f"{file_type.mime} is" if file_type else "its content is of an unknown type, which is"
            raise UnsupportedType(
                f"file: {found} not accepted; the content decides, not the name",
                field="file",
                allowed=list(self.config.allowed_types),
            )
        return file_type

    async def _store_bytes(self, upload: Upload, head: bytes, rest: AsyncIterator[bytes] | None) -> Written:
        writer = await self._store.create(upload.storage_key)
        try:
            await writer.write(head)
            if rest is not None:
                await self._copy(writer, len(head), rest)
            return await writer.commit()
        except BaseException:
            await writer.abort()
            raise

    async def _copy(self, writer: BlobWriter, size: int, rest: AsyncIterator[bytes]) -> None:
        limit = self.config.max_file_size
        async for chunk in rest:
            size += len(chunk)
            if size > limit:
                raise TooLarge(
                    f"file: is larger than the {readable_size(limit)} that are allowed", field="file", limit=limit
                )
            await writer.write(chunk)

    async def _probe(self, upload: Upload, file_type: FileType) -> Facts | None:
        """What the headers say, when that is quickly known; the whole understanding is a job."""
        if file_type.kind not in {Kind.IMAGE, Kind.VIDEO, Kind.AUDIO}:
            return None
        try:
            async with self._store.as_file(upload.storage_key) as descriptor:
                request = ProbeRequest(file_type.mime, self._limits.max_pixels)
                return await self._sandbox.run(PROBE, descriptor, request, deadline=self._limits.probe_seconds)
        except TooManyPixels:
            raise
        except MediaworksError as error:
            log.info("probe_failed", upload=str(upload.id), code=error.code, detail=error.detail)
            return None

    async def _discard(self, upload: Upload) -> None:
        """Remove the bytes only while the row says that they are nobody's: a commit whose answer got lost may have
        made them a media object. What cannot be removed now, because database or disk are away, waits for
        `retry_discards`."""
        try:
            async with self._database.transaction() as connection:
                if await queries.take_upload(connection, upload.id):
                    await self._store.delete(upload.storage_key)
                    await queries.delete_upload(connection, upload.id)
        except (MediaworksError, OSError) as error:
            log.warning("discard_postponed", upload=str(upload.id), error=str(error))
            self._undiscarded.append(upload)


async def _read_head(chunks: AsyncIterator[bytes]) -> tuple[bytes, bool]:
    """The first bytes, enough to know the type, and whether the file ended with them."""
    head = bytearray()
    async for chunk in chunks:
        head += chunk
        if len(head) >= HEAD_BYTES:
            return bytes(head), False
    return bytes(head), True


def _new_media(received: Received, labels: Labels) -> NewMedia:
    facts = received.facts
    return NewMedia(
        id=received.upload.id,
        user_id=received.upload.user_id,
        kind=facts.kind if facts else received.file_type.kind,
        original_name=received.name,
        mime_type=received.file_type.mime,
        extension=received.file_type.extension,
        size_bytes=received.written.size,
        sha256=received.written.sha256,
        storage_key=received.upload.storage_key,
        width=facts.width if facts else None,
        height=facts.height if facts else None,
        duration=facts.duration if facts else None,
        fps=facts.fps if facts else None,
        visibility=labels.visibility,
        tags=labels.tags,
        metadata=labels.metadata,
    )
