from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec


class LinkRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Conditions of a link; one that is left out does not hold. `max_downloads`: how often the file may be fetched."""

    expires_at: datetime | None = None
    password: Annotated[str, msgspec.Meta(min_length=4, max_length=256)] | None = None
    max_downloads: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)] | None = None


class ShareLink(msgspec.Struct, frozen=True):
    """A link as it may be shown: its token is not kept. `downloads`: how often the file was fetched from its beginning."""

    id: UUID
    media_id: UUID
    expires_at: datetime | None
    max_downloads: int | None
    downloads: int
    has_password: bool
    created_by: UUID
    created_at: datetime
    revoked_at: datetime | None


class NewShareLink(ShareLink, frozen=True, kw_only=True):
    """A link just made: `token` and `url` are shown this once."""

    token: str
    url: str


class StoredLink(ShareLink, frozen=True, kw_only=True):
    """A link with what its password is checked against."""

    password_hash: bytes | None


class LinkPage(msgspec.Struct, frozen=True):
    """One page of a list; `next_cursor` is None on the last."""

    items: tuple[ShareLink, ...]
    next_cursor: UUID | None
