from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, ColumnElement, Row, Text, Uuid, any_, cast, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from mediaworks.db import Connection
from mediaworks.kit.clock import now
from mediaworks.media.tables import media_objects
from mediaworks.storage import Draft
from mediaworks.uploads.model import FINAL, State, Upload, UploadPart
from mediaworks.uploads.tables import import_sources, upload_parts, uploads

LET_GO = "mediaworks_let_go"
_OPEN = uploads.c.state == State.OPEN.value
_NAMES = tuple(str(column.key) for column in uploads.c)
_JSON = ("labels", "checksums", "draft", "policy", "source", "error")


async def insert_uploads(connection: Connection, made: Sequence[Upload]) -> None:
    await connection.execute(insert(uploads), [_values(upload) for upload in made])


async def upload_by_id(connection: Connection, upload_id: UUID, user_id: UUID | None) -> Upload | None:
    """The upload, if it is that user's (anybody's: None)."""
    row = (await connection.execute(select(uploads).where(*_of(upload_id, user_id)))).one_or_none()
    return None if row is None else _upload(row)


async def list_uploads(
    connection: Connection,
    *,
    user_id: UUID | None,
    state: State | None,
    batch_id: UUID | None,
    before: UUID | None,
    limit: int,
) -> list[Upload]:
    """The newest first, from before the id `before`."""
    query = select(uploads).order_by(uploads.c.id.desc()).limit(limit)
    conditions = [
        uploads.c.user_id == user_id if user_id else None,
        uploads.c.state == state.value if state else None,
        uploads.c.batch_id == batch_id if batch_id else None,
        uploads.c.id < before if before else None,
    ]
    query = query.where(*(condition for condition in conditions if condition is not None))
    return [_upload(row) for row in await connection.execute(query)]


async def take_hold(
    connection: Connection, upload_id: UUID, user_id: UUID | None, holder: int, *, of: int | None
) -> Upload | None:
    """Become the holder of an upload that is held by nobody (or by `of`); None when somebody else holds it."""
    held = uploads.c.holder.is_(None) if of is None else uploads.c.holder == of
    query = update(uploads).where(*_of(upload_id, user_id), held).values(holder=holder).returning(uploads)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _upload(row)


async def let_go(connection: Connection, upload_id: UUID, holder: int, **values: Any) -> None:
    query = update(uploads).where(uploads.c.id == upload_id, uploads.c.holder == holder)
    await connection.execute(query.values(holder=None, **values))


async def ask_to_let_go(connection: Connection, upload_id: UUID, holder: int) -> None:
    """Tell every process, with the holder's number, so that only that one ends what it does with the upload."""
    await connection.execute(text(f"SELECT pg_notify('{LET_GO}', :asked)"), {"asked": f"{upload_id} {holder}"})


