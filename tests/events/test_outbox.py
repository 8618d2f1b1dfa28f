from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from mediaworks.db import Database, DatabaseConfig
from mediaworks.errors import Invalid
from mediaworks.events import Event, record
from mediaworks.events.wanted import types_like


@pytest.mark.parametrize(
    ("kind", "data"), [("media.eaten", {}), ("media.updated", {}), ("media.deleted", {"reason": "none"})]
)
def test_only_what_the_catalogue_has_can_be_told(
    new_database: Callable[[], str], kind: str, data: dict[str, Any]
) -> None:
    async def steps() -> None:
        url = new_database()
        database = Database(DatabaseConfig(url=url))
        async with database.transaction() as connection:
            await record(connection)
            await record(connection, Event(kind, uuid4(), None, data))

    with pytest.raises(KeyError, match=kind):
        asyncio.run(steps())


def test_a_star_stands_for_a_whole_word() -> None:
    assert "media.ready" in types_like(["media.*"])
    assert types_like(["media.ready", "upload.*"]) == types_like(["upload.*"]) | {"media.ready"}
    assert types_like(["*"]) > types_like(["media.*"])
    for wrong in ("med*", "media", "*.ready", "media.*.x", ""):
        with pytest.raises(Invalid):
            types_like([wrong])
