"""Two machines with one database and one storage, each with a disk of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

from tests.processing.video.filming import filmed

from mediaworks import settings as configuration
from mediaworks.accounts.keys import make_first_admin
from mediaworks.app import App, build
from mediaworks.kit.quantities import Bytes
from mediaworks.media import Media
from mediaworks.settings import Settings
from mediaworks.storage import StorageConfig
from mediaworks.streaming.shared import queries
from mediaworks.streaming.shared.tidying import SharedQuota
from mediaworks.uploads.model import Labels, Protocol

PLENTY = 1 << 30


def test_what_one_has_made_ten_viewers_of_the_other_take_from_the_storage(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    settings = [machine(tmp_path, name, new_database()) for name in ("first", "second")]
    settings[1] = settings[1].with_database(settings[0].database.url)

    async def play() -> None:
        async with build(settings[0], decoders=1) as first, build(settings[1], decoders=1) as second:
            caller = await first.accounts.authenticate(
                await make_first_admin(first.database, tmp_path / "admin.key") or ""
            )
            received = await first.uploads.whole.receive(caller, film(), name="a.mp4", protocol=Protocol.FORM)
            media = await first.uploads.whole.finish(received, Labels())
            made = await watched(first, media, 0, 9)
            await until_shared(first, media, {"0.m4s", "9.m4s"})
            shown = await asyncio.gather(*(watched(second, media, 0, 9) for _ in range(10)))
            assert [path.read_bytes() for path in shown[0]] == [path.read_bytes() for path in made]
            assert numbers_below(tmp_path / "second") == {0, 9}
            await first.library.purge(caller, media.id)
            await first.streams.close()
            async with asyncio.timeout(20):
                while [blob async for blob in second.store.list("segments/")]:
                    await SharedQuota(second.database, second.store, PLENTY).tidy()

    asyncio.run(play())


def machine(folder: Path, name: str, database_url: str) -> Settings:
    loaded = configuration.load(data_dir=folder / name).with_database(database_url)
    streaming = replace(loaded.streaming, segment_seconds=1.0, shared_bytes=Bytes(PLENTY))
    return replace(loaded, storage=StorageConfig(url=(folder / "blobs").as_uri()), streaming=streaming)


async def film() -> AsyncIterator[bytes]:
    yield filmed(seconds=12)


async def watched(app: App, media: Media, *numbers: int) -> list[Path]:
    playable = await app.streams.shared(media.id)
    return [(await app.streams.segment(playable, "64p", number))[0] for number in numbers]


async def until_shared(app: App, media: Media, names: set[str]) -> None:
    playable = await app.streams.shared(media.id)
    place = playable.key(playable.presentation.videos[0])
    async with asyncio.timeout(20), app.database.reading() as connection:
        while not names <= await queries.names(connection, place):
            await asyncio.sleep(0.01)


def numbers_below(folder: Path) -> set[int]:
    """The segments on a machine: a run of an encoder there would have made more than somebody has asked for."""
    return {int(path.stem) for path in folder.rglob("*.m4s")}
