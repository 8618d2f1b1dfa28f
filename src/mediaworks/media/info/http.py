"""The route to what is known of a file."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response, Router, get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter as Query

from mediaworks.accounts import Caller
from mediaworks.kit.paging import require_between
from mediaworks.media.info.view import InfoView, info_view
from mediaworks.media.service import MediaLibrary
from mediaworks.media.sound.model import LOUDNESS

MOST_COLOURS = 16
MOST_BINS = 256


class Rooms(State):
    """What this route works with."""

    library: MediaLibrary


@get(
    "/{media_id:uuid}/info",
    summary="What is known of a file and of what it shows",
    responses={200: ResponseSpec(InfoView, description="What is known", generate_examples=False)},
)
async def get_info(
    request: Request[Any, Any, Any],
    caller: Caller,
    media_id: UUID,
    state: Rooms,
    colours: Annotated[int, Query(description="Colours of the palette, 1 to 16")] = 6,
    bins: Annotated[int, Query(description="Ranges of the histogram, 1 to 256")] = MOST_BINS,
) -> Response[bytes]:
    """Format, colours, EXIF, IPTC, XMP, place; palette, histogram, sharpness, hashes; of sound codec, rates,
    tags, loudness. With `If-None-Match` 304 while nothing
    has changed."""
    require_between("colours", colours, MOST_COLOURS)
    require_between("bins", bins, MOST_BINS)
    media, facts = await state.library.facts(caller, media_id)
    heard = "-heard" if LOUDNESS in facts else ""
    headers = {"etag": f'"{media.version}-{colours}-{bins}{heard}"', "cache-control": "private, no-cache"}
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    body = msgspec.json.encode(info_view(media, facts, colours=colours, bins=bins))
    return Response(body, headers=headers, media_type=MediaType.JSON)


router = Router("/api/v1/media", route_handlers=[get_info], tags=["media"])
