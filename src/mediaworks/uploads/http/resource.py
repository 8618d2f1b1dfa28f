"""The address under which uploads are made and go on, in tus 1.0 and in the IETF's protocol: the headers tell which."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Protocol
from uuid import UUID

from litestar import HttpMethod, Request, Response, Router, route

from mediaworks.accounts import Caller
from mediaworks.errors import Invalid, MediaworksError
from mediaworks.uploads.http import ietf, tus
from mediaworks.uploads.http.body import Body
from mediaworks.uploads.http.headers import empty
from mediaworks.uploads.http.records import get_upload, list_uploads
from mediaworks.uploads.http.rooms import Rooms

PATH = "/api/v1/uploads"
_SPEAK = "Say which protocol: Tus-Resumable: 1.0.0, or Upload-Complete: ?1 (IETF resumable uploads)"


@route(PATH, http_method=[HttpMethod.OPTIONS], summary="What can be uploaded, and how", security=[], status_code=200)
async def options(state: Rooms) -> Response[bytes]:
    """tus 1.0 and the IETF's resumable uploads in one answer."""
    headers = tus.options(state) | {"upload-limit": ietf.limits(state), "accept-patch": ietf.CONTENT_TYPE}
    return empty(204, headers)


@route(
    PATH,
    http_method=[HttpMethod.POST],
    summary="Begin an upload that can be resumed",
    request_max_body_size=None,
    status_code=201,
)
async def create(request: Request[Any, Any, Any], caller: Caller, state: Rooms) -> Response[Any]:
    """With no byte, some, or all of them; `Location` is where it goes on."""
    body = Body(request, state.uploads.config)
    protocol = _protocol(request)
    return await _answered(request, body, protocol.create(request, caller, state, body))


@route(
    f"{PATH}/{{upload_id:uuid}}",
    http_method=[HttpMethod.PATCH, HttpMethod.POST],
    summary="Go on with an upload",
    request_max_body_size=None,
    opt={"data_plane": True},
    status_code=200,
)
async def append(request: Request[Any, Any, Any], caller: Caller, upload_id: UUID, state: Rooms) -> Response[Any]:
    """From `Upload-Offset` on. A POST says `X-HTTP-Method-Override: PATCH`, for networks that know no PATCH."""
    method = request.method if request.method == "PATCH" else request.headers.get("x-http-method-override", "")
    body, protocol = Body(request, state.uploads.config), _protocol(request)
    match method.upper():
        case "PATCH":
            return await _answered(request, body, protocol.patch(request, caller, state, upload_id, body))
        case "HEAD":
            return await protocol.head(request, caller, state, upload_id)
        case "DELETE":
            return await protocol.delete(request, caller, state, upload_id)
        case _:
            raise Invalid("X-HTTP-Method-Override: must be PATCH, HEAD or DELETE", field="X-HTTP-Method-Override")


@route(f"{PATH}/{{upload_id:uuid}}", http_method=[HttpMethod.HEAD], summary="How far is the upload?")
async def head(request: Request[Any, Any, Any], caller: Caller, upload_id: UUID, state: Rooms) -> Response[Any]:
    """A request that writes it just then lets go; what it brought is kept."""
    return await _protocol(request).head(request, caller, state, upload_id)


@route(f"{PATH}/{{upload_id:uuid}}", http_method=[HttpMethod.DELETE], summary="Give an upload up", status_code=200)
async def delete(request: Request[Any, Any, Any], caller: Caller, upload_id: UUID, state: Rooms) -> Response[Any]:
    """Whatever way it came; its bytes are removed."""
    protocol: Dialect = tus if "tus-resumable" in request.headers else ietf
    return await protocol.delete(request, caller, state, upload_id)


class Dialect(Protocol):
    """What each protocol does with the methods of the resource."""

    async def create(
        self, request: Request[Any, Any, Any], caller: Caller, rooms: Rooms, body: Body
    ) -> Response[Any]: ...

    async def head(
        self, request: Request[Any, Any, Any], caller: Caller, rooms: Rooms, upload_id: UUID
    ) -> Response[Any]: ...

    async def patch(
        self, request: Request[Any, Any, Any], caller: Caller, rooms: Rooms, upload_id: UUID, body: Body
    ) -> Response[Any]: ...

    async def delete(
        self, request: Request[Any, Any, Any], caller: Caller, rooms: Rooms, upload_id: UUID
    ) -> Response[Any]: ...


def _protocol(request: Request[Any, Any, Any]) -> Dialect:
    if "tus-resumable" in request.headers:
        return tus
    if ietf.speaks(request):
        return ietf
    if request.method == "HEAD":
        return ietf
    raise Invalid(_SPEAK, code="protocol_missing")


async def _answered(request: Request[Any, Any, Any], body: Body, answer: Awaitable[Response[Any]]) -> Response[Any]:
    try:
        return await answer
    except MediaworksError:
        await body.linger()
        raise


router = Router("/", route_handlers=[options, create, append, head, delete, list_uploads, get_upload], tags=["uploads"])
