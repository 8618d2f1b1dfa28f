from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from mediaworks.media.model import Access


class Recipient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """With whom, a user or a group, and what for: to `view`, or also to `edit` name, tags and metadata."""

    user_id: UUID | None = None
    group_id: UUID | None = None
    access: Literal["view", "edit"] = "view"


class Share(msgspec.Struct, frozen=True):
    """One of `user_id` and `group_id` is given; `created_by`: who shared."""

    id: UUID
    media_id: UUID
    user_id: UUID | None
    group_id: UUID | None
    access: Access
    created_by: UUID
    created_at: datetime


class SharePage(msgspec.Struct, frozen=True):
    """One page of a list; `next_cursor` is None on the last."""

    items: tuple[Share, ...]
    next_cursor: UUID | None
