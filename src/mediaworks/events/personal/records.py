from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from mediaworks.db import Database
from mediaworks.db.pages import in_pages
from mediaworks.events.personal import queries
from mediaworks.events.tables import outbox
from mediaworks.kit.archive import Entry, json_list


class EventRecords:
    """What happened to the user's things."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def export(self, user_id: UUID) -> AsyncIterator[Entry]:
        yield json_list("events.json", in_pages(self._database, queries.event_rows(user_id), outbox.c.position))

    async def erase(self, user_id: UUID) -> None:
        async with self._database.transaction() as connection:
            await queries.forget_all_of(connection, user_id)
