from __future__ import annotations

import msgspec
from sqlalchemy import cast, update
from sqlalchemy.dialects.postgresql import JSONB

from mediaworks.db import Connection
from mediaworks.media.model import Media
from mediaworks.media.sound.model import LOUDNESS
from mediaworks.media.tables import media_objects
from mediaworks.processing import Loudness


async def note_loudness(connection: Connection, media: Media, loudness: Loudness) -> None:
    """How loud it is, unless the object has got other bytes meanwhile. It is no new version: nothing has changed."""
    columns = media_objects.c
    noted = cast({LOUDNESS: msgspec.to_builtins(loudness)}, JSONB)
    query = (
        update(media_objects)
        .where(columns.id == media.id, columns.storage_key == media.storage_key)
        .values(facts=columns.facts.concat(noted))
    )
    await connection.execute(query)
