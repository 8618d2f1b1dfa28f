"""tus 1.0 (tus.io/protocols/resumable-upload): its headers, and what they ask for.

Extensions: creation, creation-with-upload, creation-defer-length, expiration, checksum, termination, concatenation.
A checksum in a trailer is not among them: no ASGI server hands the trailers of a request to its application.
"""

from __future__ import annotations

from email.utils import format_datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.types import Message, Scope

from mediaworks.accounts import Caller
from mediaworks.errors import Invalid, PreconditionFailed, UnsupportedType
from mediaworks.uploads import checksums
from mediaworks.uploads.http.body import Body
from mediaworks.uploads.http.headers import content_type, count, empty
from mediaworks.uploads.http.metadata import labels_of, name_of, parse_metadata
from mediaworks.uploads.http.rooms import Rooms
from mediaworks.uploads.model import FINAL, PARTIAL, Protocol, State, Upload
from mediaworks.uploads.planning import Plan
from mediaworks.uploads.resumable import Piece, Progress

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination,concatenation"
PATH = "/api/v1/uploads"
CONTENT_TYPE = "application/offset+octet-stream"


def options(rooms: Rooms) -> dict[str, str]:
    """What the server can do."""
    return {
        "tus-resumable": VERSION,
        "tus-version": VERSION,
        "tus-extension": EXTENSIONS,
        "tus-max-size": str(int(rooms.uploads.config.max_file_size)),
        "tus-checksum-algorithm": ",".join(checksums.TUS_ALGORITHMS),
    }


async def create(request: Request[Any, Any, Any], caller: Caller, rooms: Rooms, body: Body) -> Response[Any]:
    """Creation: an upload of known or deferred length, a part of a concatenation, or the whole of its parts."""
    require_version(request)
    told = request.headers.get("upload-metadata", "")
    metadata = parse_metadata(told)
    name, labels = name_of(metadata) or "file", labels_of(metadata)
    concat, checksum = request.headers.get("upload-concat", ""), _checksum(request)
    source = {"upload_metadata": told} if told else None
    if concat.startswith(f"{FINAL};"):
        part_ids = [_id_of(url) for url in concat.removeprefix(f"{FINAL};").split()]
        source = (source or {}) | {"upload_concat": concat}
        return _created(await rooms.uploads.joining.join(caller, part_ids, name=name, labels=labels, source=source))
    upload = await rooms.uploads.records.draw_up(
        caller,
        Protocol.TUS,
        name=name,
        length=_length(request),
        labels=labels,
        declared_type=metadata.get("filetype"),
        concat=_concat(concat),
        source=source,
    )
    if concat == PARTIAL and (plan := Plan.told_in(metadata)) is not None:
        upload = await rooms.uploads.planned.enrol(caller, upload, plan)
    has_bytes = content_type(request) == CONTENT_TYPE and body.declared_size != 0
    if has_bytes or (upload.length == 0 and concat != PARTIAL):
        piece = Piece(0, body.chunks(), body.interrupt, body.declared_size, checksum=checksum)
        return _created(await rooms.uploads.resumable.begin(caller, upload, piece))
    await rooms.uploads.records.begin(upload)
    return _created(Progress(upload))


async def head(request: Request[Any, Any, Any], caller: Caller, rooms: Rooms, upload_id: UUID) -> Response[Any]:
    """How far the upload is. Whoever writes it just then lets go."""
    require_version(request)
    upload = await rooms.uploads.resumable.progress(caller, upload_id)
    headers = _headers(upload) | {"cache-control": "no-store", "upload-offset": str(upload.received)}
    if upload.length is None:
        headers["upload-defer-length"] = "1"
    else:
        headers["upload-length"] = str(upload.length)
    if metadata := (upload.source or {}).get("upload_metadata"):
        headers["upload-metadata"] = metadata
    if upload.concat:
        headers["upload-concat"] = (upload.source or {}).get("upload_concat", upload.concat)
    return empty(200, headers)


async def patch(
    request: Request[Any, Any, Any], caller: Caller, rooms: Rooms, upload_id: UUID, body: Body
) -> Response[Any]:
    """Bytes that go on where the upload is."""
    require_version(request)
    if content_type(request) != CONTENT_TYPE:
        raise UnsupportedType(f"Content-Type: must be {CONTENT_TYPE}", code="wrong_content_type", field="Content-Type")
    piece = Piece(
        count(request, "upload-offset"),
        body.chunks(),
        body.interrupt,
        body.declared_size,
        length=count(request, "upload-length") if "upload-length" in request.headers else None,
        checksum=_checksum(request),
    )
    progress = await rooms.uploads.resumable.append(caller, upload_id, piece)
    headers = _headers(progress.upload) | {"upload-offset": str(progress.upload.received)}
    return empty(204, headers)


async def delete(request: Request[Any, Any, Any], caller: Caller, rooms: Rooms, upload_id: UUID) -> Response[Any]:
    """Termination."""
    require_version(request)
    await rooms.uploads.resumable.abort(caller, upload_id)
    return empty(204, {})


async def tell_version(message: Message, scope: Scope) -> None:
    """Every answer to a request of this protocol says its version, errors too; 412 says which there are."""
    if message["type"] != "http.response.start" or not scope["path"].startswith(PATH):
        return
    if scope.get("method") == "OPTIONS" or not any(name == b"tus-resumable" for name, _ in scope["headers"]):
        return
    told = [(b"tus-resumable", VERSION.encode())]
    if message["status"] == PreconditionFailed.status:
        told.append((b"tus-version", VERSION.encode()))
    message["headers"] = [*message["headers"], *told]


def require_version(request: Request[Any, Any, Any]) -> None:
    """Raises PreconditionFailed, as the protocol says, for another version of it."""
    if request.headers.get("tus-resumable") != VERSION:
        raise PreconditionFailed(f"Tus-Resumable: only {VERSION} is spoken here", code="tus_version", allowed=[VERSION])


def _created(progress: Progress) -> Response[Any]:
    upload = progress.upload
    headers = _headers(upload) | {"location": f"{PATH}/{upload.id}", "upload-offset": str(upload.received)}
    return empty(201, headers)


def _headers(upload: Upload) -> dict[str, str]:
    headers = {}
    if upload.state is State.OPEN:
        headers["upload-expires"] = format_datetime(upload.expires_at, usegmt=True)
    if upload.media_id is not None:
        headers["upload-media-id"] = str(upload.media_id)
    return headers


def _length(request: Request[Any, Any, Any]) -> int | None:
    deferred = request.headers.get("upload-defer-length")
    if "upload-length" in request.headers:
        if deferred is not None:
            raise Invalid("Upload-Length: is given, and Upload-Defer-Length as well", field="Upload-Length")
        return count(request, "upload-length")
    if deferred != "1":
        raise Invalid("Upload-Length: is missing; or say Upload-Defer-Length: 1", field="Upload-Length")
    return None


def _concat(header: str) -> str | None:
    if header in {"", PARTIAL}:
        return header or None
    raise Invalid("Upload-Concat: must be partial, or final; with the addresses of uploads", field="Upload-Concat")


def _checksum(request: Request[Any, Any, Any]) -> checksums.Checksum | None:
    return checksums.from_tus(request.headers.get("upload-checksum"))


def _id_of(url: str) -> UUID:
    try:
        return UUID(url.rstrip("/").rpartition("/")[2])
    except ValueError as error:
        raise Invalid(f"Upload-Concat: {url} is no upload of this service", field="Upload-Concat") from error
