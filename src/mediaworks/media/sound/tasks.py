"""Listening to recordings, as jobs. Each may run twice: its effect is the same as once."""

from __future__ import annotations

import os
import tempfile
from uuid import UUID

from mediaworks.db import Database
from mediaworks.errors import NotFound
from mediaworks.jobs import RunningJob, Task
from mediaworks.kit.ids import new_id
from mediaworks.media import queries as objects
from mediaworks.media.keys import variant_key
from mediaworks.media.model import Media, Role, Variant
from mediaworks.media.sound import queries
from mediaworks.media.sound.model import DRAWING, MEASURING, MIXED, SINGLE
from mediaworks.processing import (
    WAVEFORM,
    WAVEFORM_BASE,
    AudioEngine,
    Sandbox,
    Source,
    Waveform,
    WaveformRequest,
    waveform_of,
)
from mediaworks.storage import BlobStore

SECONDS = 600.0
PAIR = 4
DAT = "application/octet-stream"


class SoundTasks:
    def __init__(self, database: Database, store: BlobStore, sandbox: Sandbox, engine: AudioEngine) -> None:
        self._database = database
        self._store = store
        self._sandbox = sandbox
        self._engine = engine

    def all(self) -> tuple[Task, ...]:
        return (
            Task(DRAWING.task, "audio", self.draw, timeout=2 * SECONDS),
            Task(MEASURING.task, "audio", self.measure, timeout=2 * SECONDS),
        )

    async def measure(self, job: RunningJob, media_id: str, content: str) -> None:
        """Note how loud the recording is."""
        media = await self._unchanged(media_id, content)
        await job.progress(0.05, "listening")
        async with self._store.as_file(content) as descriptor:
            source = Source(descriptor=descriptor, mime=media.mime_type)
            loudness = await self._engine.loudness(source, seconds=SECONDS)
        async with self._database.transaction() as connection:
            await queries.note_loudness(connection, media, loudness)
            await job.done(connection, {"media_id": media_id})

    async def draw(self, job: RunningJob, media_id: str, content: str) -> None:
        """Keep the waveform, once for the whole and once for each channel, as files that audiowaveform's readers know."""
        media = await self._unchanged(media_id, content)
        await job.progress(0.05, "listening")
        made = [await self._kept(media, name, waveform) for name, waveform in await self._heard(media)]
        async with self._database.transaction() as connection:
            current = await objects.lock_media(connection, media.id)
            is_same = current is not None and current.storage_key == content
            taken = await objects.add_variants(connection, media.id, made) if is_same else set()
            await job.done(connection, {"media_id": media_id})
        for variant in made:
            if variant.name not in taken:
                await self._store.delete(variant.storage_key)

    async def _unchanged(self, media_id: str, content: str) -> Media:
        """Raises NotFound when the object has other bytes by now, or is gone."""
        async with self._database.reading() as connection:
            media = await objects.media_by_id(connection, UUID(media_id))
        if media is None or media.storage_key != content:
            raise NotFound("The media object has other bytes by now", code="content_changed")
        return media

    async def _heard(self, media: Media) -> list[tuple[str, Waveform]]:
        with tempfile.TemporaryFile() as file:
            async with self._store.as_file(media.storage_key) as descriptor:
                request = WaveformRequest(media.mime_type)
                peaks = await self._sandbox.run(
                    WAVEFORM, descriptor, request, beside=(file.fileno(),), deadline=SECONDS
                )
            end = PAIR * peaks.length
            parts = [(MIXED, 1, os.pread(file.fileno(), end, 0))]
            if peaks.channels > 1:
                parts.append((SINGLE, peaks.channels, os.pread(file.fileno(), end * peaks.channels, end)))
        return [
            (name, waveform_of(data, sample_rate=peaks.sample_rate, samples_per_pixel=WAVEFORM_BASE, channels=channels))
            for name, channels, data in parts
        ]

    async def _kept(self, media: Media, name: str, waveform: Waveform) -> Variant:
        key = variant_key(media.storage_key, f"{name}-{new_id().hex}", "dat")
        writer = await self._store.create(key)
        try:
            await writer.write(waveform.dat(16))
            written = await writer.commit()
        except BaseException:
            await writer.abort()
            raise
        return Variant(
            name=name,
            mime_type=DAT,
            width=waveform.length,
            height=waveform.channels,
            size_bytes=written.size,
            sha256=written.sha256,
            storage_key=key,
            role=Role.WAVEFORM,
        )
