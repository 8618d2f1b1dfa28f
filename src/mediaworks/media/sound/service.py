"""What recordings sound like, as callers ask for it: the answer, or the job that finds it."""

from __future__ import annotations

import asyncio
from uuid import UUID

import msgspec

from mediaworks.accounts import Caller
from mediaworks.db import Database
from mediaworks.errors import Forbidden, Unprocessable, UnsupportedType
from mediaworks.jobs import Job, State, enqueue
from mediaworks.jobs.service import Jobs
from mediaworks.media.model import Media, Status
from mediaworks.media.service import MediaLibrary
from mediaworks.media.sound.model import DRAWING, LOUDNESS, MEASURING, Listening, variant_of
from mediaworks.processing import (
    DRAW_WAVEFORM,
    Kind,
    Loudness,
    Sandbox,
    Waveform,
    WaveformLook,
    read_dat,
    waveform_drawing,
)
from mediaworks.storage import BlobStore


class Sounds:
    def __init__(
        self, database: Database, library: MediaLibrary, store: BlobStore, sandbox: Sandbox, jobs: Jobs
    ) -> None:
        self._database = database
        self._library = library
        self._store = store
        self._sandbox = sandbox
        self._jobs = jobs

    async def get(self, caller: Caller, media_id: UUID) -> Media:
        """Raises NotFound, Forbidden in quarantine, UnsupportedType for what has no sound."""
        media = await self._library.get(caller, media_id)
        if media.status is Status.QUARANTINED:
            raise Forbidden(f"The file is in quarantine: {media.quarantine}", code="quarantined")
        if media.kind not in {Kind.VIDEO, Kind.AUDIO}:
            raise UnsupportedType(f"{media.mime_type} is nothing that sounds", allowed=["audio/*", "video/*"])
        return media

    async def waveform(self, caller: Caller, media: Media, *, split: bool) -> Waveform | Job:
        """The finest there is, of all channels mixed or of each; or the job that makes it. Raises Unprocessable where that
        has failed."""
        variant = variant_of(media, split=split)
        if variant is None:
            return await self._job(caller, media, DRAWING)
        content = b"".join([piece async for piece in self._store.read(variant.storage_key)])
        return await asyncio.to_thread(read_dat, content)

    async def loudness(self, caller: Caller, media: Media) -> Loudness | Job:
        """Of the first sound; or the job that measures it. Raises Unprocessable where that has failed."""
        _, facts = await self._library.facts(caller, media.id)
        if (known := facts.get(LOUDNESS)) is None:
            return await self._job(caller, media, MEASURING)
        return msgspec.convert(known, Loudness)

    async def png(self, media: Media, waveform: Waveform, look: WaveformLook) -> bytes:
        request = await asyncio.to_thread(waveform_drawing, waveform, look)
        variant = variant_of(media, split=False)
        async with self._store.as_file(variant.storage_key if variant else media.storage_key) as descriptor:
            return await self._sandbox.run(DRAW_WAVEFORM, descriptor, request)

    async def _job(self, caller: Caller, media: Media, wanted: Listening) -> Job:
        """The caller's own: nobody sees another's. What has failed is not tried again until the object changes."""
        filters = {"subject": str(media.id), "task": wanted.task}
        last = await self._jobs.list(caller, filters, everybody=False, before=None, limit=1)
        if last and last[0].state is State.FAILED and last[0].created_at >= media.updated_at:
            error = last[0].error or {}
            raise Unprocessable(str(error.get("detail", "")), code=str(error.get("code", Unprocessable.code)))
        async with self._database.transaction() as connection:
            job_id = await enqueue(
                connection,
                wanted.task,
                queue="audio",
                user_id=caller.user_id,
                subject=media.id,
                dedup=f"{wanted.purpose} {media.id} {caller.user_id} {media.storage_key}",
                media_id=str(media.id),
                content=media.storage_key,
            )
        return await self._jobs.get(caller, job_id)
