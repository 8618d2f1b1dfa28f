"""What several workers take from one queue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from mediaworks.accounts.model import Role
from mediaworks.accounts.queries import insert_user
from mediaworks.db import Connection, Database, DatabaseConfig
from mediaworks.events import Event, record
from mediaworks.events.queries import give_places, read_after
from mediaworks.events.webhooks.model import Attempt, Claim, DeliveryState, Outcome
from mediaworks.events.webhooks.queries import endpoints, lanes, queueing

Step = Callable[[Connection], Awaitable[Any]]
TAKEN = Attempt(datetime(2026, 1, 1, tzinfo=UTC), 204, 1, None, None)


@pytest.fixture(scope="module")
def url(new_database: Callable[[], str]) -> str:
    return new_database()


def trying(url: str, subjects: list[UUID], step: Step) -> None:
    """A step with a webhook for which two events of each of these objects wait; afterwards it is gone."""

    async def run() -> None:
        database = Database(DatabaseConfig(url=url, pool_size=2))
        async with database.transaction() as connection:
            webhook_id = await _prepare(connection, subjects)
        async with database.transaction() as connection:
            await step(connection)
        async with database.transaction() as connection:
            await endpoints.delete_webhook(connection, webhook_id, None)
        await database.close()

    asyncio.run(run())


async def _prepare(connection: Connection, subjects: list[UUID]) -> UUID:
    user = await insert_user(connection, name=uuid4().hex, role=Role.USER, quota_bytes=None)
    values = {"id": uuid4(), "user_id": user.id, "url": "http://example.org/", "events": ["*"], "description": ""}
    webhook = await endpoints.insert_webhook(connection, {**values, "scope": "own", "secrets": [{"secret": "s"}]}, 9)
    assert webhook is not None
    (listener,) = await endpoints.listeners(connection, [webhook.id])
    events = [Event("media.updated", subject, user.id, {"changed": []}) for _ in range(2) for subject in subjects]
    await record(connection, *events)
    await give_places(connection)
    placed = await read_after(connection, listener.after, 1000)
    await queueing.put(connection, [(webhook.id, event) for event in placed], 60)
    return webhook.id


async def take(connection: Connection, *, at_once: int = 100, room: int = 100, seconds: float = 60) -> list[Claim]:
    claims, _ = await lanes.claim(connection, at_once=at_once, room=room, seconds=seconds)
    return claims


def test_what_one_worker_has_no_other_takes_and_the_earliest_of_each_object_comes_first(url: str) -> None:
    async def step(connection: Connection) -> None:
        first, second = await take(connection, room=3), await take(connection)
        assert len({claim.event.subject for claim in (*first, *second)}) == 5
        assert (len(first), len(second)) == (3, 2)
        assert max(c.event.sequence for c in (*first, *second)) - min(c.event.sequence for c in (*first, *second)) == 4
        assert await take(connection) == []

    trying(url, [uuid4() for _ in range(5)], step)


def test_all_workers_together_keep_to_the_limit_of_one_webhook(url: str) -> None:
    async def step(connection: Connection) -> None:
        assert len(await take(connection, at_once=2)) == 2
        assert await take(connection, at_once=2) == []
        assert len(await take(connection, at_once=3)) == 1

    trying(url, [uuid4() for _ in range(5)], step)


def test_a_delivery_whose_lease_is_over_is_taken_again_and_the_late_outcome_is_dropped(url: str) -> None:
    async def step(connection: Connection) -> None:
        (late,) = await take(connection, seconds=0)
        (claim,) = await take(connection)
        assert (claim.delivery_id, claim.lease != late.lease) == (late.delivery_id, True)
        await lanes.settle(connection, [(Outcome(late, TAKEN), DeliveryState.DELIVERED, 0.0)])
        assert await take(connection) == []
        await lanes.settle(connection, [(Outcome(claim, TAKEN), DeliveryState.DELIVERED, 0.0)])
        (following,) = await take(connection)
        assert following.event.sequence == claim.event.sequence + 1

    trying(url, [uuid4()], step)


def test_a_lane_that_is_empty_is_closed(url: str) -> None:
    async def step(connection: Connection) -> None:
        for _ in range(2):
            (claim,) = await take(connection)
            await lanes.settle(connection, [(Outcome(claim, TAKEN), DeliveryState.DELIVERED, 0.0)])
        assert await lanes.claim(connection, at_once=1, room=1, seconds=1) == ([], True)
        assert (await connection.execute(text("SELECT count(*) FROM webhook_lanes"))).scalar_one() == 0
        assert await lanes.seconds_until_next(connection) is None

    trying(url, [uuid4()], step)


def test_nothing_is_taken_for_an_account_that_is_closed(url: str) -> None:
    async def step(connection: Connection) -> None:
        await connection.execute(text("UPDATE users SET disabled_at = now()"))
        assert await take(connection) == []

    trying(url, [uuid4()], step)
