"""Who hears of an object beside its owner."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import UUID, uuid4

import httpx

from mediaworks.db import Database, DatabaseConfig
from mediaworks.media.sharing.queries import audience
from mediaworks.testing import media
from mediaworks.testing.service import Service

MEDIA = "/api/v1/media"


def test_users_and_groups_with_whom_an_object_is_shared_are_its_audience(
    service: Service, admin: httpx.Client, client: httpx.Client, new_client: Callable[..., httpx.Client]
) -> None:
    shared, other = (
        str(client.post(f"{MEDIA}/upload", files={"file": ("a.pdf", media.PDF)}).json()["id"]) for _ in range(2)
    )
    guest = new_client().headers["x-test-user"]
    group = admin.post("/api/v1/groups", json={"name": uuid4().hex}).json()["id"]
    for recipient in ({"user_id": guest}, {"group_id": group}):
        admin.post(f"{MEDIA}/{shared}/shares", json=recipient)

    async def ask() -> dict[UUID, frozenset[UUID]]:
        database = Database(DatabaseConfig(url=service.database_url))
        async with database.reading() as connection:
            found = await audience(connection, [UUID(shared), UUID(other), uuid4()])
        await database.close()
        return found

    assert asyncio.run(ask()) == {UUID(shared): frozenset({UUID(guest), UUID(group)})}
