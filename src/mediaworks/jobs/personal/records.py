from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from mediaworks.db import Database
from mediaworks.db.pages import in_pages
from mediaworks.jobs.personal import queries
from mediaworks.jobs.tables import jobs
from mediaworks.kit.archive import Entry, json_list


class JobRecords:
    """What was done for the user in the background."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def export(self, user_id: UUID) -> AsyncIterator[Entry]:
        yield json_list("jobs.json", in_pages(self._database, queries.job_rows(user_id), jobs.c.id))

    async def erase(self, user_id: UUID) -> None:
        async with self._database.transaction() as connection:
            await queries.forget_all_of(connection, user_id)
