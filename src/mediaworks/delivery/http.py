"""Routes that send bytes: signed addresses at the root, and the download of a caller's own media."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from litestar import HttpMethod, Request, Router, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from mediaworks.accounts import Caller
from mediaworks.delivery.config import DeliveryConfig
from mediaworks.delivery.links import SignedLinks, file_name
from mediaworks.errors import Forbidden, NotFound
from mediaworks.media import Media, MediaLibrary, Role, Status, Variant, Visibility
from mediaworks.media.sending.blobs import Blob, BlobResponse
from mediaworks.storage import BlobStore


class Rooms(State):
    """What these routes work with."""

    library: MediaLibrary
    links: SignedLinks
    store: BlobStore
    delivery_config: DeliveryConfig


AnyRequest = Request[Any, Any, Any]
READ = [HttpMethod.GET, HttpMethod.HEAD]


@route("/f/{media_id:uuid}/{name:str}", http_method=READ, summary="An original under its signed address", security=[])
async def signed_original(request: AnyRequest, media_id: UUID, name: str, state: Rooms) -> BlobResponse:
    """Needs the query that `links.original` came with, unless the object is unlisted or public."""
    media = await _permitted(request, media_id, state)
    response = BlobResponse(request, state.store, original_blob(media, state.delivery_config, cache=_cache(media)))
    return _counted(request, response, media, state.library)


def _signed_variant(role: Role, address: str) -> HTTPRouteHandler:
    """The route of the variants in this role; `address`: which field of an answer has the address with its query."""

    @route(
        f"/f/{{media_id:uuid}}/{role}s/{{name:str}}",
        http_method=READ,
        summary=f"A {role} under its signed address",
        description=f"Needs the query that {address} came with, unless the object is unlisted or public.",
        security=[],
    )
    async def signed_variant(request: AnyRequest, media_id: UUID, name: str, state: Rooms) -> BlobResponse:
        media = await _permitted(request, media_id, state)
        return BlobResponse(request, state.store, _variant_blob(media, _variant(media, role, name)))

    return signed_variant


@route("/api/v1/media/{media_id:uuid}/download", http_method=READ, summary="Download an original", tags=["media"])
async def download(request: AnyRequest, caller: Caller, media_id: UUID, state: Rooms) -> BlobResponse:
    """Streams the file; understands Range, If-Range, If-None-Match, If-Match, If-Modified-Since, HEAD."""
    media = await state.library.get(caller, media_id)
    if media.status is Status.QUARANTINED:
        raise Forbidden(f"The file is in quarantine: {media.quarantine}", code="quarantined")
    blob = original_blob(media, state.delivery_config, cache="private, no-cache", saved=True)
    return _counted(request, BlobResponse(request, state.store, blob), media, state.library)


def original_blob(media: Media, config: DeliveryConfig, *, cache: str, saved: bool = False) -> Blob:
    return Blob(
        key=media.storage_key,
        size=media.size_bytes,
        sha256=media.sha256,
        modified=media.updated_at,
        mime_type=media.mime_type,
        name=media.original_name,
        inline=not saved and media.mime_type in config.inline_types,
        cache_control=cache,
    )


def _variant_blob(media: Media, variant: Variant) -> Blob:
    return Blob(
        key=variant.storage_key,
        size=variant.size_bytes,
        sha256=variant.sha256,
        modified=media.updated_at,
        mime_type=variant.mime_type,
        name=file_name(variant),
        inline=True,
        cache_control=_cache(media),
    )


async def _permitted(request: AnyRequest, media_id: UUID, state: Rooms) -> Media:
    query = request.scope["query_string"].decode("latin-1")
    if query:
        state.links.keyring.verify(request.scope["raw_path"].decode("latin-1"), query, time.time())
        return await state.library.shared(media_id)
    media = await state.library.shared(media_id)
    if media.visibility is Visibility.PRIVATE:
        raise NotFound("There is nothing under this address without its signature")
    return media


def _variant(media: Media, role: Role, name: str) -> Variant:
    for variant in media.variants:
        if variant.role is role and file_name(variant) == name:
            return variant
    raise NotFound(f"There is no such {role}")


def _cache(media: Media) -> str:
    return "private, max-age=3600" if media.visibility is Visibility.PRIVATE else "public, max-age=3600"


def _counted(request: AnyRequest, response: BlobResponse, media: Media, library: MediaLibrary) -> BlobResponse:
    if request.method == "GET" and response.is_first:
        library.count_download(media.id)
    return response


router = Router(
    "/",
    route_handlers=[
        signed_original,
        _signed_variant(Role.THUMBNAIL, "the thumbnail's `url`"),
        _signed_variant(Role.RENDITION, "the rendition's `url`"),
        download,
    ],
    tags=["delivery"],
)
