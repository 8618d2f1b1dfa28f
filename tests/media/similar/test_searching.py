"""Searches find what comparing everything would find, with pgvector and without."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from mediaworks.db import Connection, Database, DatabaseConfig
from mediaworks.db.migrate import migrate, vectors_of
from mediaworks.media.listing import Filter
from mediaworks.media.similar import queries
from mediaworks.media.similar.model import as_bits, as_hex, distance

Steps = Callable[[Connection], Awaitable[None]]
PICTURES = 400
INSERT = text(
    "INSERT INTO media_objects (id, user_id, status, kind, original_name, mime_type, extension, size_bytes, sha256, storage_key,"
    " visibility, processing_status, phash) VALUES (:id, :user_id, 'active', 'image', 'a', 'image/jpeg', 'jpg', 1, '', :key,"
    " 'private', 'ready', CAST(CAST(:bits AS text) AS bit(64)))"
)


def clustered(seed: int) -> dict[UUID, str]:
    """Fingerprints, most of which are near another one."""
    draw = random.Random(seed)
    found: dict[UUID, str] = {}
    while len(found) < PICTURES:
        middle = draw.getrandbits(64)
        for _ in range(draw.choice([1, 3, 8])):
            flips = sum(1 << place for place in draw.sample(range(64), draw.randint(0, 12)))
            found[UUID(int=draw.getrandbits(128))] = f"{middle ^ flips:016x}"
    return found


async def stored(connection: Connection, owner: UUID, pictures: dict[UUID, str]) -> None:
    await connection.execute(
        text("INSERT INTO users (id, name, role) VALUES (:id, :name, 'user')"), {"id": owner, "name": str(owner)}
    )
    rows = [{"id": one, "user_id": owner, "key": str(one), "bits": as_bits(phash)} for one, phash in pictures.items()]
    await connection.execute(INSERT, rows)


@pytest.fixture(scope="module")
def in_database(new_database: Callable[[], str]) -> Callable[[Steps], None]:
    """Runs steps on a connection to a database that no other test has; what they write is gone afterwards."""
    url = new_database()

    async def whole(steps: Steps) -> None:
        database = Database(DatabaseConfig(url=url))
        try:
            async with database.transaction() as connection:
                await steps(connection)
                await connection.rollback()
        finally:
            await database.close()

    return lambda steps: asyncio.run(whole(steps))


@pytest.mark.parametrize("max_distance", [0, 3, 4, 7, 8, 10])
def test_every_neighbour_is_found_by_its_bands(in_database: Callable[[Steps], None], max_distance: int) -> None:
    async def steps(connection: Connection) -> None:
        owner, other, pictures = uuid4(), uuid4(), clustered(max_distance)
        await stored(connection, owner, pictures)
        await stored(connection, other, dict(zip(clustered(99), pictures.values(), strict=False)))
        wanted = list(pictures.values())[:60]
        found = await queries.neighbours(connection, owner, wanted, max_distance=max_distance, limit=PICTURES)
        for phash in wanted:
            near = sorted(one for one, own in pictures.items() if distance(own, phash) <= max_distance)
            assert [twin.id for twin in found[phash]] == near
        few = await queries.neighbours(connection, owner, wanted, max_distance=max_distance, limit=1)
        assert all(len(twins) == 1 for twins in few.values())

    in_database(steps)


def test_the_index_finds_what_comparing_everything_finds(in_database: Callable[[Steps], None]) -> None:
    """Now and then it may miss one; of this many pictures not."""

    async def steps(connection: Connection) -> None:
        assert await queries.is_indexed(connection)
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        owner, pictures = uuid4(), clustered(5)
        await stored(connection, owner, pictures)
        await stored(connection, uuid4(), clustered(6))
        for phash in list(pictures.values())[:20]:
            bounds = {"max_distance": 12, "limit": 10}
            exact = await queries.nearest(connection, Filter(owner=owner), [phash], **bounds)
            by_index = await queries.nearest_by_index(connection, Filter(owner=owner), phash, **bounds)
            assert [one[1] for one in by_index] == [one[1] for one in exact]
            expected = sorted((distance(own, phash), one) for one, own in pictures.items())
            assert exact == [(one, far) for far, one in expected if far <= 12][:10]

    in_database(steps)


def test_of_several_views_the_nearest_counts(in_database: Callable[[Steps], None]) -> None:
    async def steps(connection: Connection) -> None:
        owner, pictures = uuid4(), clustered(7)
        await stored(connection, owner, pictures)
        views = list(pictures.values())[:3]
        found = await queries.nearest(connection, Filter(owner=owner), views, max_distance=64, limit=PICTURES * 2)
        assert dict(found) == {one: min(distance(own, view) for view in views) for one, own in pictures.items()}
        assert [far for _, far in found] == sorted(far for _, far in found)

    in_database(steps)


def test_few_are_told_from_many(in_database: Callable[[Steps], None]) -> None:
    async def steps(connection: Connection) -> None:
        owner, pictures = uuid4(), clustered(8)
        await stored(connection, owner, pictures)
        assert await queries.are_few(connection, Filter(owner=owner), len(pictures))
        assert not await queries.are_few(connection, Filter(owner=owner), len(pictures) - 1)

    in_database(steps)


def test_a_role_that_may_not_have_pgvector_has_the_service_without(empty_database: Callable[[], str]) -> None:
    """The migration goes through, no index is there, and searches compare."""
    url = make_url(empty_database())
    engine = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    role = f"plain_{uuid4().hex}"
    with engine.connect() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
        connection.execute(text(f'ALTER DATABASE "{url.database}" OWNER TO {role}'))
        connection.execute(text(f"ALTER SCHEMA public OWNER TO {role}"))
    engine.dispose()
    plain = url.set(username=role).render_as_string(hide_password=False)
    assert migrate(plain) == migrate(plain)
    assert vectors_of(plain) == (None, False)

    async def steps() -> None:
        database = Database(DatabaseConfig(url=plain))
        async with database.transaction() as connection:
            assert not await queries.is_indexed(connection)
            owner, pictures = uuid4(), clustered(9)
            await stored(connection, owner, pictures)
            one, phash = next(iter(pictures.items()))
            found = await queries.nearest(connection, Filter(owner=owner), [phash], max_distance=0, limit=1)
            assert found == [(min(i for i, own in pictures.items() if own == phash), 0)]
            assert one in pictures
        await database.close()

    asyncio.run(steps())
    assert migrate(url.render_as_string(hide_password=False))
    assert vectors_of(plain)[1], "once somebody may, the next start makes the index"


def test_fingerprints_are_written_as_bits_and_back() -> None:
    for phash in ("0" * 16, "f" * 16, "00000000deadbeef"):
        assert as_hex(as_bits(phash)) == phash
        assert len(as_bits(phash)) == 64
