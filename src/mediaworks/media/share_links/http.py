"""Routes for the links to a media object; `delivery` opens them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Router, delete, get, post
from litestar.datastructures import State
from litestar.params import QueryParameter as Query

from mediaworks.accounts import Caller
from mediaworks.media.share_links.model import LinkPage, LinkRequest, NewShareLink, ShareLink
from mediaworks.media.share_links.service import ShareLinks


class Rooms(State):
    """What these routes work with."""

    share_links: ShareLinks


@post("/", summary="Make a link that anybody may open")
async def create_link(caller: Caller, media_id: UUID, data: LinkRequest, state: Rooms) -> NewShareLink:
    """The answer shows its address this once. For the owner of the media object."""
    return await state.share_links.create(caller, media_id, data)


@get("/", summary="The links to a media object")
async def list_links(
    caller: Caller,
    media_id: UUID,
    state: Rooms,
    limit: Annotated[int, Query(description="Links on a page")] = 50,
    cursor: Annotated[UUID | None, Query(description="`next_cursor` of the page before")] = None,
) -> LinkPage:
    """For its owner: those that are over too."""
    return await state.share_links.list(caller, media_id, after=cursor, limit=limit)


@delete("/{link_id:uuid}", summary="Revoke a link", status_code=200)
async def revoke_link(caller: Caller, media_id: UUID, link_id: UUID, state: Rooms) -> ShareLink:
    """It opens nothing any more. For the owner of the media object."""
    return await state.share_links.revoke(caller, media_id, link_id)


router = Router(
    "/api/v1/media/{media_id:uuid}/links",
    route_handlers=[create_link, list_links, revoke_link],
    tags=["sharing"],
)
