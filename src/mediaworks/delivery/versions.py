"""What a media object was before, as a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import HttpMethod, Request, Router, route
from litestar.datastructures import State

from mediaworks.accounts import Caller
from mediaworks.media.labels import retyped
from mediaworks.media.sending.blobs import Blob, BlobResponse
from mediaworks.media.versions.service import Versions
from mediaworks.storage import BlobStore


class Rooms(State):
    """What these routes work with."""

    versions: Versions
    store: BlobStore


@route(
    "/api/v1/media/{media_id:uuid}/versions/{number:int}/download",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    summary="Download a version",
    tags=["media"],
)
async def download_version(
    request: Request[Any, Any, Any], caller: Caller, media_id: UUID, number: int, state: Rooms
) -> BlobResponse:
    """For who may edit the media object; streams like the download of the original."""
    media, version = await state.versions.get(caller, media_id, number)
    same_type = version.mime_type == media.mime_type
    blob = Blob(
        key=version.storage_key,
        size=version.size_bytes,
        sha256=version.sha256,
        modified=version.created_at,
        mime_type=version.mime_type,
        name=media.original_name if same_type else retyped(media.original_name, version.extension),
        inline=False,
        cache_control="private, no-cache",
    )
    return BlobResponse(request, state.store, blob)


router = Router("/", route_handlers=[download_version], tags=["delivery"])
