"""What this room keeps of a user: captions go with the object that they belong to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from mediaworks.db import Database
from mediaworks.db.pages import in_pages
from mediaworks.kit.archive import Entry, json_list
from mediaworks.streaming.captions.queries import caption_rows
from mediaworks.streaming.captions.tables import media_captions


class CaptionRecords:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def export(self, user_id: UUID) -> AsyncIterator[Entry]:
        yield json_list("captions.json", in_pages(self._database, caption_rows(user_id), media_captions.c.id))

    async def erase(self, user_id: UUID) -> None:
        """Nothing is left to do: the rows are removed with their objects."""
