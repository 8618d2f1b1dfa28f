"""Presigned uploads: addresses to send to, and the confirmation."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, post, put

from mediaworks.accounts import Caller
from mediaworks.errors import Invalid, MediaworksError
from mediaworks.kit.clock import now
from mediaworks.media import Media, media_view
from mediaworks.media.labels import check_metadata, check_tags
from mediaworks.media.model import Visibility
from mediaworks.uploads import checksums
from mediaworks.uploads.http.body import Body
from mediaworks.uploads.http.headers import empty
from mediaworks.uploads.http.rooms import Rooms
from mediaworks.uploads.model import Labels
from mediaworks.uploads.presigning import PATH
from mediaworks.uploads.records import told
from mediaworks.uploads.slots import Slot, Wish


class PresignRequest(msgspec.Struct, kw_only=True):
    """`filename` (or `fileName`) and `fileType` (or `mimeType`) are needed; `checksum` is a SHA-256 in hex or base64."""

    filename: str | None = None
    fileName: str | None = None  # noqa: N815
    fileType: str | None = None  # noqa: N815
    mimeType: str | None = None  # noqa: N815
    sizeBytes: int | None = None  # noqa: N815
    checksum: str | None = None
    multipart: bool = False
    tags: list[str] = []
    visibility: Visibility = Visibility.PRIVATE
    metadata: dict[str, Any] = {}


class SlotView(msgspec.Struct, kw_only=True, omit_defaults=True):
    """PUT the bytes to `uploadUrl` with just `headers`, then confirm. In parts: `partSize` and `totalParts` instead."""

    id: UUID
    key: str
    publicUrl: str  # noqa: N815
    expiresAt: datetime  # noqa: N815
    uploadUrl: str | None = None  # noqa: N815
    headers: dict[str, str] = {}
    uploadId: str | None = None  # noqa: N815
    partSize: int | None = None  # noqa: N815
    totalParts: int | None = None  # noqa: N815


class BatchRequest(msgspec.Struct):
    items: list[PresignRequest]


class Batch(msgspec.Struct):
    """One answer for each, in their order: what a single request would have got, or `{error}`. `batch_id` is the id of the
    job that tells how far all are."""

    batch_id: UUID
    items: list[dict[str, Any]]


class PartsRequest(msgspec.Struct):
    partNumbers: list[int]  # noqa: N815


class PartView(msgspec.Struct):
    partNumber: int  # noqa: N815
    url: str
    headers: dict[str, str]


class PartsView(msgspec.Struct):
    parts: list[PartView]
    expiresAt: datetime  # noqa: N815


class SentPart(msgspec.Struct):
    partNumber: int  # noqa: N815
    etag: str


class ConfirmRequest(msgspec.Struct):
    parts: list[SentPart] = []


@post(PATH, summary="An address to upload to", status_code=200)
async def presign(request: Request[Any, Any, Any], caller: Caller, data: PresignRequest, state: Rooms) -> SlotView:
    """Straight to the storage, past this service; on a local disk to an address of this service."""
    return await slot_for(request, caller, data, state)


@post(f"{PATH}/batch", summary="Addresses for several uploads", status_code=200)
async def presign_batch(request: Request[Any, Any, Any], caller: Caller, data: BatchRequest, state: Rooms) -> Batch:
    """At most a thousand; one that is refused does not stop the others."""
    job, slots = await state.uploads.slots.open_many(caller, [_wish_or_error(item) for item in data.items])
    return Batch(job.id, [_shown(request, state, slot) for slot in slots])


@post(f"{PATH}/{{upload_id:uuid}}/parts", summary="Addresses for parts", status_code=200)
async def presign_parts(
    request: Request[Any, Any, Any], caller: Caller, upload_id: UUID, data: PartsRequest, state: Rooms
) -> PartsView:
    """As often as needed: addresses expire, uploads go on."""
    slots = await state.uploads.presigned.part_slots(caller, upload_id, data.partNumbers)
    views = [PartView(slot.number, _absolute(request, state, slot.url), dict(slot.headers)) for slot in slots]
    return PartsView(views, _expiry(state))


@post(f"{PATH}/{{upload_id:uuid}}/confirm", summary="Make the media object of what was sent", status_code=200)
async def confirm(caller: Caller, upload_id: UUID, state: Rooms, data: ConfirmRequest | None = None) -> Response[Any]:
    """Size, hash and type are verified by reading the object. Called again, it answers the same."""
    tags = {part.partNumber: part.etag for part in data.parts} if data else {}
    made = await state.uploads.presigned.confirm(caller, upload_id, tags)
    media = made if isinstance(made, Media) else await state.library.get(caller, made.media_id or made.id)
    return Response(media_view(media, state.links), status_code=200)


@put(
    f"{PATH}/{{upload_id:uuid}}/content",
    summary="Where a presigned upload goes",
    request_max_body_size=None,
    opt={"data_plane": True},
    security=[],
)
async def put_content(request: Request[Any, Any, Any], upload_id: UUID, state: Rooms) -> Response[bytes]:
    """Under its signed address, with the headers that were signed; needs no key."""
    _verify(request, state)
    body = Body(request, state.uploads.config)
    try:
        tag = await state.uploads.presigned.receive(
            upload_id, body.chunks(), body.declared_size, request.headers.get("content-type", "")
        )
    except MediaworksError:
        await body.linger()
        raise
    return empty(200, {"etag": f'"{tag}"'})


@put(
    f"{PATH}/{{upload_id:uuid}}/parts/{{number:int}}",
    summary="Where a part of a presigned upload goes",
    request_max_body_size=None,
    opt={"data_plane": True},
    security=[],
)
async def put_part(request: Request[Any, Any, Any], upload_id: UUID, number: int, state: Rooms) -> Response[bytes]:
    """Under its signed address; needs no key."""
    _verify(request, state)
    body = Body(request, state.uploads.config)
    try:
        tag = await state.uploads.presigned.receive_part(upload_id, number, body.chunks())
    except MediaworksError:
        await body.linger()
        raise
    return empty(200, {"etag": f'"{tag}"'})


async def slot_for(request: Request[Any, Any, Any], caller: Caller, wanted: PresignRequest, rooms: Rooms) -> SlotView:
    """Raises Invalid, and what `Slots.open` raises."""
    slot = await rooms.uploads.slots.open(caller, _wish(wanted))
    return _view(request, rooms, slot)


def _shown(request: Request[Any, Any, Any], rooms: Rooms, slot: Slot | MediaworksError) -> dict[str, Any]:
    if isinstance(slot, MediaworksError):
        return {"error": told(slot)}
    shown: dict[str, Any] = msgspec.to_builtins(_view(request, rooms, slot))
    return shown


def _wish_or_error(wanted: PresignRequest) -> Wish | MediaworksError:
    try:
        return _wish(wanted)
    except MediaworksError as refusal:
        return refusal


def _wish(wanted: PresignRequest) -> Wish:
    name, mime_type = wanted.filename or wanted.fileName, wanted.fileType or wanted.mimeType
    if not name:
        raise Invalid("filename: is missing", field="filename")
    if not mime_type:
        raise Invalid("fileType: is missing, such as image/jpeg", field="fileType")
    return Wish(
        name=name,
        mime_type=mime_type.strip().lower(),
        size=wanted.sizeBytes,
        checksum=checksums.from_text("sha256", wanted.checksum) if wanted.checksum else {},
        labels=Labels(check_tags(wanted.tags), wanted.visibility, check_metadata(wanted.metadata)),
        in_parts=wanted.multipart,
    )


def _view(request: Request[Any, Any, Any], rooms: Rooms, slot: Slot) -> SlotView:
    upload = slot.upload
    in_parts = slot.url is None
    return SlotView(
        id=upload.id,
        key=upload.storage_key,
        publicUrl=rooms.links.public(upload.id, upload.name),
        expiresAt=_expiry(rooms),
        uploadUrl=None if slot.url is None else _absolute(request, rooms, slot.url),
        headers=dict(slot.headers),
        uploadId=str(upload.id) if in_parts else None,
        partSize=upload.chunk_size if in_parts else None,
        totalParts=slot.total_parts if in_parts else None,
    )


def _expiry(rooms: Rooms) -> datetime:
    return now() + timedelta(seconds=rooms.uploads.config.presign_seconds)


def _absolute(request: Request[Any, Any, Any], rooms: Rooms, url: str) -> str:
    """An address of our own as the client reaches it: at the public one, or where it has reached us just now."""
    if not url.startswith("/"):
        return url
    return (rooms.public_url or str(request.base_url)).rstrip("/") + url


def _verify(request: Request[Any, Any, Any], rooms: Rooms) -> None:
    query = request.scope["query_string"].decode("latin-1")
    rooms.keyring().verify(request.scope["raw_path"].decode("latin-1"), query, time.time())


router = Router(
    "/",
    route_handlers=[presign, presign_batch, presign_parts, confirm, put_content, put_part],
    tags=["uploads"],
)
