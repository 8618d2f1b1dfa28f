"""What became of uploads, whatever way they came."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import QueryParameter as Query

from mediaworks.accounts import Caller
from mediaworks.uploads.http.rooms import Rooms
from mediaworks.uploads.model import Protocol, State, Upload


class UploadView(msgspec.Struct, kw_only=True):
    """An upload: `offset` of `length` bytes are durable; `media_id` once it is a media object, `error` when it became
    none."""

    id: UUID
    user_id: UUID
    protocol: Protocol
    state: State
    name: str
    length: int | None
    offset: int
    media_id: UUID | None
    error: dict[str, Any] | None
    batch_id: UUID | None
    created_at: datetime
    updated_at: datetime
    expires_at: datetime


class UploadPage(msgspec.Struct):
    items: list[UploadView]
    next_cursor: UUID | None


def upload_view(upload: Upload) -> UploadView:
    return UploadView(
        id=upload.id,
        user_id=upload.user_id,
        protocol=upload.protocol,
        state=upload.state,
        name=upload.name,
        length=upload.length,
        offset=upload.received,
        media_id=upload.media_id,
        error=upload.error,
        batch_id=upload.batch_id,
        created_at=upload.created_at,
        updated_at=upload.updated_at,
        expires_at=upload.expires_at,
    )


@get("/api/v1/uploads", summary="List uploads")
async def list_uploads(
    caller: Caller,
    state: Rooms,
    limit: Annotated[int, Query(description="Uploads on a page")] = 50,
    cursor: Annotated[UUID | None, Query(description="`next_cursor` of the page before")] = None,
    wanted: Annotated[State | None, Query(name="state", description="Only those in this state")] = None,
    batch: Annotated[UUID | None, Query(description="Only those of this batch")] = None,
    whose: Annotated[
        str, Query(name="scope", description="`all`: everybody's, for administrators and services")
    ] = "own",
) -> UploadPage:
    """The newest first, finished ones too for a day."""
    found = await state.uploads.records.list(
        caller, everybody=whose == "all", state=wanted, batch_id=batch, before=cursor, limit=limit
    )
    return UploadPage([upload_view(upload) for upload in found], found[-1].id if len(found) == limit else None)


@get("/api/v1/uploads/{upload_id:uuid}", summary="One upload")
async def get_upload(caller: Caller, upload_id: UUID, state: Rooms) -> UploadView:
    """How far it is and what became of it."""
    return upload_view(await state.uploads.records.get(caller, upload_id))
