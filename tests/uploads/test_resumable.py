"""Resumable uploads without HTTP: moments that a request cannot reach."""

from __future__ import annotations

import asyncio
import errno
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mediaworks import settings as configuration
from mediaworks.errors import ClientGone, Gone, MediaworksError, StorageFull
from mediaworks.settings import Settings
from mediaworks.storage.local.writer import LocalWriter
from mediaworks.testing import media
from mediaworks.testing.upload_processes import Processes, processes
from mediaworks.uploads.http.body import Body
from mediaworks.uploads.model import PARTIAL, Labels, Protocol, State, Upload
from mediaworks.uploads.resumable import Piece, Progress

PDF = media.PDF + bytes(9_000)


@pytest.fixture
def settings(new_database: Callable[[], str], tmp_path: Path) -> Settings:
    return configuration.load(data_dir=tmp_path).with_database(new_database())


def with_processes(settings: Settings, steps: Callable[[Processes], Awaitable[None]], **limits: Any) -> None:
    async def whole() -> None:
        async with processes(settings) as running:
            for number in (0, 1):
                await running.restart(number, **limits)
            await steps(running)

    asyncio.run(whole())


async def begun(running: Processes, length: int | None = len(PDF), concat: str | None = None) -> Upload:
    records = running[0].records
    upload = await records.draw_up(running.caller, Protocol.TUS, name="a.pdf", length=length, concat=concat)
    await records.begin(upload)
    return upload


async def append(
    running: Processes, upload: Upload, offset: int, content: bytes, *, breaks: bool = False, process: int = 0
) -> Progress:
    async def chunks() -> AsyncIterator[bytes]:
        yield content
        if breaks:
            raise ClientGone

    piece = Piece(offset, chunks(), lambda: None)
    return await running[process].resumable.append(running.caller, upload.id, piece)


async def content_of(running: Processes, key: str) -> bytes:
    return b"".join([chunk async for chunk in running.app.store.read(key)])


def test_an_upload_whose_process_died_between_blob_and_row_is_finished_by_a_look(settings: Settings) -> None:
    async def steps(running: Processes) -> None:
        upload = await begun(running)
        await append(running, upload, 0, PDF[:5_000])
        await running.hold_dead(upload.id)
        temporary, final = running.temporary(upload.storage_key), running.final(upload.storage_key)
        temporary.write_bytes(PDF)
        final.parent.mkdir(parents=True)
        temporary.rename(final)
        found = await running[1].resumable.progress(running.caller, upload.id)
        assert (found.state, found.received, found.media_id) == (State.DONE, len(PDF), upload.id)

    with_processes(settings, steps)


def test_a_sweep_finishes_it_as_well_and_leaves_what_lives_alone(settings: Settings) -> None:
    async def steps(running: Processes) -> None:
        dead, living = await begun(running), await begun(running)
        await running.hold_dead(dead.id)
        final = running.final(dead.storage_key)
        final.parent.mkdir(parents=True)
        final.write_bytes(PDF)
        me = running[0].finishing._me
        await running.execute("UPDATE uploads SET holder = :me WHERE id = :id", id=living.id, me=me)
        assert await running[1].sweeper.sweep() == 1
        rows = await running.rows("SELECT state, holder FROM uploads ORDER BY id")
        assert [tuple(row) for row in rows] == [("done", None), ("open", me)]

    with_processes(settings, steps)


def test_a_part_whose_line_broke_at_its_last_byte_can_be_joined(settings: Settings) -> None:
    async def steps(running: Processes) -> None:
        parts = [await begun(running, 5_000, PARTIAL), await begun(running, len(PDF) - 5_000, PARTIAL)]
        for part, content in zip(parts, (PDF[:5_000], PDF[5_000:]), strict=True):
            with pytest.raises(ClientGone):
                await append(running, part, 0, content, breaks=True)
        ids = [part.id for part in parts]
        whole = await running[1].joining.join(running.caller, ids, name="w", labels=Labels(), source={})
        assert await content_of(running, whole.upload.storage_key) == PDF

    with_processes(settings, steps)


class Killed(BaseException):
    """As when the process ends at this place."""


