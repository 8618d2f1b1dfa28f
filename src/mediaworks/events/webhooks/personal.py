from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from mediaworks.db import Database
from mediaworks.db.pages import in_pages
from mediaworks.events.webhooks.queries import endpoints
from mediaworks.events.webhooks.tables import webhooks
from mediaworks.kit.archive import Entry, json_list


class WebhookRecords:
    """The user's webhooks; the log goes with them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def export(self, user_id: UUID) -> AsyncIterator[Entry]:
        yield json_list("webhooks.json", in_pages(self._database, endpoints.webhook_rows(user_id), webhooks.c.id))

    async def erase(self, user_id: UUID) -> None:
        async with self._database.transaction() as connection:
            await endpoints.delete_all_of(connection, user_id)
