from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.media.contents import Content
from mediaworks.media.model import Media


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """What a media object is or was: its bytes, sizes in bytes and pixels, and how they were made of those before.
    `number` counts from 1; the highest is what the object is now."""

    number: int
    storage_key: str
    sha256: str
    size_bytes: int
    mime_type: str
    extension: str
    width: int | None
    height: int | None
    recipe: dict[str, Any] | None
    created_at: datetime


class NewVersion(msgspec.Struct, frozen=True, kw_only=True):
    """What a media object is to become. `made_from`: the storage key of the bytes that it was made of."""

    content: Content
    mime_type: str
    extension: str
    width: int | None
    height: int | None
    recipe: dict[str, Any]
    made_from: str


class VersionView(msgspec.Struct, kw_only=True):
    """A version as callers see it; `download` needs a key."""

    number: int
    is_current: bool
    mime_type: str
    size_bytes: int
    sha256: str
    width: int | None
    height: int | None
    recipe: dict[str, Any] | None
    created_at: datetime
    download: str


class VersionPage(msgspec.Struct):
    items: list[VersionView]
    next_cursor: int | None


def first_of(media: Media) -> Version:
    """What an object is that was never anything else."""
    return Version(
        number=1,
        storage_key=media.storage_key,
        sha256=media.sha256,
        size_bytes=media.size_bytes,
        mime_type=media.mime_type,
        extension=media.extension,
        width=media.width,
        height=media.height,
        recipe=media.recipe,
        created_at=media.created_at,
    )


def version_view(media_id: UUID, version: Version, *, is_current: bool) -> VersionView:
    return VersionView(
        number=version.number,
        is_current=is_current,
        mime_type=version.mime_type,
        size_bytes=version.size_bytes,
        sha256=version.sha256,
        width=version.width,
        height=version.height,
        recipe=version.recipe,
        created_at=version.created_at,
        download=f"/api/v1/media/{media_id}/versions/{version.number}/download",
    )
