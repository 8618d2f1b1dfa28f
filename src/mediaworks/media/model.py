from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.processing import Kind


class Status(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    QUARANTINED = "quarantined"
    DELETED = "deleted"


class Visibility(StrEnum):
    """Who may look beside the owner and those it is shared with: nobody; anybody who knows the delivery address; these
    and, in the API, every caller who knows the id."""

    PRIVATE = "private"
    UNLISTED = "unlisted"
    PUBLIC = "public"


class Access(StrEnum):
    """What somebody may do with a media object: look at it; change name, tags and metadata as well; everything."""

    VIEW = "view"
    EDIT = "edit"
    OWNER = "owner"


class Processing(StrEnum):
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class Role(StrEnum):
    """What a variant is for: to be looked at in lists; to cut other pictures from; asked for by name;
    the peaks of its sound."""

    THUMBNAIL = "thumbnail"
    MASTER = "master"
    RENDITION = "rendition"
    WAVEFORM = "waveform"


class Variant(msgspec.Struct, frozen=True):
    """Something derived from the original and stored beside it; sizes in pixels and bytes."""

    name: str
    mime_type: str
    width: int
    height: int
    size_bytes: int
    sha256: str
    storage_key: str
    role: Role = Role.THUMBNAIL


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A media object. `metadata` is what its owner wrote; duration in seconds, size in bytes; `duplicate_of`: the owner's
    first object with the same bytes; `quarantine`: why nobody may have the bytes; `expires_at`: when it is deleted; `access`:
    what whoever asked may do with it; `parent_id` and `recipe`: from which object it was made, and how."""

    id: UUID
    user_id: UUID
    status: Status
    kind: Kind
    original_name: str
    mime_type: str
    extension: str
    size_bytes: int
    sha256: str
    storage_key: str
    width: int | None
    height: int | None
    duration: float | None
    fps: float | None
    blurhash: str | None
    thumbhash: str | None
    dominant_color: str | None
    metadata: dict[str, Any]
    visibility: Visibility
    tags: tuple[str, ...]
    processing_status: Processing
    processing_error: dict[str, Any] | None
    version: int
    view_count: int
    download_count: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    duplicate_of: UUID | None = None
    request_number: str | None = None
    quarantine: str | None = None
    expires_at: datetime | None = None
    parent_id: UUID | None = None
    recipe: dict[str, Any] | None = None
    variants: tuple[Variant, ...] = ()
    access: Access = Access.OWNER

    @property
    def thumbnails(self) -> tuple[Variant, ...]:
        return tuple(variant for variant in self.variants if variant.role is Role.THUMBNAIL)


class NewMedia(msgspec.Struct, frozen=True, kw_only=True):
    """What an upload knows of the object that it makes; its blob is already safe under `storage_key`."""

    id: UUID
    user_id: UUID
    kind: Kind
    original_name: str
    mime_type: str
    extension: str
    size_bytes: int
    sha256: str
    storage_key: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    fps: float | None = None
    visibility: Visibility = Visibility.PRIVATE
    tags: tuple[str, ...] = ()
    metadata: dict[str, Any] = {}
    request_number: str | None = None
    quarantine: str | None = None
    expires_at: datetime | None = None
    duplicate_of: UUID | None = None
    parent_id: UUID | None = None
    recipe: dict[str, Any] | None = None


class Changes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be changed, the visibility by the owner alone; a field left out stays."""

    original_name: str | msgspec.UnsetType = msgspec.UNSET
    tags: list[str] | msgspec.UnsetType = msgspec.UNSET
    visibility: Visibility | msgspec.UnsetType = msgspec.UNSET
    metadata: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


class Page(msgspec.Struct, frozen=True):
    """One page of a list; `next_cursor` is None on the last. `total` only when it was asked for."""

    items: tuple[Media, ...]
    next_cursor: str | None
    total: int | None = None
