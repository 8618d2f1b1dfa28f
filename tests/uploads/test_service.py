"""Uploads without HTTP: a real database and a real store, and moments that HTTP cannot reach."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from mediaworks import settings as configuration
from mediaworks.accounts import Caller
from mediaworks.accounts.keys import make_first_admin
from mediaworks.app import App, build
from mediaworks.errors import TooSlow, Unavailable
from mediaworks.settings import Settings
from mediaworks.testing import media
from mediaworks.uploads.http.body import Body
from mediaworks.uploads.model import Labels, Protocol, Received


@pytest.fixture
def settings(new_database: Callable[[], str], tmp_path: Path) -> Settings:
    return configuration.load(data_dir=tmp_path).with_database(new_database())


def with_app(settings: Settings, steps: Callable[[App, Caller], Awaitable[Any]]) -> Any:
    async def whole() -> Any:
        async with build(settings, decoders=1) as app:
            key = await make_first_admin(app.database, settings.admin_key_file)
            return await steps(app, await app.accounts.authenticate(key or settings.admin_key_file.read_text()))

    return asyncio.run(whole())


async def chunks_of(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def receive(app: App, caller: Caller) -> Received:
    return await app.uploads.whole.receive(caller, chunks_of(media.PDF), name="a.pdf", protocol=Protocol.FORM)


def test_a_discard_after_the_commit_cannot_harm_the_media_object(settings: Settings) -> None:
    """As when the answer to the commit got lost: the row of the upload is gone, so the bytes are somebody's."""

    async def steps(app: App, caller: Caller) -> None:
        received = await receive(app, caller)
        await app.uploads.whole.finish(received, Labels())
        await app.uploads.whole.discard(received)
        assert await app.store.stat(received.upload.storage_key)

    with_app(settings, steps)


def test_an_upload_whose_process_was_taken_for_dead_is_refused_and_leaves_nothing(settings: Settings) -> None:
    async def steps(app: App, caller: Caller) -> None:
        received = await receive(app, caller)
        await app.uploads.whole.discard(received)
        with pytest.raises(Unavailable, match="again"):
            await app.uploads.whole.finish(received, Labels())
        assert await app.store.stat(received.upload.storage_key) is None
        assert await app.database.look_up(_lookup(), received.upload.id) is None

    with_app(settings, steps)


def test_a_sweep_takes_what_the_dead_left_and_leaves_the_living_alone(settings: Settings) -> None:
    async def begin(app: App, caller: Caller) -> Received:
        return await receive(app, caller)

    left = with_app(settings, begin)

    async def steps(app: App, caller: Caller) -> None:
        mine = await receive(app, caller)
        async with build(settings, decoders=1) as other:
            assert await other.uploads.sweeper.sweep() == 1
        assert await app.store.stat(left.upload.storage_key) is None
        assert await app.store.stat(mine.upload.storage_key)
        await app.uploads.whole.finish(mine, Labels())

    with_app(settings, steps)


def test_what_could_not_be_discarded_is_discarded_later(settings: Settings) -> None:
    async def steps(app: App, caller: Caller) -> None:
        received = await receive(app, caller)
        folder = settings.data_dir / "blobs" / Path(received.upload.storage_key).parent
        aside = folder.with_name("aside")
        folder.rename(aside)
        folder.write_text("in the way: deleting below it fails")
        await app.uploads.whole.discard(received)
        folder.unlink()
        aside.rename(folder)
        assert await app.store.stat(received.upload.storage_key)
        await app.uploads.finishing.retry_discards()
        assert await app.store.stat(received.upload.storage_key) is None

    with_app(settings, steps)


class SilentRequest:
    """A request whose sender says nothing."""

    async def receive(self) -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}


@pytest.mark.parametrize(("idle", "deadline"), [(0.05, 100.0), (100.0, 0.05)])
def test_a_sender_who_says_nothing_is_not_waited_for_for_ever(settings: Settings, idle: float, deadline: float) -> None:
    from dataclasses import replace

    config = replace(settings.uploads, idle_seconds=idle, deadline_seconds=deadline)
    request: Any = SilentRequest()

    async def read() -> None:
        async for _ in Body(request, config).chunks():
            pass

    with pytest.raises(TooSlow):
        asyncio.run(read())


def _lookup() -> Any:
    from sqlalchemy import bindparam, select

    from mediaworks.db import Lookup
    from mediaworks.media.tables import media_objects

    return Lookup.of(select(media_objects.c.id).where(media_objects.c.id == bindparam("media_id")))
