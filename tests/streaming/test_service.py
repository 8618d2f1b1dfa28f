from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from tests.processing.video.filming import filmed

from mediaworks import settings as configuration
from mediaworks.accounts import Caller
from mediaworks.accounts.keys import make_first_admin
from mediaworks.app import App, build
from mediaworks.media import Media
from mediaworks.uploads.model import Labels, Protocol


def test_tidying_removes_what_was_made_of_recordings_that_are_gone(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    settings = configuration.load(data_dir=tmp_path).with_database(new_database())

    async def whole() -> None:
        async with build(settings, decoders=1) as app:
            key = await make_first_admin(app.database, settings.admin_key_file)
            caller = await app.accounts.authenticate(key or "")
            kept, gone = [await played(app, caller, size) for size in ("64x64", "96x64")]
            assert folders(settings.segments_dir) == {str(kept.id), str(gone.id)}
            await app.library.purge(caller, gone.id)
            await app.streams.tidy()
            assert folders(settings.segments_dir) == {str(kept.id)}

    asyncio.run(whole())


def test_what_was_watched_is_made_whole_while_no_encoder_is_wanted(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    settings = configuration.load(data_dir=tmp_path).with_database(new_database())

    async def whole() -> None:
        async with build(settings, decoders=1) as app:
            key = await make_first_admin(app.database, settings.admin_key_file)
            media = await played(app, await app.accounts.authenticate(key or ""), "64x64", seconds=20)
            await app.streams.close()
            for slot in settings.segments_dir.glob(".slot-*"):
                os.utime(slot, (0, 0))
            await app.completion.run()
            made = (settings.segments_dir / str(media.id)).rglob("*.m4s")
            assert {path.stem for path in made} == {str(number) for number in range(10)}

    asyncio.run(whole())


def folders(place: Path) -> set[str]:
    return {path.name for path in place.iterdir() if path.is_dir()}


async def played(app: App, caller: Caller, size: str, seconds: float = 1) -> Media:
    async def content() -> AsyncIterator[bytes]:
        yield filmed(seconds=seconds, size=size)

    received = await app.uploads.whole.receive(caller, content(), name="a.mp4", protocol=Protocol.FORM)
    made = await app.uploads.whole.finish(received, Labels())
    await app.streams.watch(await app.streams.playable(caller, made.id), "64p", 0)
    return made
