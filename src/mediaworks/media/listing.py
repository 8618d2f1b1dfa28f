"""What to list, in which order, and the cursor that goes on where a page ended (keyset, so any page costs the same)."""

from __future__ import annotations

import base64
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import msgspec

from mediaworks.accounts import Caller
from mediaworks.errors import Invalid
from mediaworks.media.model import Media, Status, Visibility
from mediaworks.processing import Kind


class Sort(StrEnum):
    """The order of a list; a minus turns it round."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    LARGEST = "-size_bytes"
    SMALLEST = "size_bytes"
    NAME = "original_name"
    NAME_REVERSED = "-original_name"

    @property
    def column(self) -> str:
        return self.value.lstrip("-")

    @property
    def descending(self) -> bool:
        return self.value.startswith("-")


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Every condition that is given must hold; `owner` None means everybody's. Sizes in bytes. `shared_with`: what others
    share with this user, or with one of `groups`."""

    owner: UUID | None
    shared_with: UUID | None = None
    groups: frozenset[UUID] = frozenset()
    deleted: bool = False
    status: Status | None = None
    kind: Kind | None = None
    processing_status: str | None = None
    tags: tuple[str, ...] = ()
    visibility: Visibility | None = None
    name: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    min_size: int | None = None
    max_size: int | None = None
    request_number: str | None = None
    parent: UUID | None = None


def seen_by(caller: Caller, scope: Literal["all", "own", "shared"]) -> dict[str, Any]:
    """The conditions of a `Filter` that say whose objects are meant. Raises Forbidden for everybody's to those who may not
    see them."""
    if scope == "all":
        caller.require_everybody()
    if scope == "shared":
        return {"owner": None, "shared_with": caller.user_id, "groups": caller.groups}
    return {"owner": caller.user_id if scope == "own" else None}


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """The place after one object in one order."""

    sort: Sort
    value: datetime | int | str
    id: UUID

    @classmethod
    def after(cls, media: Media, sort: Sort) -> Cursor:
        return cls(sort, getattr(media, sort.column), media.id)

    def encode(self) -> str:
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str, sort: Sort) -> Cursor:
        """Raises Invalid for a text that is no cursor, or one that belongs to another order."""
        try:
            raw: Any = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            cursor = msgspec.convert(raw, _TYPED[sort], strict=False)
        except (ValueError, msgspec.MsgspecError) as error:
            raise Invalid("cursor: is not one that a list has given", field="cursor") from error
        if cursor.sort != sort:
            raise Invalid(f"cursor: belongs to the order {cursor.sort.value}", field="cursor")
        return cls(cursor.sort, cursor.value, cursor.id)


class _TimeCursor(msgspec.Struct, array_like=True):
    sort: Sort
    value: datetime
    id: UUID


class _SizeCursor(msgspec.Struct, array_like=True):
    sort: Sort
    value: int
    id: UUID


class _NameCursor(msgspec.Struct, array_like=True):
    sort: Sort
    value: str
    id: UUID


_BY_COLUMN: dict[str, Any] = {
    "created_at": _TimeCursor,
    "size_bytes": _SizeCursor,
    "original_name": _NameCursor,
}
_TYPED = {sort: _BY_COLUMN[sort.column] for sort in Sort}
