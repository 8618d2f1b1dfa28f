"""Chunked sessions of the first contract."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, delete, get, post
from litestar.openapi.spec import Example
from litestar.params import Body, QueryParameter

from mediaworks.accounts import Caller
from mediaworks.errors import MediaworksError
from mediaworks.media import Media, media_view
from mediaworks.media.labels import check_metadata, check_tags
from mediaworks.media.model import Visibility
from mediaworks.uploads import checksums
from mediaworks.uploads.chunks import Session
from mediaworks.uploads.http import body as bodies
from mediaworks.uploads.http.rooms import Rooms
from mediaworks.uploads.model import Labels, State

STATUS = {
    State.OPEN: "in_progress",
    State.DONE: "completed",
    State.FAILED: "failed",
    State.ABORTED: "cancelled",
    State.EXPIRED: "expired",
    State.JOINED: "completed",
}


class InitRequest(msgspec.Struct):
    """`file_size` and `chunk_size` in bytes; the answer says which chunk size is to be used."""

    filename: str
    file_size: int
    mime_type: str | None = None
    chunk_size: int | None = None
    tags: list[str] = []
    visibility: Visibility = Visibility.PRIVATE
    metadata: dict[str, Any] = {}


class Init(msgspec.Struct):
    """Send `total_chunks` chunks, numbered from 0, each of `chunk_size` bytes but for the last."""

    upload_id: UUID
    media_id: UUID
    chunk_size: int
    total_chunks: int
    expires_at: datetime


class SessionView(msgspec.Struct):
    """How far a session is; `missing` are the numbers of the chunks that have not come."""

    upload_id: UUID
    media_id: UUID
    filename: str
    status: str
    chunk_size: int
    uploaded_chunks: int
    total_chunks: int
    bytes_uploaded: int
    total_bytes: int
    percentage: float
    missing: list[int]
    expires_at: datetime


class SessionRequest(msgspec.Struct):
    upload_id: UUID


@post("/init", summary="Begin a chunked upload")
async def init(
    caller: Caller,
    data: Annotated[InitRequest, Body(examples=[Example(value={"filename": "film.mp4", "file_size": 734003200})])],
    state: Rooms,
) -> Init:
    """Chunks may then come in any order, several at once, and again."""
    labels = Labels(check_tags(data.tags), data.visibility, check_metadata(data.metadata))
    session = await state.uploads.chunked.init(
        caller,
        name=data.filename,
        length=data.file_size,
        declared_type=data.mime_type,
        chunk_size=data.chunk_size,
        labels=labels,
    )
    upload = session.upload
    return Init(upload.id, upload.id, upload.chunk_size or 0, session.total_chunks, upload.expires_at)


@post("/chunk", summary="Send one chunk", request_max_body_size=None, status_code=200, opt={"data_plane": True})
async def chunk(
    request: Request[Any, Any, Any],
    caller: Caller,
    state: Rooms,
    upload_id: UUID,
    chunk_number: Annotated[int, QueryParameter(description="Counts from 0")],
) -> SessionView:
    """The bytes as they are. `Content-Digest` (RFC 9530) or `Upload-Checksum` (tus) have them checked."""
    body = bodies.Body(request, state.uploads.config)
    try:
        checksum = checksums.from_content_digest(request.headers.get("content-digest")) or checksums.from_tus(
            request.headers.get("upload-checksum")
        )
        return session_view(await state.uploads.chunked.put(caller, upload_id, chunk_number, body.chunks(), checksum))
    except MediaworksError:
        await body.linger()
        raise


@post("/complete", summary="Make the media object of all chunks", status_code=200)
async def complete(caller: Caller, data: SessionRequest, state: Rooms) -> Response[Any]:
    """409 with the numbers that are missing. Called again, it answers the same."""
    made = await state.uploads.chunked.complete(caller, data.upload_id)
    media = made if isinstance(made, Media) else await state.library.get(caller, made.media_id or made.id)
    return Response(media_view(media, state.links), status_code=200)


@get(["/{upload_id:uuid}", "/{upload_id:uuid}/status"], summary="How far is a chunked upload?")
async def status(caller: Caller, upload_id: UUID, state: Rooms) -> SessionView:
    return session_view(await state.uploads.chunked.session(caller, upload_id))


@get("/status", summary="How far is a chunked upload?")
async def status_by_query(caller: Caller, upload_id: UUID, state: Rooms) -> SessionView:
    return session_view(await state.uploads.chunked.session(caller, upload_id))


@delete("/{upload_id:uuid}", summary="Give a chunked upload up", status_code=200)
async def abort(caller: Caller, upload_id: UUID, state: Rooms) -> SessionView:
    await state.uploads.chunked.session(caller, upload_id)
    await state.uploads.resumable.abort(caller, upload_id)
    return session_view(await state.uploads.chunked.session(caller, upload_id))


@post("/abort", summary="Give a chunked upload up", status_code=200)
async def abort_by_body(caller: Caller, data: SessionRequest, state: Rooms) -> SessionView:
    await state.uploads.chunked.session(caller, data.upload_id)
    await state.uploads.resumable.abort(caller, data.upload_id)
    return session_view(await state.uploads.chunked.session(caller, data.upload_id))


def session_view(session: Session) -> SessionView:
    upload, total = session.upload, session.upload.length or 0
    done = upload.state is State.DONE
    status = "pending" if upload.state is State.OPEN and not session.parts else STATUS[upload.state]
    return SessionView(
        upload_id=upload.id,
        media_id=upload.media_id or upload.id,
        filename=upload.name,
        status=status,
        chunk_size=upload.chunk_size or 0,
        uploaded_chunks=session.total_chunks if done else len(session.parts),
        total_chunks=session.total_chunks,
        bytes_uploaded=session.received,
        total_bytes=total,
        percentage=round(100 * session.received / total, 2) if total else 0.0,
        missing=[] if done else session.missing,
        expires_at=upload.expires_at,
    )


router = Router(
    "/api/v1/media/upload/multipart",
    route_handlers=[init, chunk, complete, status, status_by_query, abort, abort_by_body],
    tags=["uploads"],
)
