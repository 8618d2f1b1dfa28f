"""What is behind a share link: the file, or the question for its password."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import HttpMethod, MediaType, Request, Response, Router, post, route
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body

from mediaworks.delivery.config import DeliveryConfig
from mediaworks.delivery.http import original_blob
from mediaworks.delivery.password_page import HEADERS, password_page
from mediaworks.errors import MediaworksError, PasswordNeeded, TooManyTries
from mediaworks.media import Media, MediaLibrary
from mediaworks.media.sending.blobs import BlobResponse
from mediaworks.media.share_links.model import ShareLink
from mediaworks.media.share_links.service import ShareLinks
from mediaworks.storage import BlobStore

FORM_BYTES = 8192


class Rooms(State):
    """What these routes work with."""

    share_links: ShareLinks
    library: MediaLibrary
    store: BlobStore
    delivery_config: DeliveryConfig


class PasswordForm(msgspec.Struct):
    """What the page that asks for the password sends."""

    password: str = ""


@route(
    "/s/{token:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], summary="The file behind a share link", security=[]
)
async def open_link(request: Request[Any, Any, Any], token: str, state: Rooms) -> Response[Any]:
    """With a password: in `X-Share-Password`. A link for so many downloads gives whole files only, and a HEAD is none of
    them."""
    return await _answer(request, token, _header(request), state)


@post(
    "/s/{token:str}",
    summary="The file behind a share link with a password",
    security=[],
    status_code=200,
    request_max_body_size=FORM_BYTES,
)
async def open_with_password(
    request: Request[Any, Any, Any],
    token: str,
    data: Annotated[PasswordForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
    state: Rooms,
) -> Response[Any]:
    """What the form of the page sends."""
    return await _answer(request, token, data.password, state)


async def _answer(request: Request[Any, Any, Any], token: str, password: str | None, state: Rooms) -> Response[Any]:
    try:
        link, media = await state.share_links.open(token, password)
    except (PasswordNeeded, TooManyTries) as question:
        if request.method == "HEAD" or "text/html" not in request.headers.get("accept", ""):
            raise
        return _page(question, asked_before=password is not None)
    response = _file(request, link, media, state)
    if request.method != "HEAD" and response.is_first:
        await state.share_links.count(link)
        state.library.count_download(media.id)
    return response


def _file(request: Request[Any, Any, Any], link: ShareLink, media: Media, state: Rooms) -> BlobResponse:
    is_for_all = link.max_downloads is None and not link.has_password
    blob = original_blob(media, state.delivery_config, cache="private, no-cache" if is_for_all else "no-store")
    if link.max_downloads is not None or request.method == "POST":
        blob = blob.as_whole()
    return BlobResponse(request, state.store, blob)


def _page(question: MediaworksError, *, asked_before: bool) -> Response[Any]:
    return Response(
        password_page(question.detail if asked_before else ""),
        status_code=question.status,
        media_type=MediaType.HTML,
        headers=HEADERS,
    )


def _header(request: Request[Any, Any, Any]) -> str | None:
    given = request.headers.get("x-share-password")
    return None if given is None else given.encode("latin-1").decode("utf-8", "replace")


router = Router("/", route_handlers=[open_link, open_with_password], tags=["delivery"])
