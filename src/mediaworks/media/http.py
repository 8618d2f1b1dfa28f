"""Routes for media objects."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, delete, get, patch, post
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import Body
from litestar.params import QueryParameter as Query

from mediaworks.accounts import Caller
from mediaworks.errors import Invalid
from mediaworks.jobs.view import JobView, job_view
from mediaworks.kit.moments import in_utc
from mediaworks.media.answers import if_match, versioned
from mediaworks.media.batches import Action, MediaBatches
from mediaworks.media.listing import Filter, Sort, seen_by
from mediaworks.media.model import Changes, Processing, Status, Visibility
from mediaworks.media.service import MediaLibrary
from mediaworks.media.view import (
    Links,
    MediaView,
    PageView,
    ThumbnailsView,
    media_view,
    metadata_view,
    page_view,
    thumbnail_view,
)  # fmt: skip
from mediaworks.processing import Kind

ONE = ResponseSpec(MediaView, description="The media object", generate_examples=False)


class Purged(msgspec.Struct):
    """What is gone for good."""

    id: UUID
    status: Literal["purged"]


class Rooms(State):
    """What these routes work with."""

    library: MediaLibrary
    links: Links
    batches: MediaBatches


@get("/", summary="List media")
async def list_media(
    caller: Caller,
    state: Rooms,
    limit: Annotated[int, Query(description="Objects on a page")] = 50,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before")] = None,
    offset: Annotated[int | None, Query(description="Skip so many; the answer then carries `total`")] = None,
    total: Annotated[bool, Query(description="Count all that fit the filter")] = False,
    sort: Annotated[Sort, Query(description="A minus turns the order round")] = Sort.NEWEST,
    kind: Kind | None = None,
    media_type: Annotated[Kind | None, Query(description="The first contract's word for `kind`")] = None,
    status: Annotated[
        str | None, Query(description="`active`, `quarantined`, `deleted`, or how far processing is")
    ] = None,
    tag: Annotated[list[str] | None, Query(description="Every tag given must be there")] = None,
    visibility: Visibility | None = None,
    name: Annotated[str | None, Query(description="A part of the name")] = None,
    created_after: datetime | None = None,
    created_before: datetime | None = None,
    min_size: int | None = None,
    max_size: int | None = None,
    request_number: Annotated[str | None, Query(description="The number given with the upload")] = None,
    parent: Annotated[UUID | None, Query(description="Only what was made of this object")] = None,
    whose: Annotated[
        Literal["all", "own", "shared"],
        Query(
            name="scope",
            description="`shared`: what others share with you; `all`: everybody's, for administrators and services",
        ),
    ] = "own",
) -> PageView:
    """Pages by keyset: follow `next_cursor`, and any page costs the same."""
    wanted = Filter(
        **seen_by(caller, whose),
        kind=kind or media_type,
        tags=tuple(tag or ()),
        visibility=visibility,
        name=name,
        created_after=in_utc(created_after, "created_after"),
        created_before=in_utc(created_before, "created_before"),
        min_size=min_size,
        max_size=max_size,
        request_number=request_number,
        parent=parent,
        **_status(status),
    )
    page = await state.library.list(
        caller,
        wanted,
        sort,
        limit=limit,
        cursor=cursor,
        offset=offset or 0,
        total=total or offset is not None,
    )
    shown = page_view(page, state.links)
    if offset is not None:
        shown |= {"media": shown["items"], "limit": limit, "offset": offset}
    return shown


@get("/{media_id:uuid}", summary="One media object", responses={200: ONE})
async def get_media(caller: Caller, media_id: UUID, state: Rooms) -> Response[bytes]:
    """With links to original and thumbnails that need no key and expire."""
    media = await state.library.get(caller, media_id)
    state.library.count_view(media_id)
    return versioned(media, state.links)


@get("/{media_id:uuid}/metadata", summary="All that was found in the file")
async def get_metadata(caller: Caller, media_id: UUID, state: Rooms) -> dict[str, Any]:
    """EXIF, IPTC, XMP, GPS, colours and palette; container, streams, codecs and tags."""
    return metadata_view(*await state.library.facts(caller, media_id))


@get("/{media_id:uuid}/thumbnails", summary="The thumbnails of a media object")
async def get_thumbnails(caller: Caller, media_id: UUID, state: Rooms) -> ThumbnailsView:
    media = await state.library.get(caller, media_id)
    return {"items": [thumbnail_view(media, variant, state.links) for variant in media.thumbnails]}


@patch("/{media_id:uuid}", summary="Change name, tags, visibility or metadata", responses={200: ONE})
async def change_media(
    request: Request[Any, Any, Any],
    caller: Caller,
    media_id: UUID,
    data: Changes,
    state: Rooms,
) -> Response[bytes]:
    """With `If-Match: "<version>"` only when nobody changed it meanwhile (412 otherwise)."""
    return versioned(await state.library.change(caller, media_id, data, if_version=if_match(request)), state.links)


@delete("/{media_id:uuid}", summary="Delete a media object", status_code=200)
async def delete_media(
    request: Request[Any, Any, Any],
    caller: Caller,
    media_id: UUID,
    state: Rooms,
    purge: Annotated[bool, Query(description="Remove row and bytes for good, now")] = False,
) -> MediaView | Purged:
    """Soft: it can be restored until the retention time is over."""
    if purge:
        await state.library.purge(caller, media_id)
        return Purged(media_id, "purged")
    return media_view(await state.library.delete(caller, media_id, if_version=if_match(request)), state.links)


class BatchRequest(msgspec.Struct, forbid_unknown_fields=True):
    """What to do to up to 1,000 media objects; `changes` go with `update`."""

    action: Action
    ids: list[Annotated[str, msgspec.Meta(max_length=100)]]
    changes: Changes | None = None


@post("/batch", summary="Do the same to many media objects", status_code=202)
async def batch(
    caller: Caller,
    data: Annotated[BatchRequest, Body(examples=[Example(value={"action": "delete", "ids": ["0190f0c0-…"]})])],
    state: Rooms,
) -> JobView:
    """Answers at once with the job that does it. Each id has an outcome of its own, at `/api/v1/jobs/{id}/items`."""
    return job_view(await state.batches.order(caller, data.action, data.ids, data.changes))


@post("/{media_id:uuid}/restore", summary="Bring a deleted media object back", status_code=200, responses={200: ONE})
async def restore_media(caller: Caller, media_id: UUID, state: Rooms) -> Response[bytes]:
    return versioned(await state.library.restore(caller, media_id), state.links)


@post(
    "/{media_id:uuid}/release",
    summary="Let a media object out of quarantine",
    status_code=200,
    responses={200: ONE},
)
async def release_media(caller: Caller, media_id: UUID, state: Rooms) -> Response[bytes]:
    """For administrators: a check was wrong, and the bytes may be had."""
    return versioned(await state.library.release(caller, media_id), state.links)


def _status(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    if text == "deleted":
        return {"deleted": True}
    if text in {Status.ACTIVE, Status.QUARANTINED}:
        return {"status": Status(text)}
    if text in set(Processing):
        return {"processing_status": text}
    allowed = ["active", "quarantined", "deleted", *Processing]
    raise Invalid(f"status: must be one of {', '.join(allowed)}", field="status", allowed=allowed)


router = Router(
    "/api/v1/media",
    route_handlers=[
        list_media, get_media, get_metadata, get_thumbnails, change_media, delete_media, restore_media, batch,
        release_media,
    ],
    tags=["media"],
)  # fmt: skip
