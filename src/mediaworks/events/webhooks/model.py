from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from mediaworks.events.model import Published


class Whose(StrEnum):
    """Whose events an endpoint hears of: those that its owner may see, or everybody's."""

    OWN = "own"
    ALL = "all"


class DeliveryState(StrEnum):
    """`failed`: it was tried for as long as the settings say; `replay` or `retry` have it tried again."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Secret(msgspec.Struct, frozen=True):
    """A signing secret; one that was replaced signs beside its successor until `ends_at`."""

    secret: str
    ends_at: datetime | None = None


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint. `events`: types, or beginnings such as `media.*`. `failing_since`: when the first attempt failed since
    one succeeded."""

    id: UUID
    user_id: UUID
    url: str
    events: tuple[str, ...]
    description: str
    scope: Whose
    enabled: bool
    disabled_at: datetime | None
    disabled_reason: str | None
    failing_since: datetime | None
    created_at: datetime


class NewWebhook(Webhook, frozen=True, kw_only=True):
    """An endpoint whose secret is shown this once."""

    secret: str


class WebhookPage(msgspec.Struct, frozen=True):
    """`next_cursor` is None on the last page."""

    items: tuple[Webhook, ...]
    next_cursor: UUID | None


class WebhookChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field left out stays. `enabled`: true goes on with what waits; what happened meanwhile comes by a replay."""

    url: str | msgspec.UnsetType = msgspec.UNSET
    events: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    description: str | msgspec.UnsetType = msgspec.UNSET
    enabled: bool | msgspec.UnsetType = msgspec.UNSET


class Attempt(msgspec.Struct, frozen=True):
    """One request to an endpoint. `status` None: there was no answer, and `error` says why; `answer` is its beginning."""

    at: datetime
    status: int | None
    duration_ms: int
    error: str | None
    answer: str | None

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one event on its way to one endpoint. `tries` counts since it was last queued; `attempts` are the
    last twenty. `next_attempt_at`: when its object's turn comes; an earlier event of the same object goes first."""

    id: UUID
    event_id: UUID
    type: str
    subject: UUID
    sequence: int
    state: DeliveryState
    tries: int
    attempts: tuple[Attempt, ...]
    created_at: datetime
    expires_at: datetime
    finished_at: datetime | None
    next_attempt_at: datetime | None


class DeliveryPage(msgspec.Struct, frozen=True):
    """The newest event first; `next_cursor` is None on the last page."""

    items: tuple[Delivery, ...]
    next_cursor: int | None


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Which events to replay: those that fulfil every condition that is given."""

    since: datetime | None = None
    until: datetime | None = None
    event_ids: tuple[UUID, ...] | None = None
    only_failed: bool = False


class Listener(msgspec.Struct, frozen=True):
    """An endpoint as the fan-out sees it: the types it wants, and what its owner may see now. `readers`: the ids of the
    owner and its groups."""

    id: UUID
    user_id: UUID
    readers: frozenset[UUID]
    hears_all: bool
    types: frozenset[str]
    after: int


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that this process is to attempt, until its lease is over."""

    endpoint_id: UUID
    lease: UUID
    delivery_id: UUID
    tries: int
    expires_at: datetime
    url: str
    secrets: tuple[Secret, ...]
    event: Published


class Outcome(msgspec.Struct, frozen=True):
    """How an attempt went. `retry_after`: for how many seconds the endpoint wants to be left alone."""

    claim: Claim
    attempt: Attempt
    retry_after: float | None = None
