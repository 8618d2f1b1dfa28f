from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from mediaworks.db import Database
from mediaworks.db.pages import in_pages
from mediaworks.kit.archive import Entry, json_list
from mediaworks.transformations.presets import queries
from mediaworks.transformations.presets.tables import presets


class PresetRecords:
    """The user's own presets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def export(self, user_id: UUID) -> AsyncIterator[Entry]:
        yield json_list("presets.json", in_pages(self._database, queries.preset_rows(user_id), presets.c.name))

    async def erase(self, user_id: UUID) -> None:
        async with self._database.transaction() as connection:
            await queries.delete_all_of(connection, user_id)
