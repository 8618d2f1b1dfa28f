from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, insert, select

from mediaworks.db import Connection
from mediaworks.kit.ids import new_id
from mediaworks.media.tables import media_objects
from mediaworks.streaming.captions.model import NewTrack, Origin, Track
from mediaworks.streaming.captions.tables import media_captions

_SHOWN = (media_captions.c.id, media_captions.c.language, media_captions.c.label, media_captions.c.created_at)


async def tracks_of(connection: Connection, media_id: UUID) -> list[Track]:
    """The oldest first."""
    query = select(*_SHOWN).where(media_captions.c.media_id == media_id).order_by(media_captions.c.id)
    return [_track(row) for row in await connection.execute(query)]


async def count_tracks(connection: Connection, media_id: UUID) -> int:
    query = select(func.count()).where(media_captions.c.media_id == media_id)
    return int((await connection.execute(query)).scalar_one())


async def webvtt_of(connection: Connection, media_id: UUID, track_id: UUID) -> str | None:
    query = select(media_captions.c.webvtt).where(_one(media_id, track_id))
    return (await connection.execute(query)).scalar_one_or_none()


async def insert_track(connection: Connection, media_id: UUID, new: NewTrack, webvtt: str) -> Track:
    values = {"id": new_id(), "media_id": media_id, "language": new.language, "label": new.label, "webvtt": webvtt}
    return _track((await connection.execute(insert(media_captions).values(values).returning(*_SHOWN))).one())


async def delete_track(connection: Connection, media_id: UUID, track_id: UUID) -> bool:
    """Whether there was one."""
    return (await connection.execute(delete(media_captions).where(_one(media_id, track_id)))).rowcount > 0


def caption_rows(user_id: UUID) -> Select[Any]:
    """Those of the user's objects."""
    return select(media_captions).join(media_objects).where(media_objects.c.user_id == user_id)


def _one(media_id: UUID, track_id: UUID) -> ColumnElement[bool]:
    return (media_captions.c.media_id == media_id) & (media_captions.c.id == track_id)


def _track(row: Any) -> Track:
    return Track(
        id=str(row.id), language=row.language, label=row.label, origin=Origin.UPLOADED, created_at=row.created_at
    )
