"""Token buckets: the same contract on PostgreSQL and on Redis."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from mediaworks.accounts.allowances.in_postgres import PostgresBuckets
from mediaworks.accounts.allowances.in_redis import RedisBuckets
from mediaworks.accounts.allowances.model import Allotment, Holder, Resource
from mediaworks.accounts.allowances.port import Buckets
from mediaworks.accounts.allowances.service import Allowances
from mediaworks.db import Database
from mediaworks.db.config import DatabaseConfig
from mediaworks.errors import RateLimited, TooLarge, Unavailable
from mediaworks.testing.redis_server import RedisServer
from mediaworks.testing.service import free_port
from mediaworks.testing.waiting import until

Steps = Callable[[Buckets], Awaitable[None]]
Run = Callable[[Steps], None]


@pytest.fixture(scope="module")
def database_url(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server.url


@asynccontextmanager
async def in_postgres(url: str) -> AsyncIterator[Buckets]:
    database = Database(DatabaseConfig(url=url))
    yield PostgresBuckets(database)
    await database.close()


@asynccontextmanager
async def in_redis(url: str) -> AsyncIterator[Buckets]:
    buckets = RedisBuckets(url, patience=20)
    yield buckets
    await buckets.close()


@pytest.fixture(params=["postgres", "redis"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs steps on buckets of one kind."""
    is_redis = request.param == "redis"
    url: str = request.getfixturevalue("redis_url" if is_redis else "database_url")

    def whole(steps: Steps) -> None:
        async def opened() -> None:
            async with (in_redis if is_redis else in_postgres)(url) as buckets:
                await steps(buckets)

        asyncio.run(opened())

    return whole


def allotment(
    amount: int, seconds: int = 3600, holder: Holder = Holder.KEY, resource: Resource = Resource.REQUESTS
) -> Allotment:
    return Allotment(holder, str(uuid4()), resource, amount, seconds)


def test_a_bucket_gives_its_amount_and_no_more_however_many_ask(run: Run) -> None:
    async def steps(buckets: Buckets) -> None:
        wanted = [allotment(50)]
        outcomes = await asyncio.gather(*(buckets.take(1, wanted) for _ in range(80)))
        assert sum(outcome.taken for outcome in outcomes) == 50
        (level,) = (await buckets.take(1, wanted)).levels
        assert 0 <= level.available < 1
        assert 1 <= level.seconds_until(1) <= 72

    run(steps)


def test_what_was_taken_comes_back_little_by_little(run: Run) -> None:
    async def steps(buckets: Buckets) -> None:
        wanted, a_second = [allotment(36_000)], 10

        async def is_given() -> bool:
            return (await buckets.take(1, wanted)).taken

        began = time.monotonic()
        assert (await buckets.take(36_000, wanted)).taken
        assert not (await buckets.take(60 * a_second, wanted)).taken
        await until(is_given)
        (level,) = await buckets.levels(wanted)
        assert level.available <= (time.monotonic() - began) * a_second

    run(steps)


def test_of_several_buckets_all_give_or_none(run: Run) -> None:
    async def steps(buckets: Buckets) -> None:
        one, other = allotment(10), allotment(3, holder=Holder.GROUP)
        assert (await buckets.take(3, [one, other])).taken
        refused = await buckets.take(1, [one, other])
        assert not refused.taken
        assert [round(level.available) for level in refused.levels] == [7, 0]
        assert [round(level.available) for level in await buckets.levels([one, other])] == [7, 0]

    run(steps)


def test_more_than_a_bucket_holds_is_never_given(run: Run) -> None:
    async def steps(buckets: Buckets) -> None:
        wanted = [allotment(10)]
        assert not (await buckets.take(11, wanted)).taken
        assert (await buckets.take(10, wanted)).taken

    run(steps)


def test_a_charge_may_overdraw_and_is_paid_off_first(run: Run) -> None:
    async def steps(buckets: Buckets) -> None:
        wanted = [allotment(10, 10, resource=Resource.BYTES)]
        await buckets.charge(30.5, wanted)
        (level,) = await buckets.levels(wanted)
        assert -20.6 < level.available < -20
        assert level.seconds_until(1) in {21, 22}
        assert not (await buckets.take(1, wanted)).taken

    run(steps)


def test_a_bucket_that_nobody_used_is_full(run: Run) -> None:
    async def steps(buckets: Buckets) -> None:
        levels = await buckets.levels([allotment(10), allotment(20)])
        assert [level.available for level in levels] == [10, 20]

    run(steps)


def test_another_amount_holds_at_once_for_what_was_spent_before(run: Run) -> None:
    async def steps(buckets: Buckets) -> None:
        wide = allotment(100)
        await buckets.take(60, [wide])
        tight = Allotment(wide.holder, wide.holder_id, wide.resource, 50, wide.seconds)
        assert not (await buckets.take(1, [tight])).taken

    run(steps)


async def is_full(buckets: Buckets, one: Allotment) -> bool:
    return (await buckets.levels([one]))[0].available == one.amount


def test_full_buckets_are_forgotten_and_others_kept(database_url: str) -> None:
    async def steps() -> None:
        async with in_postgres(database_url) as buckets:
            assert isinstance(buckets, PostgresBuckets)
            short, long = [allotment(1000, 1)], [allotment(10)]
            await buckets.take(1, short)
            await buckets.take(5, long)
            await until(lambda: is_full(buckets, short[0]))
            await buckets.forget_full()
            assert round((await buckets.levels(long))[0].available) == 5
            assert (await buckets.levels(short))[0].available == 1000

    asyncio.run(steps())


def test_an_upload_is_refused_for_what_is_left_and_for_what_never_fits(database_url: str) -> None:
    async def steps() -> None:
        async with in_postgres(database_url) as buckets:
            allowances, wanted = Allowances(buckets), [allotment(1000, resource=Resource.BYTES)]
            await allowances.require(wanted, 1000)
            with pytest.raises(TooLarge) as never:
                await allowances.require(wanted, 1001)
            assert never.value.code == "over_allowance"
            await allowances.charge(wanted, Resource.BYTES, 900)
            with pytest.raises(RateLimited) as later:
                await allowances.require(wanted, 200)
            assert later.value.facts["policy"] == "key-bytes"
            assert 300 < later.value.facts["retry_after"] <= 360

    asyncio.run(steps())


@pytest.mark.parametrize("resource", [Resource.MEGAPIXEL_SECONDS, Resource.VIDEO_SECONDS])
def test_who_used_up_their_processing_uploads_nothing_until_it_is_paid_off(
    database_url: str, resource: Resource
) -> None:
    async def steps() -> None:
        async with in_postgres(database_url) as buckets:
            allowances, wanted = Allowances(buckets), [allotment(10, 10, resource=resource)]
            await allowances.require(wanted, 5)
            await allowances.charge(wanted, resource, 12.5)
            with pytest.raises(RateLimited):
                await allowances.require(wanted, 5)

    asyncio.run(steps())


def test_while_the_buckets_are_away_everything_passes_and_they_are_asked_seldom() -> None:
    """Nothing listens there."""

    async def steps() -> None:
        async with in_redis(f"redis://127.0.0.1:{free_port()}") as buckets:
            wanted = [allotment(1)]
            with pytest.raises(Unavailable):
                await buckets.take(1, wanted)
            allowances = Allowances(buckets)
            outcomes = [await allowances.take_request(wanted) for _ in range(100)]
            assert all(outcome.taken and not outcome.levels for outcome in outcomes)

    asyncio.run(steps())
