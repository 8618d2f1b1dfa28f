"""An event as callers see it, whatever way it goes to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.events.model import Published


class EventView(msgspec.Struct, frozen=True):
    """`id` stays the same however often it is delivered; `sequence` is its place among all; `subject`: what changed,
    `user_id`: whose it is; `version`: that of the type's `data`."""

    id: UUID
    type: str
    version: int
    subject: UUID
    user_id: UUID | None
    occurred_at: datetime
    sequence: int
    data: dict[str, Any]


def event_view(event: Published) -> EventView:
    return EventView(
        id=event.id,
        type=event.type,
        version=event.version,
        subject=event.subject,
        user_id=event.user_id,
        occurred_at=event.created_at,
        sequence=event.sequence,
        data=event.data,
    )
