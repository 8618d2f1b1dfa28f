from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    Uuid,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert

from mediaworks.db import Connection, Lookup
from mediaworks.media.listing import Cursor, Filter, Sort
from mediaworks.media.model import Media, NewMedia, Processing, Role, Status, Variant
from mediaworks.media.sharing.queries import ids_shared_with
from mediaworks.media.tables import media_objects, media_variants

_VARIANTS = (
    select(
        func.coalesce(
            func.json_agg(aggregate_order_by(func.row_to_json(media_variants.table_valued()), media_variants.c.width)),
            text("'[]'::json"),
        )
    )
    .where(media_variants.c.media_id == media_objects.c.id)
    .scalar_subquery()
    .label("variants")
)
_COLUMNS = [column for column in media_objects.c if column.name not in {"facts", "phash"}]
_MEDIA = select(*_COLUMNS, _VARIANTS)
_ONE = _MEDIA.where(media_objects.c.id == bindparam("media_id"))


async def insert_media(connection: Connection, new: NewMedia) -> Media:
    status = Status.QUARANTINED if new.quarantine else Status.ACTIVE
    values = msgspec.structs.asdict(new) | {"status": status, "processing_status": Processing.PENDING}
    return _media((await connection.execute(insert(media_objects).values(values).returning(*_COLUMNS))).one())


BY_ID = Lookup.of(_ONE)


def media_of(row: Any) -> Media:
    """The object in a row that `BY_ID` found."""
    return msgspec.convert(row, Media)


async def media_by_id(connection: Connection, media_id: UUID) -> Media | None:
    row = (await connection.execute(_ONE, {"media_id": media_id})).one_or_none()
    return None if row is None else _media(row)


async def media_among(connection: Connection, media_ids: Iterable[UUID]) -> dict[UUID, Media]:
    """Those of these objects that are there."""
    query = _MEDIA.where(media_objects.c.id.in_(media_ids))
    return {row.id: _media(row) for row in await connection.execute(query)}


async def facts_of(connection: Connection, media_id: UUID) -> dict[str, Any]:
    """What was found in the file; apart, because it is long and seldom asked for."""
    query = select(media_objects.c.facts).where(media_objects.c.id == media_id)
    return dict((await connection.execute(query)).scalar_one_or_none() or {})


async def lock_media(connection: Connection, media_id: UUID) -> Media | None:
    """The object, which nobody else can change until the caller's transaction ends."""
    locked = select(media_objects.c.id).where(media_objects.c.id == media_id).with_for_update()
    if (await connection.execute(locked)).first() is None:
        return None
    return await media_by_id(connection, media_id)


async def list_media(
    connection: Connection, wanted: Filter, sort: Sort, limit: int, *, after: Cursor | None, offset: int
) -> list[Media]:
    """At most `limit` objects in the order of `sort`; with a cursor only what comes after it."""
    column = media_objects.c[sort.column]
    place = tuple_(column, media_objects.c.id)
    query = _MEDIA.where(*conditions(wanted)).limit(limit).offset(offset)
    if after is not None:
        edge = tuple_(literal(after.value, column.type), literal(after.id, Uuid))
        query = query.where(place < edge if sort.descending else place > edge)
    ordered = _ordered(query, column, sort)
    return [_media(row) for row in await connection.execute(ordered)]


def _ordered(query: Select[Any], column: ColumnElement[Any], sort: Sort) -> Select[Any]:
    if sort.descending:
        return query.order_by(column.desc(), media_objects.c.id.desc())
    return query.order_by(column, media_objects.c.id)


async def count_media(connection: Connection, wanted: Filter) -> int:
    query = select(func.count()).select_from(media_objects).where(*conditions(wanted))
    return int((await connection.execute(query)).scalar_one())


def conditions(wanted: Filter) -> Iterable[ColumnElement[bool]]:
    """What an object must fulfil to be among those wanted."""
    columns = media_objects.c
    yield columns.deleted_at.is_not(None) if wanted.deleted else columns.deleted_at.is_(None)
    if wanted.owner is not None:
        yield columns.user_id == wanted.owner
    if wanted.shared_with is not None:
        yield columns.id.in_(ids_shared_with(wanted.shared_with, wanted.groups))
        yield columns.user_id != wanted.shared_with
        yield columns.status == Status.ACTIVE.value
    if wanted.status is not None:
        yield columns.status == wanted.status.value
    if wanted.kind is not None:
        yield columns.kind == wanted.kind.value
    if wanted.processing_status is not None:
        yield columns.processing_status == wanted.processing_status
    if wanted.visibility is not None:
        yield columns.visibility == wanted.visibility.value
    if wanted.tags:
        yield columns.tags.contains(list(wanted.tags))
    if wanted.name is not None:
        yield columns.original_name.icontains(wanted.name, autoescape=True)
    if wanted.created_after is not None:
        yield columns.created_at >= wanted.created_after
    if wanted.created_before is not None:
        yield columns.created_at < wanted.created_before
    if wanted.min_size is not None:
        yield columns.size_bytes >= wanted.min_size
    if wanted.max_size is not None:
        yield columns.size_bytes <= wanted.max_size
    if wanted.request_number is not None:
        yield columns.request_number == wanted.request_number
    if wanted.parent is not None:
        yield columns.parent_id == wanted.parent


