"""Routes for pictures that look alike."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Router, get
from litestar.datastructures import State
from litestar.params import QueryParameter as Query

from mediaworks.accounts import Caller
from mediaworks.media.similar.duplicates import NearDuplicates
from mediaworks.media.similar.service import SimilarPictures, Whose
from mediaworks.media.similar.view import FoundView, GroupsView, found_view, groups_view
from mediaworks.media.view import Links


class Rooms(State):
    """What these routes work with."""

    similar: SimilarPictures
    near_duplicates: NearDuplicates
    links: Links


@get("/{media_id:uuid}/similar", summary="Pictures that look like one")
async def list_similar(
    caller: Caller,
    media_id: UUID,
    state: Rooms,
    max_distance: Annotated[int, Query(description="Bits of 64 that may differ; beyond 20 little is alike")] = 16,
    limit: Annotated[int, Query(description="At most so many")] = 20,
    turned: Annotated[bool, Query(description="Also what is mirrored, or turned by right angles")] = False,
    whose: Annotated[
        Whose,
        Query(
            query="scope",
            description="`visible`: yours and what is shared with you; `own`; `shared`; `all`: everybody's, for "
            "administrators and services",
        ),
    ] = Whose.VISIBLE,
) -> FoundView:
    """By the Hamming distance of perceptual hashes (pHash), the nearest first."""
    found = await state.similar.similar(
        caller, media_id, whose=whose, max_distance=max_distance, limit=limit, turned=turned
    )
    return found_view(found, state.links)


@get("/near-duplicates", summary="Groups of nearly the same pictures")
async def list_near_duplicates(
    caller: Caller,
    state: Rooms,
    max_distance: Annotated[int, Query(description="Bits of 64 that neighbours may differ in, at most 10")] = 4,
    limit: Annotated[int, Query(description="Groups on a page")] = 20,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before")] = None,
) -> GroupsView:
    """Of your own pictures; each group with the one to keep: most pixels, then oldest. A page may be empty and have a next."""
    groups = await state.near_duplicates.groups(caller, max_distance=max_distance, limit=limit, cursor=cursor)
    return groups_view(groups, state.links)


router = Router("/api/v1/media", route_handlers=[list_similar, list_near_duplicates], tags=["similar pictures"])
