from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from mediaworks.accounts.policy import Policy


class Group(msgspec.Struct, frozen=True):
    """`policy`: limits on what each member uploads."""

    id: UUID
    name: str
    policy: Policy
    created_at: datetime


class Member(msgspec.Struct, frozen=True):
    id: UUID
    name: str


class GroupDetails(Group, frozen=True, kw_only=True):
    """A group and who is in it, by name."""

    members: tuple[Member, ...]


class GroupPage(msgspec.Struct, frozen=True):
    """One page of a list; `next_cursor` is None on the last."""

    items: tuple[Group, ...]
    next_cursor: UUID | None


class GroupChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an administrator may change; a field left out stays."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    policy: Policy | msgspec.UnsetType = msgspec.UNSET
