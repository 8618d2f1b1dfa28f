"""The face of the first contract at the root: its addresses and camelCase shapes over the same services."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Router, delete, get, post
from litestar.params import QueryParameter as Query

from mediaworks.accounts import Caller
from mediaworks.errors import Invalid, MediaworksError
from mediaworks.media import Links, Media
from mediaworks.media.listing import Filter, Sort
from mediaworks.uploads.http.form import read_form
from mediaworks.uploads.http.openapi import UploadOperation
from mediaworks.uploads.http.presigned import PresignRequest, SlotView, slot_for
from mediaworks.uploads.http.rooms import Rooms
from mediaworks.uploads.model import Protocol


class Size(msgspec.Struct):
    """In pixels; null for what has none."""

    width: int | None
    height: int | None


class FirstMedia(msgspec.Struct, rename="camel", omit_defaults=True, kw_only=True):
    """A media object in the first contract's shape. `signedUrl` only when it was asked for."""

    id: UUID
    user_id: UUID
    original_name: str
    mime_type: str
    size_bytes: int
    storage_key: str
    url: str
    metadata: Size
    created_at: datetime
    status: str
    signed_url: str | None = None


class FirstPage(msgspec.Struct, rename="camel"):
    items: list[FirstMedia]
    next_cursor: str | None


@post("/upload", summary="Upload a file", request_max_body_size=None, operation_class=UploadOperation)
async def upload(request: Request[Any, Any, Any], caller: Caller, state: Rooms) -> FirstMedia:
    """A form with the field `file`."""
    results = await read_form(request, caller, state, Protocol.FORM, most=1)
    if not results:
        raise Invalid("file: the form has no field `file` with a file in it", code="missing_file", field="file")
    if isinstance(results[0], MediaworksError):
        raise results[0]
    return _shown(results[0], state.links)


@post("/presign", summary="An address to upload to", status_code=200)
async def presign(request: Request[Any, Any, Any], caller: Caller, data: PresignRequest, state: Rooms) -> SlotView:
    """PUT the bytes to `uploadUrl`, then POST to /media/presign/{id}/confirm."""
    return await slot_for(request, caller, data, state)


@post("/presign/{upload_id:uuid}/confirm", summary="Make the media object of what was sent", status_code=200)
async def confirm(caller: Caller, upload_id: UUID, state: Rooms) -> FirstMedia:
    made = await state.uploads.presigned.confirm(caller, upload_id, {})
    media = made if isinstance(made, Media) else await state.library.get(caller, made.media_id or made.id)
    return _shown(media, state.links)


@get("/{media_id:uuid}", summary="One media object")
async def get_media(
    caller: Caller,
    media_id: UUID,
    state: Rooms,
    presign: Annotated[bool, Query(description="With `signedUrl`, which needs no key and expires")] = False,
) -> FirstMedia:
    return _shown(await state.library.get(caller, media_id), state.links, signed=presign)


@get("/", summary="List media")
async def list_media(
    caller: Caller,
    state: Rooms,
    limit: int = 50,
    cursor: str | None = None,
    whose: Annotated[
        Literal["all", "own"], Query(name="scope", description="`all`: everybody's, for administrators and services")
    ] = "own",
) -> FirstPage:
    """The newest first."""
    if whose == "all":
        caller.require_everybody()
    wanted = Filter(owner=None if whose == "all" else caller.user_id)
    page = await state.library.list(caller, wanted, Sort.NEWEST, limit=limit, cursor=cursor, offset=0, total=False)
    return FirstPage([_shown(media, state.links) for media in page.items], page.next_cursor)


@delete("/{media_id:uuid}", summary="Delete a media object", status_code=200)
async def delete_media(
    caller: Caller,
    media_id: UUID,
    state: Rooms,
    purge: Annotated[bool, Query(description="Remove row and bytes for good")] = False,
) -> FirstMedia | dict[str, Any]:
    """Soft: its status is then `deleted`."""
    if purge:
        await state.library.purge(caller, media_id)
        return {"id": media_id, "status": "purged"}
    return _shown(await state.library.delete(caller, media_id), state.links)


def _shown(media: Media, links: Links, *, signed: bool = False) -> FirstMedia:
    return FirstMedia(
        id=media.id,
        user_id=media.user_id,
        original_name=media.original_name,
        mime_type=media.mime_type,
        size_bytes=media.size_bytes,
        storage_key=media.storage_key,
        url=links.public(media.id, media.original_name),
        metadata=Size(media.width, media.height),
        created_at=media.created_at,
        status=media.status,
        signed_url=links.original(media) if signed else None,
    )


router = Router(
    "/media",
    route_handlers=[upload, presign, confirm, get_media, list_media, delete_media],
    tags=["first contract"],
)
