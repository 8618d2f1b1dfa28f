"""Routes for webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, delete, get, patch, post
from litestar.datastructures import State
from litestar.openapi.spec import Example
from litestar.params import Body
from litestar.params import QueryParameter as Query

from mediaworks.accounts import Caller, Scope
from mediaworks.events.webhooks.history import History
from mediaworks.events.webhooks.model import (
    Attempt,
    Delivery,
    DeliveryPage,
    DeliveryState,
    NewWebhook,
    Span,
    Webhook,
    WebhookChanges,
    WebhookPage,
    Whose,
)
from mediaworks.events.webhooks.service import Webhooks

EXAMPLE = Example(value={"url": "https://example.org/hooks", "events": ["media.*"]})


class Rooms(State):
    """What these routes work with."""

    webhooks: Webhooks
    webhook_history: History


class WebhookRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`events`: types, beginnings such as `media.*`, or `*`. `scope`: `all` for everybody's events, for administrators and
    services."""

    url: str
    events: tuple[str, ...]
    description: str = ""
    scope: Whose = Whose.OWN


class RotationRequest(msgspec.Struct, forbid_unknown_fields=True):
    """For how many hours the old secret signs beside the new one."""

    overlap_hours: float = 24


class ReplayRequest(msgspec.Struct, forbid_unknown_fields=True):
    """All conditions that are given hold; at least one of `since`, `event_ids`, `only_failed` is needed."""

    since: datetime | None = None
    until: datetime | None = None
    event_ids: tuple[UUID, ...] | None = None
    only_failed: bool = False


class Queued(msgspec.Struct):
    """How many events are on their way again."""

    queued: int


class TestResult(msgspec.Struct):
    """What came back. `delivered`: whether the endpoint took it (2xx)."""

    delivered: bool
    attempt: Attempt


@post("/", summary="Make a webhook")
async def create_webhook(
    caller: Caller, data: Annotated[WebhookRequest, Body(examples=[EXAMPLE])], state: Rooms
) -> NewWebhook:
    """Events that happen from now on are POSTed to it, signed by Standard Webhooks. The answer shows the secret this once."""
    caller.require(Scope.EVENTS)
    return await state.webhooks.create(
        caller, url=data.url, events=data.events, description=data.description, scope=data.scope
    )


@get("/", summary="List webhooks")
async def list_webhooks(
    caller: Caller,
    state: Rooms,
    limit: Annotated[int, Query(description="Webhooks on a page")] = 50,
    cursor: Annotated[UUID | None, Query(description="`next_cursor` of the page before")] = None,
    whose: Annotated[
        Whose | None, Query(name="scope", description="`own` or `all`; all that you may see when left out")
    ] = None,
) -> WebhookPage:
    """Yours; everybody's for administrators and services."""
    caller.require(Scope.EVENTS)
    return await state.webhooks.list(caller, whose=whose, after=cursor, limit=limit)


@get("/{webhook_id:uuid}", summary="One webhook")
async def get_webhook(caller: Caller, webhook_id: UUID, state: Rooms) -> Webhook:
    caller.require(Scope.EVENTS)
    return await state.webhooks.get(caller, webhook_id)


@patch("/{webhook_id:uuid}", summary="Change a webhook")
async def change_webhook(caller: Caller, webhook_id: UUID, data: WebhookChanges, state: Rooms) -> Webhook:
    """`{"enabled": true}` goes on with what waits; what happened while it was off comes by a replay."""
    caller.require(Scope.EVENTS)
    return await state.webhooks.change(caller, webhook_id, data)


@delete("/{webhook_id:uuid}", summary="Delete a webhook")
async def delete_webhook(caller: Caller, webhook_id: UUID, state: Rooms) -> None:
    """With its log, and what it has not taken yet."""
    caller.require(Scope.EVENTS)
    await state.webhooks.delete(caller, webhook_id)


@post("/{webhook_id:uuid}/rotate-secret", summary="Give a webhook another secret", status_code=200)
async def rotate_secret(
    caller: Caller, webhook_id: UUID, state: Rooms, data: RotationRequest | None = None
) -> NewWebhook:
    """The answer shows it this once. Until the old one ends both sign, so that the receiver can change at leisure."""
    caller.require(Scope.EVENTS)
    hours = (data or RotationRequest()).overlap_hours
    return await state.webhooks.rotate_secret(caller, webhook_id, hours)


@post("/{webhook_id:uuid}/test", summary="Send a webhook a test", status_code=200)
async def test_webhook(caller: Caller, webhook_id: UUID, state: Rooms) -> TestResult:
    """Sends `webhook.test` now, and answers with what came back."""
    caller.require(Scope.EVENTS)
    attempt = await state.webhooks.test(caller, webhook_id)
    return TestResult(attempt.succeeded, attempt)


@post("/{webhook_id:uuid}/replay", summary="Deliver past events again", status_code=202)
async def replay(caller: Caller, webhook_id: UUID, data: ReplayRequest, state: Rooms) -> Queued:
    """As far back as events are kept; a repeated event has the id that it had before."""
    caller.require(Scope.EVENTS)
    span = Span(since=data.since, until=data.until, event_ids=data.event_ids, only_failed=data.only_failed)
    return Queued(await state.webhook_history.replay(caller, webhook_id, span))


@get("/{webhook_id:uuid}/deliveries", summary="The log of a webhook")
async def list_deliveries(
    caller: Caller,
    webhook_id: UUID,
    state: Rooms,
    limit: Annotated[int, Query(description="Deliveries on a page")] = 50,
    cursor: Annotated[int | None, Query(description="`next_cursor` of the page before")] = None,
    only: Annotated[DeliveryState | None, Query(name="state", description="Only those in this state")] = None,
) -> DeliveryPage:
    """Each event with its attempts, the newest event first; kept as long as events are."""
    caller.require(Scope.EVENTS)
    return await state.webhook_history.deliveries(caller, webhook_id, only, before=cursor, limit=limit)


@get("/{webhook_id:uuid}/deliveries/{delivery_id:uuid}", summary="One delivery of a webhook")
async def get_delivery(caller: Caller, webhook_id: UUID, delivery_id: UUID, state: Rooms) -> Delivery:
    caller.require(Scope.EVENTS)
    return await state.webhook_history.delivery(caller, webhook_id, delivery_id)


@post("/{webhook_id:uuid}/deliveries/{delivery_id:uuid}/retry", summary="Deliver once more", status_code=202)
async def retry_delivery(caller: Caller, webhook_id: UUID, delivery_id: UUID, state: Rooms) -> Delivery:
    """At once, if nothing earlier of the same object waits."""
    caller.require(Scope.EVENTS)
    return await state.webhook_history.retry(caller, webhook_id, delivery_id)


router = Router(
    "/api/v1/webhooks",
    route_handlers=[
        create_webhook, list_webhooks, get_webhook, change_webhook, delete_webhook, rotate_secret, test_webhook, replay,
        list_deliveries, get_delivery, retry_delivery,
    ],
    tags=["webhooks"],
)  # fmt: skip
