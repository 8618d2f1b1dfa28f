"""The route for multipart uploads."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, post
from litestar.openapi.datastructures import ResponseSpec

from mediaworks.accounts import Caller
from mediaworks.errors import Invalid, MediaworksError
from mediaworks.media import Links, Media, MediaView, media_view
from mediaworks.uploads.form import Form
from mediaworks.uploads.http.body import Body
from mediaworks.uploads.http.openapi import UploadOperation
from mediaworks.uploads.http.rooms import Rooms
from mediaworks.uploads.intake import take_in
from mediaworks.uploads.model import Protocol

FORM_OVERHEAD = 1 << 20


@post(
    "/api/v1/media/upload",
    summary="Upload one file or several",
    request_max_body_size=None,
    tags=["media"],
    operation_class=UploadOperation,
    responses={201: ResponseSpec(MediaView, description="The media object", generate_examples=False)},
)
async def upload(request: Request[Any, Any, Any], caller: Caller, state: Rooms) -> Response[Any]:
    """Multipart with the field `file`, once or more, and optional fields `tags`, `visibility`, `metadata` (JSON).

    One file answers with its media object, several with `{items: […]}`: each a media object or `{error: …}`.
    """
    return _answer(await read_form(request, caller, state, Protocol.FORM, state.uploads.config.max_files), state.links)


async def read_form(
    request: Request[Any, Any, Any], caller: Caller, rooms: Rooms, protocol: Protocol, most: int
) -> list[Media | MediaworksError]:
    """The result of each file of the form. Raises what makes the whole request fail."""
    body = Body(request, rooms.uploads.config)
    try:
        await _check_before_reading(body, caller, rooms)
        form = Form(request.headers.get("content-type", ""), body.chunks())
        return await take_in(rooms.uploads.whole, caller, form, protocol, most)
    except MediaworksError:
        await body.linger()
        raise


async def _check_before_reading(body: Body, caller: Caller, rooms: Rooms) -> None:
    if body.declared_size is None:
        return
    size = max(0, body.declared_size - FORM_OVERHEAD)
    rooms.uploads.records.check_length(caller, size)
    await rooms.accounts.require_room(caller, size)


def _answer(results: list[Media | MediaworksError], links: Links) -> Response[Any]:
    if not results:
        raise Invalid("file: the form has no field `file` with a file in it", code="missing_file", field="file")
    if len(results) == 1:
        if isinstance(results[0], MediaworksError):
            raise results[0]
        return Response(media_view(results[0], links), status_code=201)
    items = [_item(result, links) for result in results]
    refused = [result.status for result in results if isinstance(result, MediaworksError)]
    return Response({"items": items}, status_code=refused[0] if len(refused) == len(results) else 201)


def _item(result: Media | MediaworksError, links: Links) -> MediaView | dict[str, Any]:
    if isinstance(result, MediaworksError):
        return {"error": {"status": result.status, "code": result.code, "detail": result.detail, **result.facts}}
    return media_view(result, links)


router = Router("/", route_handlers=[upload])
