"""Routes for sharing a media object with users and groups."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, delete, get, post
from litestar.datastructures import State
from litestar.params import QueryParameter as Query

from mediaworks.accounts import Caller
from mediaworks.media.sharing.model import Recipient, Share, SharePage
from mediaworks.media.sharing.service import Sharing


class Rooms(State):
    """What these routes work with."""

    sharing: Sharing


@post("/", summary="Share a media object")
async def share_media(caller: Caller, media_id: UUID, data: Recipient, state: Rooms) -> Response[Share]:
    """With `user_id` or with `group_id`, to `view` or to `edit`. With the same again, the access changes (200)."""
    share, is_new = await state.sharing.share(caller, media_id, data)
    return Response(share, status_code=201 if is_new else 200)


@get("/", summary="With whom a media object is shared")
async def list_shares(
    caller: Caller,
    media_id: UUID,
    state: Rooms,
    limit: Annotated[int, Query(description="Shares on a page")] = 50,
    cursor: Annotated[UUID | None, Query(description="`next_cursor` of the page before")] = None,
) -> SharePage:
    """For its owner."""
    return await state.sharing.list(caller, media_id, after=cursor, limit=limit)


@delete("/{share_id:uuid}", summary="End a share")
async def end_share(caller: Caller, media_id: UUID, share_id: UUID, state: Rooms) -> None:
    """For its owner. Signed links that were handed out before stay good until they expire."""
    await state.sharing.end(caller, media_id, share_id)


router = Router(
    "/api/v1/media/{media_id:uuid}/shares",
    route_handlers=[share_media, list_shares, end_share],
    tags=["sharing"],
)