@pytest.mark.parametrize("at", ["_use_up", "_make"])
def test_parts_that_a_dead_process_was_joining_become_one_object_only(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """It died after the commit of the whole and before the parts were used up, or before the whole had any bytes."""

    async def die(*_: object) -> None:
        raise Killed

    async def steps(running: Processes) -> None:
        parts = [await begun(running, 5_000, PARTIAL), await begun(running, len(PDF) - 5_000, PARTIAL)]
        for part, content in zip(parts, (PDF[:5_000], PDF[5_000:]), strict=True):
            await append(running, part, 0, content)
        ids = [part.id for part in parts]
        monkeypatch.setattr(running[0].joining, at, die)
        with pytest.raises(Killed):
            await running[0].joining.join(running.caller, ids, name="w", labels=Labels(), source={})
        await running.restart(0)
        whole = await running[1].joining.join(running.caller, ids, name="w", labels=Labels(), source={})
        assert await content_of(running, whole.upload.storage_key) == PDF
        assert len(await running.rows("SELECT id FROM media_objects")) == 1
        states = await running.rows("SELECT state FROM uploads WHERE concat = 'partial'")
        assert {row.state for row in states} == {"joined"}
        assert not await running.rows("SELECT id FROM uploads WHERE state = 'open'")

    with_processes(settings, steps)


def test_the_first_bytes_of_a_broken_line_are_kept_however_few(settings: Settings) -> None:
    async def steps(running: Processes) -> None:
        upload = await begun(running)
        with pytest.raises(ClientGone):
            await append(running, upload, 0, PDF[:10], breaks=True)
        assert (await running[1].resumable.progress(running.caller, upload.id)).received == 10
        done = await append(running, upload, 10, PDF[10:], process=1)
        assert done.media is not None

    with_processes(settings, steps)


@pytest.mark.parametrize("moment", ["_sync", "_publish"])
def test_after_a_full_disk_the_upload_goes_on_where_it_was(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def full(writer: LocalWriter) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def steps(running: Processes) -> None:
        upload = await begun(running)
        await append(running, upload, 0, PDF[:5_000])
        with monkeypatch.context() as patch:
            patch.setattr(LocalWriter, moment, full)
            with pytest.raises(StorageFull):
                await append(running, upload, 5_000, PDF[5_000 : len(PDF) if moment == "_publish" else 8_000])
        assert (await running[0].resumable.progress(running.caller, upload.id)).received == 5_000
        assert (await append(running, upload, 5_000, PDF[5_000:])).media is not None
        assert await content_of(running, upload.storage_key) == PDF

    with_processes(settings, steps)


def test_one_upload_that_cannot_be_had_does_not_keep_the_others_from_expiring(settings: Settings) -> None:
    async def steps(running: Processes) -> None:
        uploads = [await begun(running) for _ in range(3)]
        async with running[0].leases.hold(uploads[0].id, None):
            await running.execute("UPDATE uploads SET holder = NULL, expires_at = now() - interval '1 minute'")
            assert await running[0].sweeper.expire() == 2
        rows = await running.rows("SELECT state FROM uploads ORDER BY id")
        assert [row.state for row in rows] == ["open", "expired", "expired"]
        with pytest.raises(Gone):
            await running[0].resumable.progress(running.caller, uploads[0].id)

    with_processes(settings, steps, lock_seconds=0.2)


def test_a_request_may_be_asked_to_let_go_any_number_of_times(settings: Settings) -> None:
    class Silent:
        async def receive(self) -> dict[str, Any]:
            await asyncio.Event().wait()
            return {}

    async def steps() -> None:
        request: Any = Silent()
        body = Body(request, replace(settings.uploads, idle_seconds=100))

        async def read() -> None:
            async for _ in body.chunks():
                pass

        task = asyncio.create_task(read())
        while not task.done():
            await asyncio.sleep(0)
            body.interrupt()
        with pytest.raises(ClientGone):
            await task

    asyncio.run(steps())


def test_the_hash_is_of_what_was_kept_even_when_the_row_could_not_be_written(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies beyond the row may be sent again with other bytes, to another process."""

    async def steps(running: Processes) -> None:
        upload = await begun(running)
        records = running[0].records

        async def away(_: Upload) -> Upload:
            raise MediaworksError("the database is away")

        with monkeypatch.context() as patch:
            patch.setattr(records, "save", away)
            with pytest.raises(MediaworksError):
                await append(running, upload, 0, PDF[:4_999] + b"?")
        await append(running, upload, 0, PDF[:5_000], process=1)
        done = await append(running, upload, 5_000, PDF[5_000:])
        assert done.media is not None
        assert done.media.sha256 == hashlib.sha256(PDF).hexdigest()

    with_processes(settings, steps)
