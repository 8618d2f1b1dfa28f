"""A media object as callers see it: ours in snake_case, with the names that the first contract promised beside them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NotRequired, Protocol, TypedDict, runtime_checkable
from uuid import UUID

from mediaworks.media.model import Access, Media, Page, Processing, Status, Variant, Visibility
from mediaworks.media.similar.model import APPEARANCE
from mediaworks.processing import Kind

API = "/api/v1/media"


class ThumbnailView(TypedDict):
    """A picture made from the original; its address needs no key and expires."""

    name: str
    mime_type: str
    width: int
    height: int
    size_bytes: int
    url: str


class ThumbnailsView(TypedDict):
    items: list[ThumbnailView]


class LinksView(TypedDict):
    """`original` needs no key until `expires_at`; the others need one."""

    self: str
    original: str
    download: str
    metadata: str
    thumbnails: str
    expires_at: datetime


class MediaView(TypedDict):
    """A media object: sizes in pixels and bytes, duration in seconds; `access`: what the caller
    may do with it; `parent_id` and `recipe`: what it was made of, and how. The last eight are the first contract's names."""

    id: UUID
    user_id: UUID
    status: Status
    kind: Kind
    original_name: str
    mime_type: str
    size_bytes: int
    sha256: str
    width: int | None
    height: int | None
    duration: float | None
    fps: float | None
    blurhash: str | None
    thumbhash: str | None
    dominant_color: str | None
    visibility: Visibility
    tags: tuple[str, ...]
    metadata: dict[str, Any]
    processing_status: Processing
    processing_error: dict[str, Any] | None
    view_count: int
    download_count: int
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    duplicate_of: UUID | None
    parent_id: UUID | None
    recipe: dict[str, Any] | None
    request_number: str | None
    quarantine: str | None
    expires_at: datetime | None
    access: Access
    thumbnails: list[ThumbnailView]
    links: LinksView
    media_id: UUID
    url: str
    thumbnail_url: str | None
    filename: str
    original_filename: str
    file_size: int
    media_type: Kind
    is_public: bool


class PageView(TypedDict):
    """One page of a list. `total` only when it was asked for; `media`, `limit`, `offset` only with an offset."""

    items: list[MediaView]
    next_cursor: str | None
    total: NotRequired[int]
    media: NotRequired[list[MediaView]]
    limit: NotRequired[int]
    offset: NotRequired[int]


@runtime_checkable
class Links(Protocol):
    """Makes addresses under which a media object's bytes can be fetched without a key, for a while."""

    def original(self, media: Media) -> str: ...

    def variant(self, media: Media, variant: Variant) -> str: ...

    def public(self, media_id: UUID, name: str) -> str:
        """Where an original can be had by everybody, once it is there and not private."""

    def expires_at(self) -> datetime: ...


def media_view(media: Media, links: Links) -> MediaView:
    thumbnails = [thumbnail_view(media, variant, links) for variant in media.thumbnails]
    original = links.original(media)
    return {
        "id": media.id,
        "user_id": media.user_id,
        "status": media.status,
        "kind": media.kind,
        "original_name": media.original_name,
        "mime_type": media.mime_type,
        "size_bytes": media.size_bytes,
        "sha256": media.sha256,
        "width": media.width,
        "height": media.height,
        "duration": media.duration,
        "fps": media.fps,
        "blurhash": media.blurhash,
        "thumbhash": media.thumbhash,
        "dominant_color": media.dominant_color,
        "visibility": media.visibility,
        "tags": media.tags,
        "metadata": media.metadata,
        "processing_status": media.processing_status,
        "processing_error": media.processing_error,
        "view_count": media.view_count,
        "download_count": media.download_count,
        "version": media.version,
        "created_at": media.created_at,
        "updated_at": media.updated_at,
        "deleted_at": media.deleted_at,
        "duplicate_of": media.duplicate_of,
        "parent_id": media.parent_id,
        "recipe": media.recipe,
        "request_number": media.request_number,
        "quarantine": media.quarantine,
        "expires_at": media.expires_at,
        "access": media.access,
        "thumbnails": thumbnails,
        "links": {
            "self": f"{API}/{media.id}",
            "original": original,
            "download": f"{API}/{media.id}/download",
            "metadata": f"{API}/{media.id}/metadata",
            "thumbnails": f"{API}/{media.id}/thumbnails",
            "expires_at": links.expires_at(),
        },
        "media_id": media.id,
        "url": original,
        "thumbnail_url": thumbnails[0]["url"] if thumbnails else None,
        "filename": media.original_name,
        "original_filename": media.original_name,
        "file_size": media.size_bytes,
        "media_type": media.kind,
        "is_public": media.visibility is Visibility.PUBLIC,
    }


def thumbnail_view(media: Media, variant: Variant, links: Links) -> ThumbnailView:
    return {
        "name": variant.name,
        "mime_type": variant.mime_type,
        "width": variant.width,
        "height": variant.height,
        "size_bytes": variant.size_bytes,
        "url": links.variant(media, variant),
    }


def page_view(page: Page, links: Links) -> PageView:
    shown = PageView(items=[media_view(media, links) for media in page.items], next_cursor=page.next_cursor)
    if page.total is not None:
        shown["total"] = page.total
    return shown


def metadata_view(media: Media, facts: dict[str, Any]) -> dict[str, Any]:
    """Everything that was found in the file, and what its owner wrote beside it; what its pixels show is in `info`."""
    return {
        "id": media.id,
        "kind": media.kind,
        "mime_type": media.mime_type,
        "size_bytes": media.size_bytes,
        "sha256": media.sha256,
        "width": media.width,
        "height": media.height,
        "duration": media.duration,
        "fps": media.fps,
        "blurhash": media.blurhash,
        "thumbhash": media.thumbhash,
        "dominant_color": media.dominant_color,
        "processing_status": media.processing_status,
        "processing_error": media.processing_error,
        "metadata": media.metadata,
        **{name: value for name, value in facts.items() if name != APPEARANCE},
    }