async def save_progress(connection: Connection, upload: Upload, expires_at: datetime) -> Upload | None:
    """Write how far the upload is; None when it is not open any more, or another process took it over."""
    query = (
        update(uploads)
        .where(uploads.c.id == upload.id, _OPEN, uploads.c.holder == upload.holder)
        .values(
            name=upload.name,
            received=upload.received,
            length=upload.length,
            draft=msgspec.to_builtins(upload.draft),
            source=upload.source,
            updated_at=func.now(),
            expires_at=expires_at,
        )
        .returning(uploads)
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _upload(row)


async def end_upload(
    connection: Connection, upload_id: UUID, state: State, forget_at: datetime, **values: Any
) -> Upload | None:
    """The upload as it was ended, if it was still open. Its record stays until `forget_at`, without the headers that an
    import sent along: they may hold secrets."""
    source = uploads.c.source.op("-")("headers")
    ended = {"state": state.value, "updated_at": now(), "expires_at": forget_at, "source": source}
    query = update(uploads).where(uploads.c.id == upload_id, _OPEN).values(**ended, **values).returning(uploads)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _upload(row)


async def left_by(connection: Connection, upload_id: UUID, holder: int) -> Upload | None:
    """An upload that `holder` ended without a media object, and whose bytes it has still to remove."""
    nothing = uploads.c.state.not_in([State.OPEN.value, State.DONE.value])
    query = select(uploads).where(uploads.c.id == upload_id, uploads.c.holder == holder, nothing)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _upload(row)


async def take_over(connection: Connection, holder: int, by: int, limit: int) -> list[Upload]:
    """Become the holder of uploads that another process held."""
    some = select(uploads.c.id).where(uploads.c.holder == holder).limit(limit).with_for_update(skip_locked=True)
    query = update(uploads).where(uploads.c.id.in_(some)).values(holder=by).returning(uploads)
    return [_upload(row) for row in await connection.execute(query)]


async def one_at_a_time(connection: Connection, what: str) -> None:
    """Have transactions about the same thing pass here one after another."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": what})


async def whole_of_plan(connection: Connection, user_id: UUID, plan: str) -> Upload | None:
    """The open upload that a user's partial uploads of that plan are written to."""
    told = uploads.c.source["plan"].astext == plan
    query = select(uploads).where(uploads.c.user_id == user_id, _OPEN, told, uploads.c.concat == FINAL)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _upload(row)


async def joined_from(connection: Connection, user_id: UUID, joins: str) -> Upload | None:
    """The newest upload of a user that is, or is being, made of these parts."""
    told = uploads.c.source["joins"].astext == joins
    alive = uploads.c.state.in_([State.OPEN.value, State.DONE.value])
    query = select(uploads).where(uploads.c.user_id == user_id, alive, told, uploads.c.concat == FINAL)
    row = (await connection.execute(query.order_by(uploads.c.id.desc()).limit(1))).one_or_none()
    return None if row is None else _upload(row)


async def set_draft(connection: Connection, upload_id: UUID, draft: Draft) -> None:
    query = update(uploads).where(uploads.c.id == upload_id, _OPEN)
    await connection.execute(query.values(draft=msgspec.to_builtins(draft)))


async def touch(connection: Connection, upload_id: UUID, expires_at: datetime) -> None:
    """Note that something came."""
    query = update(uploads).where(uploads.c.id == upload_id, _OPEN)
    await connection.execute(query.values(updated_at=func.now(), expires_at=expires_at))


async def point_to(connection: Connection, upload_id: UUID, media_id: UUID) -> None:
    """Say that an upload became another media object than its own: one that was there before with the same bytes."""
    await connection.execute(update(uploads).where(uploads.c.id == upload_id).values(media_id=media_id))


async def count_open(connection: Connection, upload: Upload) -> int:
    """How many unfinished uploads its key has, or its user without any key."""
    sent = uploads.c.key_id == upload.key_id
    if upload.key_id is None:
        sent = (uploads.c.user_id == upload.user_id) & uploads.c.key_id.is_(None)
    query = select(func.count()).select_from(uploads).where(sent, _OPEN)
    return int((await connection.execute(query)).scalar_one())


async def holders(connection: Connection) -> list[int]:
    """Every process that holds an upload."""
    query = select(uploads.c.holder).where(uploads.c.holder.is_not(None)).distinct()
    return [holder for holder in (await connection.execute(query)).scalars() if holder is not None]


async def expired(connection: Connection, limit: int) -> list[Upload]:
    """Open uploads whose time is over and that nobody writes."""
    query = select(uploads).where(uploads.c.expires_at < func.now(), _OPEN, uploads.c.holder.is_(None)).limit(limit)
    return [_upload(row) for row in await connection.execute(query)]


async def forget_ended(connection: Connection) -> None:
    """Remove the records of uploads that ended long enough ago."""
    await connection.execute(
        delete(uploads).where(~_OPEN, uploads.c.holder.is_(None), uploads.c.expires_at < func.now())
    )


async def open_ids(connection: Connection, ids: Iterable[UUID]) -> set[UUID]:
    """Which of these are open uploads."""
    query = select(uploads.c.id).where(_OPEN, uploads.c.id == any_(cast(list(ids), ARRAY(Uuid))))
    return set((await connection.execute(query)).scalars())


async def known_keys(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Which of these storage keys belong to an open upload: as its blob's, or as that of the draft it begins with."""
    wanted = cast(list(keys), ARRAY(Text))
    of_draft = uploads.c.draft["key"].astext
    query = select(uploads.c.storage_key, of_draft).where(
        _OPEN, (uploads.c.storage_key == any_(wanted)) | (of_draft == any_(wanted))
    )
    return {key for row in await connection.execute(query) for key in row if key}


async def save_part(connection: Connection, upload_id: UUID, part: UploadPart) -> bool:
    """Note a part that is durable; False when the number is taken already."""
    values = {"upload_id": upload_id, **msgspec.structs.asdict(part)}
    query = upsert(upload_parts).values(values).on_conflict_do_nothing()
    return (await connection.execute(query)).rowcount == 1


async def parts_of(connection: Connection, upload_id: UUID) -> list[UploadPart]:
    columns = (upload_parts.c.number, upload_parts.c.size, upload_parts.c.sha256, upload_parts.c.tag)
    query = select(*columns).where(upload_parts.c.upload_id == upload_id).order_by(upload_parts.c.number)
    return [UploadPart(*row) for row in await connection.execute(query)]


async def part_by_number(connection: Connection, upload_id: UUID, number: int) -> UploadPart | None:
    columns = (upload_parts.c.number, upload_parts.c.size, upload_parts.c.sha256, upload_parts.c.tag)
    query = select(*columns).where(upload_parts.c.upload_id == upload_id, upload_parts.c.number == number)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else UploadPart(*row)


async def imported_before(connection: Connection, user_id: UUID, url_sha256: bytes) -> tuple[str, UUID] | None:
    """Entity tag and media object of the last import of an address, if the object has not been deleted."""
    query = (
        select(import_sources.c.etag, import_sources.c.media_id)
        .join(media_objects, media_objects.c.id == import_sources.c.media_id)
        .where(
            import_sources.c.user_id == user_id,
            import_sources.c.url_sha256 == url_sha256,
            media_objects.c.deleted_at.is_(None),
        )
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else (row.etag, row.media_id)


async def remember_import(connection: Connection, values: Mapping[str, Any]) -> None:
    query = upsert(import_sources).values(**values)
    await connection.execute(
        query.on_conflict_do_update(
            index_elements=[import_sources.c.user_id, import_sources.c.url_sha256],
            set_={"etag": values["etag"], "media_id": values["media_id"]},
        )
    )


def _of(upload_id: UUID, user_id: UUID | None) -> list[ColumnElement[bool]]:
    mine = [] if user_id is None else [uploads.c.user_id == user_id]
    return [uploads.c.id == upload_id, *mine]


def _values(upload: Upload) -> dict[str, Any]:
    values = msgspec.structs.asdict(upload)
    return values | {name: msgspec.to_builtins(values[name]) for name in _JSON}


def _upload(row: Row[Any]) -> Upload:
    return msgspec.convert(dict(zip(_NAMES, row, strict=True)), Upload)
