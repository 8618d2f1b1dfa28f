"""What an endpoint is sent: the body that Standard Webhooks recommends, with an event's other facts beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.events.model import Published

TEST = "webhook.test"


class Message(msgspec.Struct, frozen=True):
    """`sequence` is the place among all events, None for a test, which has none."""

    type: str
    timestamp: datetime
    data: dict[str, Any]
    id: UUID
    version: int
    subject: UUID
    user_id: UUID | None
    sequence: int | None


def message_of(event: Published) -> Message:
    return Message(
        event.type, event.created_at, event.data, event.id, event.version, event.subject, event.user_id, event.sequence
    )


def test_message(message_id: UUID, endpoint_id: UUID, user_id: UUID, at: datetime) -> Message:
    data = {"webhook_id": str(endpoint_id)}
    return Message(TEST, at, data, message_id, 1, endpoint_id, user_id, None)
