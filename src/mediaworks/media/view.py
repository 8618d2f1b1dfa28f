"""A media object as callers see it: ours in snake_case, with the names that the first contract promised beside them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from mediaworks.media.model import Media, Page, Variant, Visibility

API = "/api/v1/media"


@runtime_checkable
class Links(Protocol):
    """Makes addresses under which a media object's bytes can be fetched without a key, for a while."""

    def original(self, media: Media) -> str: ...

    def variant(self, media: Media, variant: Variant) -> str: ...

    def expires_at(self) -> datetime: ...


def media_view(media: Media, links: Links) -> dict[str, Any]:
    thumbnails = [thumbnail_view(media, variant, links) for variant in media.variants]
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
        "thumbnails": thumbnails,
        "links": {
            "self": f"{API}/{media.id}",
            "original": original,
            "download": f"{API}/{media.id}/download",
            "metadata": f"{API}/{media.id}/metadata",
            "thumbnails": f"{API}/{media.id}/thumbnails",
            "expires_at": links.expires_at(),
        },
        **_first_contract(media, original, thumbnails),
    }


def thumbnail_view(media: Media, variant: Variant, links: Links) -> dict[str, Any]:
    return {
        "name": variant.name,
        "mime_type": variant.mime_type,
        "width": variant.width,
        "height": variant.height,
        "size_bytes": variant.size_bytes,
        "url": links.variant(media, variant),
    }


def page_view(page: Page, links: Links) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "items": [media_view(media, links) for media in page.items],
        "next_cursor": page.next_cursor,
    }
    return shown if page.total is None else shown | {"total": page.total}


def metadata_view(media: Media, facts: dict[str, Any]) -> dict[str, Any]:
    """Everything that was found in the file, and what its owner wrote beside it."""
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
        **facts,
    }


def _first_contract(media: Media, original: str, thumbnails: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "media_id": media.id,
        "url": original,
        "thumbnail_url": thumbnails[0]["url"] if thumbnails else None,
        "filename": media.original_name,
        "original_filename": media.original_name,
        "file_size": media.size_bytes,
        "media_type": media.kind,
        "is_public": media.visibility is Visibility.PUBLIC,
    }
