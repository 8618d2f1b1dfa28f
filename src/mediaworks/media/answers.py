"""A media object as an answer whose entity tag is its version, and the condition that names one."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import MediaType, Request, Response

from mediaworks.media.model import Media
from mediaworks.media.view import Links, media_view


def versioned(media: Media, links: Links, *, status_code: int = 200) -> Response[bytes]:
    body = msgspec.json.encode(media_view(media, links))
    headers = {"etag": f'"{media.version}"', "cache-control": "no-store"}
    return Response(body, status_code=status_code, headers=headers, media_type=MediaType.JSON)


def if_match(request: Request[Any, Any, Any]) -> int | None:
    """The version that the caller last saw; None when any will do, -1 when it can be none."""
    given = request.headers.get("if-match")
    if given is None or given.strip() == "*":
        return None
    text = given.strip().strip('"')
    if not text.isascii() or not text.isdigit():
        return -1
    return int(text)
