"""From durable bytes to a media object: every way in ends here."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from typing import Any

import structlog
from msgspec.structs import replace

from mediaworks.db import Database
from mediaworks.errors import (
    ChecksumMismatch,
    EmptyFile,
    MediaworksError,
    TooManyPixels,
    Unavailable,
    UnsupportedType,
)
from mediaworks.events import record
from mediaworks.jobs.batches import retell_item
from mediaworks.kit.clock import now
from mediaworks.media import Media, MediaLibrary, NewMedia
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
from mediaworks.storage import BlobStore, Written
from mediaworks.uploads import queries
from mediaworks.uploads.endings import ending
from mediaworks.uploads.gate import Candidate, Gate
from mediaworks.uploads.model import Labels, Received, State, Upload
from mediaworks.uploads.records import Records, told

log = structlog.get_logger(__name__)


class Finishing:
    def __init__(
        self,
        database: Database,
        store: BlobStore,
        library: MediaLibrary,
        sandbox: Sandbox,
        records: Records,
        limits: ProcessingConfig,
        gate: Gate,
        me: int,
    ) -> None:
        """`me`: the number of this process, see `db/presence.py`."""
        self._database = database
        self._store = store
        self._library = library
        self._sandbox = sandbox
        self._records = records
        self._limits = limits
        self._gate = gate
        self._me = me
        self._undiscarded: list[tuple[Upload, State, dict[str, Any] | None]] = []

    def accept(self, upload: Upload, head: bytes) -> FileType:
        """The type that the first bytes tell. Raises EmptyFile, UnsupportedType."""
        if not head:
            raise EmptyFile("file: the file has no bytes", field="file")
        file_type = sniff(head)
        allowed = self.types_for(upload)
        if file_type is None or file_type.mime not in allowed:
            found = f"{file_type.mime} is" if file_type else "its content is of an unknown type, which is"
            raise UnsupportedType(
                f"file: {found} not accepted; the content decides, not the name", field="file", allowed=allowed
            )
        return file_type

    def types_for(self, upload: Upload) -> list[str]:
        of_policy = upload.policy.allowed_types
        return [mime for mime in self._records.config.allowed_types if of_policy is None or mime in of_policy]

    async def finish(self, upload: Upload, written: Written, labels: Labels | None = None) -> Media:
        """Look at the durable blob of an upload and make the media object.

        Raises what `examine` and `make` raise; then nothing of the file stays, but for Unavailable, when it can be tried again.
        """
        try:
            return await self.make(await self.examine(upload, written), labels or upload.labels)
        except Unavailable:
            raise
        except MediaworksError as refusal:
            await self.discard(upload, State.FAILED, told(refusal))
            raise

    async def examine(self, upload: Upload, written: Written) -> Received:
        """What the blob of the upload is.

        Raises ChecksumMismatch, EmptyFile, UnsupportedType, TooManyPixels; Refused and Unavailable as the gate decides.
        """
        written = await self._verified(upload, written)
        head = b"".join(
            [chunk async for chunk in self._store.read(upload.storage_key, 0, min(HEAD_BYTES, written.size))]
        )
        file_type = self.accept(upload, head)
        facts = await self._probe(upload, file_type, written.size)
        quarantine = await self._gate.judge(self._candidate(upload, file_type, written))
        return Received(upload, file_type, written, facts, quarantine)

    async def make(self, received: Received, labels: Labels) -> Media:
        """Row, event and job of the media object and the end of the upload in one transaction; only then may the
        sender be told. Raises QuotaExceeded, Duplicate, and Unavailable when the upload was ended meanwhile."""
        upload, size = received.upload, received.written.size
        async with self._database.transaction() as connection:
            ended = {"media_id": upload.id, "received": size, "length": size, "holder": None, "draft": None}
            done = await self._records.close(connection, upload, State.DONE, **ended)
            if done is None:
                raise Unavailable("The upload was interrupted: send it again", code="upload_interrupted")
            new = _new_media(received, labels)
            media = await self._library.add(connection, new, quota=upload.policy.quota_bytes, key_id=upload.key_id)
            if media.id != upload.id:
                await queries.point_to(connection, upload.id, media.id)
                if upload.batch_id is not None:
                    await retell_item(connection, upload.batch_id, str(upload.id), {"media_id": str(media.id)})
            await record(connection, *ending(replace(done, media_id=media.id)))
        await self._records.note_bytes(upload, size)
        return media

    async def discard(self, upload: Upload, state: State, error: dict[str, Any] | None = None) -> None:
        """End the upload and leave nothing of its bytes.

        Only when the record says that they are nobody's: a commit whose answer got lost may have made them a media
        object. This process holds the record until the bytes are gone, so that a sweep goes on if it dies meanwhile.
        What cannot be removed now, because database or storage are away, waits for `retry_discards`.
        """
        try:
            async with self._database.transaction() as connection:
                ended = await self._records.end(connection, upload, state, error=error, holder=self._me)
                nobodys = ended or await queries.left_by(connection, upload.id, self._me)
            if nobodys is not None:
                await self.remove_bytes(nobodys)
        except (MediaworksError, OSError) as failure:
            log.warning("discard_postponed", upload=str(upload.id), error=str(failure))
            self._undiscarded.append((upload, state, error))

    async def retry_discards(self) -> None:
        """Remove what this process could not remove when it should have."""
        waiting, self._undiscarded = self._undiscarded, []
        for upload, state, error in waiting:
            await self.discard(upload, state, error)

    async def remove_bytes(self, upload: Upload) -> None:
        """Whatever the storage has of an upload that this process holds and that became no media object."""
        await self._store.discard(upload.so_far)
        for key in {upload.so_far.key, upload.storage_key}:
            await self._store.delete(key)
        async with self._database.reading() as connection:
            await queries.let_go(connection, upload.id, self._me, draft=None)

    async def _verified(self, upload: Upload, written: Written) -> Written:
        """With the hash of the whole, read back where no writer could tell it. Raises ChecksumMismatch."""
        known = {"sha256": written.sha256} if written.sha256 else {}
        wanted = {"sha256", *upload.checksums} - known.keys()
        if wanted:
            known |= await self._read_back(upload.storage_key, wanted)
        for algorithm, expected in upload.checksums.items():
            if known[algorithm] != expected:
                raise ChecksumMismatch(
                    f"file: its {algorithm} is {known[algorithm]}, not {expected}",
                    field="checksum",
                    algorithm=algorithm,
                )
        return Written(written.size, known["sha256"])

    async def _read_back(self, key: str, algorithms: set[str]) -> dict[str, str]:
        digests = {name: hashlib.new(name, usedforsecurity=False) for name in algorithms}
        async for chunk in self._store.read(key):
            for digest in digests.values():
                await asyncio.to_thread(digest.update, chunk)
        return {name: digest.hexdigest() for name, digest in digests.items()}

    async def _probe(self, upload: Upload, file_type: FileType, size: int) -> Facts | None:
        """What the headers say, when that is quickly known; the whole understanding is a job."""
        if file_type.kind not in {Kind.IMAGE, Kind.VIDEO, Kind.AUDIO}:
            return None
        if self._store.spools and size > self._records.config.probe_size:
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

    def _candidate(self, upload: Upload, file_type: FileType, written: Written) -> Candidate:
        return Candidate(
            upload_id=upload.id,
            user_id=upload.user_id,
            name=upload.name,
            mime_type=file_type.mime,
            size_bytes=written.size,
            sha256=written.sha256,
            read=lambda start, length: self._store.read(upload.storage_key, start, length),
        )


def _new_media(received: Received, labels: Labels) -> NewMedia:
    upload, facts = received.upload, received.facts
    days = upload.policy.retention_days
    return NewMedia(
        id=upload.id,
        user_id=upload.user_id,
        kind=facts.kind if facts else received.file_type.kind,
        original_name=upload.name,
        mime_type=received.file_type.mime,
        extension=received.file_type.extension,
        size_bytes=received.written.size,
        sha256=received.written.sha256,
        storage_key=upload.storage_key,
        width=facts.width if facts else None,
        height=facts.height if facts else None,
        duration=facts.duration if facts else None,
        fps=facts.fps if facts else None,
        visibility=labels.visibility,
        tags=labels.tags,
        metadata=labels.metadata,
        request_number=labels.request_number,
        quarantine=received.quarantine,
        expires_at=None if days is None else now() + timedelta(days=days),
    )
