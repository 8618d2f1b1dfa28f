from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, insert, select

from mediaworks.db import Connection
from mediaworks.uploads.model import Upload
from mediaworks.uploads.tables import uploads


async def insert_upload(connection: Connection, upload: Upload, *, protocol: str, process_id: int) -> None:
    values = {
        "id": upload.id,
        "user_id": upload.user_id,
        "protocol": protocol,
        "storage_key": upload.storage_key,
        "process_id": process_id,
    }
    await connection.execute(insert(uploads).values(values))


async def delete_upload(connection: Connection, upload_id: UUID) -> bool:
    """Whether the upload was still there to be ended."""
    return (await connection.execute(delete(uploads).where(uploads.c.id == upload_id))).rowcount == 1


async def take_upload(connection: Connection, upload_id: UUID) -> bool:
    """Whether the upload is still unfinished; then nobody else can end it until the caller's transaction does."""
    query = select(uploads.c.id).where(uploads.c.id == upload_id).with_for_update()
    return (await connection.execute(query)).first() is not None


async def processes(connection: Connection) -> list[int]:
    """Every process that has an unfinished upload."""
    return list((await connection.execute(select(uploads.c.process_id).distinct())).scalars())


async def take_uploads_of(connection: Connection, process_id: int, limit: int) -> list[tuple[UUID, str]]:
    """Id and storage key of unfinished uploads of a process, locked until the caller's transaction ends."""
    query = (
        select(uploads.c.id, uploads.c.storage_key)
        .where(uploads.c.process_id == process_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [(row.id, row.storage_key) for row in await connection.execute(query)]


async def delete_uploads(connection: Connection, ids: list[UUID]) -> None:
    await connection.execute(delete(uploads).where(uploads.c.id.in_(ids)))
