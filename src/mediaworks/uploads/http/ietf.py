"""Resumable Uploads for HTTP (draft-ietf-httpbis-resumable-upload), interop versions 8, 6, 5 and 3.

What differs: version 3 says `Upload-Incomplete` where the later ones say `Upload-Complete`; from version 6 on a PATCH is
of the type `application/partial-upload`. Interim responses (104) are not among what an ASGI server can send.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from litestar import MediaType, Request, Response

from mediaworks.accounts import Caller
from mediaworks.errors import Conflict, Invalid, MediaworksError, OffsetMismatch, UnsupportedType
from mediaworks.media import media_view
from mediaworks.uploads import checksums
from mediaworks.uploads.disposition import name_in
from mediaworks.uploads.http.body import Body
from mediaworks.uploads.http.headers import content_type, count, empty, flag
from mediaworks.uploads.http.metadata import labels_of, name_of, parse_metadata
from mediaworks.uploads.http.rooms import Rooms
from mediaworks.uploads.model import Protocol, State, Upload
from mediaworks.uploads.resumable import Piece, Progress

PATH = "/api/v1/uploads"
VERSIONS = (3, 5, 6, 8)
CONTENT_TYPE = "application/partial-upload"
PROBLEMS = "https://iana.org/assignments/http-problem-types#"


def speaks(request: Request[Any, Any, Any]) -> bool:
    """Whether the request is of this protocol."""
    return any(
        name in request.headers for name in ("upload-draft-interop-version", "upload-complete", "upload-incomplete")
    )


def limits(rooms: Rooms) -> str:
    config = rooms.uploads.config
    age = int(config.unfinished_hours * 3600)
    return f"min-size=0, max-size={int(config.max_file_size)}, max-age={age}"


async def create(request: Request[Any, Any, Any], caller: Caller, rooms: Rooms, body: Body) -> Response[Any]:
    """Section 4.2: an upload, with all of its bytes, some, or none."""
    version, complete = _version(request), _complete(request)
    length = count(request, "upload-length") if "upload-length" in request.headers else None
    if complete and length is None:
        length = body.declared_size
    metadata = parse_metadata(request.headers.get("upload-metadata", ""))
    upload = await rooms.uploads.records.draw_up(
        caller,
        Protocol.IETF,
        name=name_in(request.headers.get("content-disposition", "")) or name_of(metadata) or "file",
        length=length,
        labels=labels_of(metadata),
        declared_type=metadata.get("filetype") or request.headers.get("content-type"),
        checksums=checksums.from_repr_digest(request.headers.get("repr-digest")),
    )
    piece = Piece(0, body.chunks(), body.interrupt, body.declared_size, length, complete, _content_digest(request))
    if not complete and body.declared_size == 0:
        await rooms.uploads.records.begin(upload)
        return _answer(Progress(upload), rooms, version, created=True)
    return await _told(rooms.uploads.resumable.begin(caller, upload, piece), body, rooms, version, created=True)


async def head(request: Request[Any, Any, Any], caller: Caller, rooms: Rooms, upload_id: UUID) -> Response[Any]:
    """Section 4.3: how far the upload is. Whoever writes it just then lets go."""
    upload = await rooms.uploads.resumable.progress(caller, upload_id)
    headers = _headers(upload, rooms, _version(request)) | {"cache-control": "no-store"}
    return empty(204, headers)


async def patch(
    request: Request[Any, Any, Any], caller: Caller, rooms: Rooms, upload_id: UUID, body: Body
) -> Response[Any]:
    """Section 4.4: bytes that go on where the upload is."""
    version = _version(request)
    if version >= 6 and content_type(request) != CONTENT_TYPE:
        raise UnsupportedType(f"Content-Type: must be {CONTENT_TYPE}", code="wrong_content_type", field="Content-Type")
    piece = Piece(
        count(request, "upload-offset"),
        body.chunks(),
        body.interrupt,
        body.declared_size,
        length=count(request, "upload-length") if "upload-length" in request.headers else None,
        is_last=_complete(request),
        checksum=_content_digest(request),
    )
    appending = rooms.uploads.resumable.append(caller, upload_id, piece)
    return await _told(appending, body, rooms, version, created=False, offset=piece.offset)


async def delete(request: Request[Any, Any, Any], caller: Caller, rooms: Rooms, upload_id: UUID) -> Response[Any]:
    """Section 4.5: cancellation."""
    await rooms.uploads.resumable.abort(caller, upload_id)
    return Response(None, status_code=204)


def _version(request: Request[Any, Any, Any]) -> int:
    """Raises Invalid for a version that is not spoken here."""
    given = request.headers.get("upload-draft-interop-version")
    if given is None:
        return 3 if "upload-incomplete" in request.headers else VERSIONS[-1]
    if given not in map(str, VERSIONS):
        raise Invalid(
            f"Upload-Draft-Interop-Version: {given} is not one of {', '.join(map(str, VERSIONS))}",
            field="Upload-Draft-Interop-Version",
            allowed=list(VERSIONS),
        )
    return int(given)


def _complete(request: Request[Any, Any, Any]) -> bool:
    """Whether the request brings the last byte. Raises Invalid when it does not say so."""
    complete, incomplete = flag(request, "upload-complete"), flag(request, "upload-incomplete")
    if complete is None and incomplete is None:
        raise Invalid("Upload-Complete: is missing", field="Upload-Complete")
    return complete if complete is not None else not incomplete


def _content_digest(request: Request[Any, Any, Any]) -> checksums.Checksum | None:
    return checksums.from_content_digest(request.headers.get("content-digest"))


async def _told(
    progress: Awaitable[Progress], body: Body, rooms: Rooms, version: int, *, created: bool, offset: int = 0
) -> Response[Any]:
    """The answer, or the problem of section 7 that a refusal is."""
    try:
        return _answer(await progress, rooms, version, created=created)
    except MediaworksError as error:
        if (kind := _problem_type(error)) is None:
            raise
        await body.linger()
        return _problem(error, kind, offset, version)


def _answer(progress: Progress, rooms: Rooms, version: int, *, created: bool) -> Response[Any]:
    headers = _headers(progress.upload, rooms, version)
    if created:
        headers["location"] = f"{PATH}/{progress.upload.id}"
    if progress.media is None:
        return empty(201 if created else 204, headers)
    view = media_view(progress.media, rooms.links)
    return Response(view, status_code=201 if created else 200, headers=headers, media_type=MediaType.JSON)


def _headers(upload: Upload, rooms: Rooms, version: int) -> dict[str, str]:
    headers = {
        "upload-offset": str(upload.received),
        "upload-limit": limits(rooms),
        "upload-draft-interop-version": str(version),
    } | _completeness(version, complete=upload.state is State.DONE)
    if upload.length is not None:
        headers["upload-length"] = str(upload.length)
    if upload.media_id is not None:
        headers["upload-media-id"] = str(upload.media_id)
    return headers


def _completeness(version: int, *, complete: bool) -> dict[str, str]:
    if version == 3:
        return {"upload-incomplete": "?0" if complete else "?1"}
    return {"upload-complete": "?1" if complete else "?0"}


def _problem_type(error: MediaworksError) -> str | None:
    """The registered problem type (section 7) of an error that has one."""
    if isinstance(error, OffsetMismatch):
        return "mismatching-upload-offset"
    if isinstance(error, Conflict) and error.code == "upload_finished":
        return "completed-upload"
    if isinstance(error, Invalid) and error.code == "inconsistent_length":
        return "inconsistent-upload-length"
    return None


def _problem(error: MediaworksError, kind: str, provided: int, version: int) -> Response[Any]:
    """Section 4.4.2: the offset, and that this is no answer of a complete upload."""
    expected = error.facts.get("expected_offset")
    body: dict[str, Any] = {"type": PROBLEMS + kind, "title": error.title, "code": error.code, "detail": error.detail}
    headers = {"upload-draft-interop-version": str(version)} | _completeness(version, complete=False)
    if expected is not None:
        headers["upload-offset"] = str(expected)
        body |= {"expected-offset": expected, "provided-offset": provided}
    status = 400 if kind == "completed-upload" else error.status
    return Response(
        body | {"status": status}, status_code=status, headers=headers, media_type="application/problem+json"
    )
