"""What lies in the storage for all machines, and what becomes of it when something breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from mediaworks.accounts import Accounts, AccountsConfig, Role
from mediaworks.db import Database, DatabaseConfig
from mediaworks.errors import Unavailable
from mediaworks.kit.clock import now
from mediaworks.kit.ids import new_id
from mediaworks.media.model import NewMedia
from mediaworks.media.queries import delete_media, insert_media
from mediaworks.processing import Kind
from mediaworks.storage import BlobStore
from mediaworks.storage.local import LocalStore
from mediaworks.streaming.cache import SegmentCache
from mediaworks.streaming.shared import queries
from mediaworks.streaming.shared.queries import Stored
from mediaworks.streaming.shared.service import SharedSegments
from mediaworks.streaming.shared.tidying import SharedQuota

PLENTY, SIZE = 1 << 30, 1000


class Away(LocalStore):
    """A storage that does not answer."""

    def read(self, key: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        raise Unavailable("The storage is away")

    async def create(self, key: str) -> Any:
        raise Unavailable("The storage is away")


@dataclass(frozen=True)
class Cluster:
    """Machines over one database that knows one recording."""

    folder: Path
    database: Database
    media_id: UUID

    @property
    def store(self) -> LocalStore:
        return LocalStore(self.folder / "blobs")

    @property
    def away(self) -> LocalStore:
        return Away(self.folder / "blobs")

    @property
    def stored(self) -> list[Path]:
        return [path for path in (self.folder / "blobs").glob("segments/*/*") if path.is_file()]

    def machine(self, name: str, store: BlobStore | None = None) -> SharedSegments:
        return SharedSegments(self.database, store or self.store, SegmentCache(self.folder / name, PLENTY))

    async def share(self, machine: SharedSegments, *names: str) -> None:
        for name in names:
            machine.cache.put("place", name, bytes(SIZE))
            machine.offer(self.media_id, "place", name)
            await machine.close()

    async def tidy(self, quota: int = PLENTY) -> None:
        await SharedQuota(self.database, self.store, quota).tidy()


Opened = Callable[[], Any]


@pytest.fixture
def cluster(new_database: Callable[[], str], tmp_path: Path) -> Opened:
    url = new_database()

    @asynccontextmanager
    async def opened() -> AsyncIterator[Cluster]:
        database = Database(DatabaseConfig(url=url))
        owner = await Accounts(database, AccountsConfig()).create_user(name="owner", role=Role.USER)
        film = NewMedia(
            id=new_id(), user_id=owner.id, kind=Kind.VIDEO, original_name="a.mp4", mime_type="video/mp4",
            extension="mp4", size_bytes=1, sha256="0" * 64, storage_key="film",
        )  # fmt: skip
        async with database.transaction() as connection:
            await insert_media(connection, film)
        yield Cluster(tmp_path, database, film.id)
        await database.close()

    return opened


def test_the_quota_takes_what_was_not_played_for_longest(cluster: Opened) -> None:
    async def steps() -> None:
        async with cluster() as machines:
            giver, taker = machines.machine("giver"), machines.machine("taker")
            await machines.share(giver, "0.m4s", "1.m4s", "2.m4s")
            assert await taker.fetch("place", "0.m4s") is not None
            await machines.tidy(2 * SIZE)
            assert await taker.names("place") == {"0.m4s", "2.m4s"}
            assert len(machines.stored) == 2

    asyncio.run(steps())


def test_what_a_machine_began_and_never_ended_is_played_by_nobody_and_removed(cluster: Opened) -> None:
    async def steps() -> None:
        async with cluster() as machines:
            begun = Stored("segments/00/begun", SIZE)
            async with machines.database.reading() as connection:
                wanted = queries.reserve(connection, begun, media_id=machines.media_id, place="place", name="0.m4s")
                assert await wanted
            writer = await machines.store.create(begun.storage_key)
            await writer.write(bytes(SIZE))
            await writer.commit()
            assert await machines.machine("taker").fetch("place", "0.m4s") is None
            await machines.tidy()
            assert len(machines.stored) == 1
            async with machines.database.reading() as connection:
                await connection.execute(text("UPDATE shared_segments SET used_at = now() - interval '2 hours'"))
                await machines.tidy()
                assert not machines.stored
                assert not await queries.publish(connection, begun.storage_key, now())

    asyncio.run(steps())


def test_what_the_storage_has_lost_is_forgotten_and_shared_again(cluster: Opened) -> None:
    async def steps() -> None:
        async with cluster() as machines:
            giver, taker = machines.machine("giver"), machines.machine("taker")
            await machines.share(giver, "0.m4s")
            machines.stored[0].write_bytes(bytes(SIZE - 1))
            assert await taker.fetch("place", "0.m4s") is None
            assert not machines.stored
            await machines.share(giver, "0.m4s")
            found = await taker.fetch("place", "0.m4s")
            assert found is not None
            assert found.read_bytes() == bytes(SIZE)

    asyncio.run(steps())


def test_of_a_recording_that_is_purged_nothing_stays_and_nothing_more_comes(cluster: Opened) -> None:
    async def steps() -> None:
        async with cluster() as machines:
            giver = machines.machine("giver")
            await machines.share(giver, "0.m4s")
            async with machines.database.transaction() as connection:
                await delete_media(connection, machines.media_id)
            await machines.tidy()
            await machines.share(giver, "1.m4s")
            assert not machines.stored
            assert await giver.names("place") == set()

    asyncio.run(steps())


def test_a_storage_that_is_away_only_means_that_nothing_is_shared(cluster: Opened) -> None:
    async def steps() -> None:
        async with cluster() as machines:
            giver, lonely = machines.machine("giver"), machines.machine("lonely", machines.away)
            await machines.share(giver, "0.m4s")
            assert await lonely.fetch("place", "0.m4s") is None
            isolated = machines.machine("isolated", machines.away)
            await machines.share(isolated, "1.m4s")
            assert await giver.names("place") == {"0.m4s"}

    asyncio.run(steps())
