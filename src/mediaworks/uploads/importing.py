"""Import from an address: a job fetches the file through the egress guard and goes on by Range when the line breaks."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any
from uuid import UUID

import msgspec
import structlog

from mediaworks.errors import FetchFailed, MediaworksError, NotFound, Unavailable
from mediaworks.jobs import RunningJob, Task
from mediaworks.kit.clock import now
from mediaworks.kit.deadline import Deadline
from mediaworks.kit.egress import Egress
from mediaworks.kit.webhooks import StandardWebhook
from mediaworks.media import Media
from mediaworks.processing import HEAD_BYTES
from mediaworks.storage import BlobWriter, Draft, Written
from mediaworks.uploads import queries
from mediaworks.uploads.fetching import Begun, NotModified, Transfer
from mediaworks.uploads.model import State, Upload
from mediaworks.uploads.records import CALLBACK, require_open, told
from mediaworks.uploads.shared import Shared

log = structlog.get_logger(__name__)

IMPORT = "uploads.import"
CALLBACK_SECONDS = 20.0
END_SECONDS = 3600.0  # beside the transfer: checks of what came
AFTER_YOU_SECONDS = 0.5


class Imports:
    def __init__(self, shared: Shared, egress: Egress) -> None:
        self._shared = shared
        self._egress = egress

    def tasks(self) -> tuple[Task, ...]:
        """What workers do for imports."""
        seconds = self._shared.records.config.import_seconds + END_SECONDS
        return (
            Task(IMPORT, "import", self.run, give_up=self.give_up, cancelled=self.cancelled, timeout=seconds),
            Task(CALLBACK, "deliver", self.call_back, retries=8),
        )

    async def run(self, job: RunningJob, upload_id: str) -> dict[str, Any]:
        """Fetch the file of an import; run again after a crash, it goes on with what is durable. Returns what it became.

        Whoever wants to write the upload meanwhile, to end it say, gets it; if it is still open then, this goes on.
        Raises what the upload failed with, Gone when it was ended by somebody else.
        """
        while not await self._run_undisturbed(job, UUID(upload_id)):
            log.info("import_interrupted", upload=upload_id)
        upload = require_open(await self._shared.records.get_any(UUID(upload_id)))
        return {"upload_id": upload_id, "media_id": str(upload.media_id)}

    async def _run_undisturbed(self, job: RunningJob, upload_id: UUID) -> bool:
        """Whether the import came to its end; False when somebody else asked for the upload."""
        fetching: asyncio.Task[None] | None = None
        asked = asyncio.Event()

        def interrupt() -> None:
            asked.set()
            if fetching is not None:
                fetching.cancel()

        async with self._shared.leases.hold(upload_id, None, interrupt) as lease:
            if lease.upload.state is not State.OPEN:
                return True
            fetching = asyncio.create_task(self._fetch(job, lease.upload))
            try:
                await fetching
            except asyncio.CancelledError:
                await _ended(fetching)
                if not asked.is_set():
                    raise
        if asked.is_set():
            await asyncio.sleep(AFTER_YOU_SECONDS)
        return not asked.is_set()

    async def give_up(self, job: RunningJob, upload_id: str) -> None:
        """Say that the file could not be fetched, for a reason that is ours and stands in the log."""
        async with self._shared.database.reading() as connection:
            upload = await queries.upload_by_id(connection, UUID(upload_id), None)
        if upload is not None:
            await self._fail(upload, FetchFailed("The service could not fetch the file", code="import_failed"))

    async def cancelled(self, job: RunningJob, upload_id: str) -> None:
        """End the upload and leave nothing of what came."""
        try:
            async with self._shared.leases.hold(UUID(upload_id), None) as lease:
                if lease.upload.state is State.OPEN:
                    await self._shared.finishing.discard(lease.upload, State.ABORTED)
        except NotFound:
            return

    async def call_back(self, job: RunningJob, upload_id: str) -> None:
        """Tell the address that the sender named how the import ended. Raises what has the job try again."""
        async with self._shared.database.reading() as connection:
            upload = await queries.upload_by_id(connection, UUID(upload_id), None)
        address = (upload.source or {}).get("callback") if upload else None
        if upload is None or not address:
            return
        told_of = {
            "id": str(upload.id),
            "state": upload.state,
            "media_id": str(upload.media_id) if upload.media_id else None,
            "error": upload.error,
            "url": (upload.source or {}).get("url"),
        }
        body = msgspec.json.encode(told_of)
        async with (
            asyncio.timeout(CALLBACK_SECONDS),
            self._egress.client() as client,
            client.stream("POST", address, content=body, headers=self._callback_headers(upload.id, body)) as response,
        ):
            if response.status_code >= 500:
                raise Unavailable(f"The callback answered {response.status_code}")

    def _callback_headers(self, upload_id: UUID, body: bytes) -> dict[str, str]:
        """Signed when the installation has a secret for it; the same message has the same id each time."""
        secret = self._shared.records.config.callback_secret
        signed = StandardWebhook(secret).headers(f"import_{upload_id}", now(), body) if secret else {}
        return signed | {"content-type": "application/json"}

    async def _fetch(self, job: RunningJob, upload: Upload) -> None:
        try:
            outcome = await self._transfer(job, upload)
        except (Unavailable, asyncio.CancelledError):
            raise
        except MediaworksError as refusal:
            await self._fail(upload, refusal)
            raise
        log.info("imported", upload=str(upload.id), media=str(outcome))

    async def _transfer(self, job: RunningJob, upload: Upload) -> UUID:
        """The id of the media object that the file became, or was before."""
        source, config = upload.source or {}, self._shared.records.config
        if (blob := await self._shared.store.stat(upload.storage_key)) is not None:
            return (await self._shared.finishing.finish(upload, Written(blob.size, ""))).id
        before = await self._before(upload)
        async with self._egress.client(idle_seconds=config.idle_seconds) as client:
            transfer = Transfer(
                client,
                source["url"],
                source["headers"],
                limit=self._shared.records.size_limit(upload.policy.max_file_size),
                deadline=Deadline(config.import_seconds, "The import"),
                start=upload.received,
                validator=source.get("validator"),
                if_none_match=before[0] if before and not upload.received else None,
            )
            async with aclosing(transfer.pieces()) as pieces:
                first = await anext(pieces)
                if isinstance(first, NotModified) and before is not None:
                    return await self._same_as_before(upload, before[1])
                return await self._receive(job, upload, first, pieces)

    async def _receive(self, job: RunningJob, upload: Upload, first: Any, pieces: AsyncIterator[Any]) -> UUID:
        upload, writer, etag = await self._begin(upload, first)
        head, loop, received = _Head(upload), asyncio.get_running_loop(), upload.received
        due = loop.time() + self._shared.records.config.checkpoint_seconds
        try:
            async for piece in pieces:
                if isinstance(piece, Begun):
                    await writer.abort()
                    upload, writer, etag = await self._begin(msgspec.structs.replace(upload, draft=None), piece)
                    head, received = _Head(upload), upload.received
                    continue
                await self._shared.paces.wait(upload, len(piece))
                if head.is_full_with(piece):
                    self._shared.finishing.accept(upload, head.content)
                await writer.write(piece)
                received += len(piece)
                if upload.length:
                    await job.progress(received / upload.length, "fetching")
                if loop.time() > due:
                    draft = await writer.checkpoint()
                    await self._shared.records.save(msgspec.structs.replace(upload, received=draft.size, draft=draft))
                    due = loop.time() + self._shared.records.config.checkpoint_seconds
            written = await writer.commit()
        except BaseException:
            await asyncio.shield(self._let_rest(writer, upload))
            raise
        media = await self._shared.finishing.finish(upload, written)
        if etag is not None:
            await self._remember(upload, etag, media)
        return media.id

    async def _begin(self, upload: Upload, begun: Begun) -> tuple[Upload, BlobWriter, str | None]:
        """A writer for what follows: on top of what is here, or from the beginning."""
        goes_on = begun.start > 0 and begun.start == upload.received
        draft = upload.so_far if goes_on else Draft(upload.storage_key)
        if not goes_on and upload.draft is not None:
            await self._shared.store.discard(upload.draft)
        writer = await self._shared.store.resume(draft, None if goes_on else hashlib.sha256())
        name = upload.name if upload.name != "file" else begun.name or upload.name
        source = (upload.source or {}) | {"validator": begun.validator}
        upload = msgspec.structs.replace(
            upload, name=name, length=begun.size, received=draft.size, draft=draft, source=source
        )
        return await self._shared.records.save(upload), writer, begun.etag

    async def _let_rest(self, writer: BlobWriter, upload: Upload) -> None:
        """Keep what came, for the next try."""
        draft = await writer.keep()
        await self._shared.records.save(msgspec.structs.replace(upload, received=draft.size, draft=draft))

    async def _before(self, upload: Upload) -> tuple[str, UUID] | None:
        async with self._shared.database.reading() as connection:
            return await queries.imported_before(connection, upload.user_id, _address_hash(upload))

    async def _same_as_before(self, upload: Upload, media_id: UUID) -> UUID:
        async with self._shared.database.transaction() as connection:
            await self._shared.records.end(connection, upload, State.DONE, media_id=media_id, holder=None, draft=None)
        return media_id

    async def _remember(self, upload: Upload, etag: str, media: Media) -> None:
        values = {"user_id": upload.user_id, "url_sha256": _address_hash(upload), "etag": etag, "media_id": media.id}
        async with self._shared.database.reading() as connection:
            await queries.remember_import(connection, values)

    async def _fail(self, upload: Upload, refusal: MediaworksError) -> None:
        await self._shared.finishing.discard(upload, State.FAILED, told(refusal))


class _Head:
    """The first bytes of a file that is fetched from its beginning, enough to know its type."""

    def __init__(self, upload: Upload) -> None:
        self.content = b""
        self._wanted = 0 if upload.received else HEAD_BYTES

    def is_full_with(self, piece: bytes) -> bool:
        """Whether it has become full just now."""
        if len(self.content) >= self._wanted:
            return False
        self.content += piece
        return len(self.content) >= self._wanted


def _address_hash(upload: Upload) -> bytes:
    return hashlib.sha256(str((upload.source or {}).get("url")).encode("utf-8", "surrogateescape")).digest()


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
