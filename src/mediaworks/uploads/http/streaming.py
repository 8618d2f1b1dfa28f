"""Streaming endpoints of the first contract: forms with fields of their own, limits, and progress."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response, Router, get, post
from litestar.response import ServerSentEvent, ServerSentEventMessage

from mediaworks.accounts import Caller
from mediaworks.errors import Invalid, MediaworksError
from mediaworks.media import Links, Media, media_view
from mediaworks.uploads.http.form import read_form
from mediaworks.uploads.http.openapi import StreamingOperation
from mediaworks.uploads.http.records import UploadView, upload_view
from mediaworks.uploads.http.rooms import Rooms
from mediaworks.uploads.model import Protocol, State

MOST_FILES = 10
POLL_SECONDS = 0.5


class Limits(msgspec.Struct):
    """What one request may bring; sizes in bytes."""

    max_file_size: int
    max_files_per_request: int
    allowed_file_types: list[str]
    streaming_available: bool
    chunk_size: int


@post("/stream", summary="Upload one file", request_max_body_size=None, operation_class=StreamingOperation)
async def stream(request: Request[Any, Any, Any], caller: Caller, state: Rooms) -> Response[Any]:
    """A form with `file`, and optional `request_number`, `category`, `description`, `tags` (JSON or CSV), `uploaded_by`."""
    results = await read_form(request, caller, state, Protocol.STREAMING, most=1)
    if not results:
        raise Invalid("file: the form has no field `file` with a file in it", code="missing_file", field="file")
    if isinstance(results[0], MediaworksError):
        raise results[0]
    return Response(_told(results[0], state.links), status_code=201)


@post(
    ["/multiple", "/stream/multiple"],
    summary="Upload up to ten files",
    request_max_body_size=None,
    operation_class=StreamingOperation,
)
async def multiple(request: Request[Any, Any, Any], caller: Caller, state: Rooms) -> Response[Any]:
    """A form with `files`, up to ten times; each has its own success or error."""
    results = await read_form(request, caller, state, Protocol.STREAMING, most=MOST_FILES)
    if not results:
        raise Invalid("files: the form has no field `files` with a file in it", code="missing_file", field="files")
    items = [_told(result, state.links) if isinstance(result, Media) else _refused(result) for result in results]
    good = sum(item["success"] for item in items)
    body = {"success": good == len(items), "total": len(items), "successful": good, "failed": len(items) - good}
    status = 201 if good else next(result.status for result in results if isinstance(result, MediaworksError))
    return Response(body | {"results": items}, status_code=status)


@get("/limits", summary="What may be sent", security=[])
async def limits(state: Rooms) -> Limits:
    config = state.uploads.config
    return Limits(int(config.max_file_size), MOST_FILES, list(config.allowed_types), True, int(config.chunk_size))


@get(["/progress", "/stream/progress"], summary="How far is an upload?")
async def progress(request: Request[Any, Any, Any], caller: Caller, state: Rooms, upload_id: UUID) -> Response[Any]:
    """Of any protocol. With `Accept: text/event-stream` as server-sent events until the upload has ended."""
    upload = await state.uploads.records.get(caller, upload_id)
    if "text/event-stream" in request.headers.get("accept", ""):
        return ServerSentEvent(_events(caller, state, upload_id))
    return Response(_shown(upload_view(upload)), media_type=MediaType.JSON)


async def _events(caller: Caller, rooms: Rooms, upload_id: UUID) -> AsyncIterator[ServerSentEventMessage]:
    """An event for each change, the last one when the upload has ended."""
    seen: UploadView | None = None
    while True:
        view = upload_view(await rooms.uploads.records.get(caller, upload_id))
        if seen is None or (view.offset, view.state) != (seen.offset, seen.state):
            yield ServerSentEventMessage(msgspec.json.encode(_shown(view)).decode(), event="progress")
        if view.state is not State.OPEN:
            return
        seen = view
        await asyncio.sleep(POLL_SECONDS)


def _shown(view: UploadView) -> dict[str, Any]:
    percentage = round(100 * view.offset / view.length, 2) if view.length else None
    return msgspec.structs.asdict(view) | {
        "upload_id": view.id,
        "bytes_uploaded": view.offset,
        "total_bytes": view.length,
        "percentage": 100.0 if view.state is State.DONE else percentage,
    }


def _told(media: Media, links: Links) -> dict[str, Any]:
    return {
        **media_view(media, links),
        "success": True,
        "media_file_id": media.id,
        "message": "The file is safe",
    }


def _refused(refusal: MediaworksError) -> dict[str, Any]:
    told = {"status": refusal.status, "code": refusal.code, "detail": refusal.detail, **refusal.facts}
    return {"success": False, "error": told, "message": refusal.detail}


router = Router("/api/v1/streaming/upload", route_handlers=[stream, multiple, limits, progress], tags=["uploads"])
