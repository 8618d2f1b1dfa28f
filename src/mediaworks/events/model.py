from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


@dataclass(frozen=True, slots=True)
class Event:
    """Something that changes in the transaction that records it. `type`: one of the catalogue; `subject`: the id of what
    changed; `user_id`: whose it is."""

    type: str
    subject: UUID
    user_id: UUID | None
    data: dict[str, Any]


class Published(msgspec.Struct, frozen=True):
    """An event that was committed. `sequence` is its place among all: without gaps, and in the order of the changes for
    each subject. `id` stays the same however often the event is delivered. `version`: that of its type's payload."""

    sequence: int
    id: UUID
    type: str
    subject: UUID
    user_id: UUID | None
    data: dict[str, Any]
    created_at: datetime
    version: int = 1
