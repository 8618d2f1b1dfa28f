"""The route for multipart uploads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from litestar import Request, Response, Router, post
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec

from mediaworks.accounts import Accounts, Caller
from mediaworks.errors import ClientGone, Invalid, MediaworksError, TooLarge, TooSlow
from mediaworks.kit.quantities import readable_size
from mediaworks.media import Links, Media, MediaView, media_view
from mediaworks.uploads.config import UploadsConfig
from mediaworks.uploads.form import Form
from mediaworks.uploads.intake import take_in
from mediaworks.uploads.openapi import UploadOperation
from mediaworks.uploads.service import Uploads

FORM_OVERHEAD = 1 << 20
LINGER_SECONDS = 2.0


class Rooms(State):
    """What these routes work with."""

    uploads: Uploads
    accounts: Accounts
    links: Links


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
    body = Body(request, state.uploads.config)
    try:
        await _check_before_reading(request, caller, state)
        results = await take_in(state.uploads, caller, Form(request.headers.get("content-type", ""), body.chunks()))
    except MediaworksError:
        await body.linger()
        raise
    return _answer(results, state.links)


async def _check_before_reading(request: Request[Any, Any, Any], caller: Caller, state: Rooms) -> None:
    declared = request.headers.get("content-length")
    if declared is None:
        return
    limit = state.uploads.config.max_file_size
    if int(declared) > limit + FORM_OVERHEAD:
        raise TooLarge(
            f"file: {readable_size(int(declared))} were announced; {readable_size(limit)} are allowed",
            field="file",
            limit=limit,
        )
    await state.accounts.require_room(caller, max(0, int(declared) - FORM_OVERHEAD))


class Body:
    """The chunks of a request as the server hands them over, with a limit on pauses and on the whole."""

    def __init__(self, request: Request[Any, Any, Any], config: UploadsConfig) -> None:
        self._request = request
        self._config = config
        self._ended = False

    async def chunks(self) -> AsyncIterator[bytes]:
        """Raises ClientGone when the sender leaves, TooSlow when it pauses or takes too long."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._config.deadline_seconds
        while not self._ended:
            patience = min(self._config.idle_seconds, deadline - loop.time())
            try:
                async with asyncio.timeout(patience):
                    chunk = await self._next()
            except TimeoutError as slow:
                raise TooSlow(f"Nothing came for {patience:.0f} s, or the upload took too long") from slow
            if chunk:
                yield chunk

    async def linger(self) -> None:
        """Read past a bounded rest of a refused body, so that a sender who is still writing hears the answer."""
        if self._request.headers.get("expect") or self._ended:
            return
        left = int(self._config.skip_bytes)
        with suppress(TimeoutError, ClientGone):
            async with asyncio.timeout(LINGER_SECONDS):
                while left > 0 and not self._ended:
                    left -= len(await self._next())

    async def _next(self) -> bytes:
        event: Any = await self._request.receive()
        if event["type"] == "http.disconnect":
            self._ended = True
            raise ClientGone
        self._ended = not event.get("more_body", False)
        return bytes(event.get("body", b""))


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
