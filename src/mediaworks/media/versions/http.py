"""Routes for what a media object was before; `delivery` sends the bytes."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, delete, get, post
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter as Query

from mediaworks.accounts import Caller
from mediaworks.media.answers import if_match, versioned
from mediaworks.media.versions.model import VersionPage, version_view
from mediaworks.media.versions.service import Versions
from mediaworks.media.view import Links, MediaView

ONE = ResponseSpec(MediaView, description="The media object", generate_examples=False)


class Rooms(State):
    """What these routes work with."""

    versions: Versions
    links: Links


@get("/", summary="What a media object is, and was before")
async def list_versions(
    caller: Caller,
    media_id: UUID,
    state: Rooms,
    limit: Annotated[int, Query(description="Versions on a page")] = 50,
    cursor: Annotated[int | None, Query(description="`next_cursor` of the page before")] = None,
) -> VersionPage:
    """The newest first. For who may edit it: a version may show what a later one hides."""
    found = await state.versions.list(caller, media_id, before=cursor, limit=limit)
    items = [version_view(media_id, one, is_current=cursor is None and one is found[0]) for one in found]
    return VersionPage(items, found[-1].number if len(found) == limit else None)


@post("/{number:int}/restore", summary="Make a version current again", status_code=200, responses={200: ONE})
async def restore_version(
    request: Request[Any, Any, Any], caller: Caller, media_id: UUID, number: int, state: Rooms
) -> Response[bytes]:
    """As a new version; none is lost. Understands `If-Match`."""
    media = await state.versions.restore(caller, media_id, number, if_version=if_match(request))
    return versioned(media, state.links)


@delete("/{number:int}", summary="Remove a version for good")
async def delete_version(
    request: Request[Any, Any, Any], caller: Caller, media_id: UUID, number: int, state: Rooms
) -> None:
    """Its bytes no longer count to the quota. For the owner; what the object is now stays. Understands `If-Match`."""
    await state.versions.delete(caller, media_id, number, if_version=if_match(request))


router = Router(
    "/api/v1/media/{media_id:uuid}/versions",
    route_handlers=[list_versions, restore_version, delete_version],
    tags=["media"],
)