async def update_media(connection: Connection, media_id: UUID, values: Mapping[str, Any]) -> None:
    """Write `values` and a new version."""
    await connection.execute(
        update(media_objects)
        .where(media_objects.c.id == media_id)
        .values(**values, version=media_objects.c.version + 1, updated_at=func.now())
    )


async def replace_variants(connection: Connection, media_id: UUID, variants: Iterable[Variant]) -> None:
    """Put `variants` in the place of the thumbnails and masters there were; all others stay."""
    made_before = media_variants.c.role.in_([Role.THUMBNAIL.value, Role.MASTER.value])
    await connection.execute(delete(media_variants).where(media_variants.c.media_id == media_id, made_before))
    rows = [{"media_id": media_id, **msgspec.structs.asdict(variant)} for variant in variants]
    if rows:
        await connection.execute(insert(media_variants), rows)


async def add_variants(connection: Connection, media_id: UUID, variants: Iterable[Variant]) -> set[str]:
    """Add those whose names are not taken, and return their names."""
    rows = [{"media_id": media_id, **msgspec.structs.asdict(variant)} for variant in variants]
    if not rows:
        return set()
    query = upsert(media_variants).values(rows).on_conflict_do_nothing().returning(media_variants.c.name)
    return set((await connection.execute(query)).scalars())


async def take_variants(connection: Connection, media_id: UUID, names: Iterable[str]) -> list[str]:
    """Remove the variants with these names, and return where their bytes are."""
    columns = media_variants.c
    query = delete(media_variants).where(columns.media_id == media_id, columns.name.in_(list(names)))
    return list((await connection.execute(query.returning(columns.storage_key))).scalars())


async def delete_media(connection: Connection, media_id: UUID) -> None:
    """Remove the row and its variants' for good."""
    await connection.execute(delete(media_objects).where(media_objects.c.id == media_id))


async def first_with_bytes(connection: Connection, user_id: UUID, sha256: str) -> UUID | None:
    """The owner's oldest object, not deleted, that has these bytes."""
    columns = media_objects.c
    query = select(columns.id).where(columns.user_id == user_id, columns.sha256 == sha256, columns.deleted_at.is_(None))
    return (await connection.execute(query.order_by(columns.created_at, columns.id).limit(1))).scalar_one_or_none()


async def expired_before(connection: Connection, moment: datetime, limit: int) -> list[UUID]:
    """Ids of objects whose time was over before `moment`."""
    columns = media_objects.c
    query = select(columns.id).where(columns.expires_at < moment, columns.deleted_at.is_(None))
    return list((await connection.execute(query.order_by(columns.expires_at).limit(limit))).scalars())


async def deleted_before(connection: Connection, moment: datetime, limit: int) -> list[UUID]:
    """Ids of objects that were deleted before `moment`, the longest deleted first."""
    query = select(media_objects.c.id).where(media_objects.c.deleted_at < moment)
    return list((await connection.execute(query.order_by(media_objects.c.deleted_at).limit(limit))).scalars())


_COUNT = text(
    "UPDATE media_objects SET view_count = view_count + seen.views, download_count = download_count + seen.downloads"
    " FROM unnest(:ids, :views, :downloads) AS seen(id, views, downloads) WHERE media_objects.id = seen.id"
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("views", type_=ARRAY(BigInteger)),
    bindparam("downloads", type_=ARRAY(BigInteger)),
)


async def add_counts(connection: Connection, counts: Mapping[UUID, tuple[int, int]]) -> None:
    """Add (views, downloads) to each object in one statement."""
    ids = sorted(counts)
    values = {"ids": ids, "views": [counts[i][0] for i in ids], "downloads": [counts[i][1] for i in ids]}
    await connection.execute(_COUNT, values)


def _media(row: Any) -> Media:
    return media_of(row._mapping)
