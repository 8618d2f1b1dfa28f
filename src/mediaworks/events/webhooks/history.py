"""What became of each event on its way to an endpoint, and having it delivered again."""

from __future__ import annotations

from uuid import UUID

import msgspec

from mediaworks.accounts.model import Caller
from mediaworks.db import Database
from mediaworks.errors import Invalid
from mediaworks.events.audience import Audience
from mediaworks.events.webhooks.config import WebhooksConfig
from mediaworks.events.webhooks.fan_out import DAY_SECONDS, address
from mediaworks.events.webhooks.model import Delivery, DeliveryPage, DeliveryState, Listener, Span
from mediaworks.events.webhooks.queries import endpoints, journal, queueing
from mediaworks.events.webhooks.service import PAGE_LIMIT, owner_for, require_writer
from mediaworks.kit.moments import in_utc
from mediaworks.kit.paging import page_of, require_between

PAGE = 1000
MOST_IDS = 1000


class History:
    """Raises NotFound for an endpoint that is not the caller's to see."""

    def __init__(self, database: Database, audience: Audience, config: WebhooksConfig) -> None:
        self._database = database
        self._audience = audience
        self._seconds = config.retry_days * DAY_SECONDS

    async def deliveries(
        self, by: Caller, webhook_id: UUID, state: DeliveryState | None, *, before: int | None, limit: int
    ) -> DeliveryPage:
        """Raises Invalid."""
        require_between("limit", limit, PAGE_LIMIT)
        async with self._database.reading() as connection:
            await endpoints.webhook_by_id(connection, webhook_id, owner_for(by))
            found = await journal.list_deliveries(connection, webhook_id, state, before=before, limit=limit + 1)
        return DeliveryPage(*page_of(found, limit, lambda delivery: delivery.sequence))

    async def delivery(self, by: Caller, webhook_id: UUID, delivery_id: UUID) -> Delivery:
        async with self._database.reading() as connection:
            await endpoints.webhook_by_id(connection, webhook_id, owner_for(by))
            return await journal.delivery_by_id(connection, webhook_id, delivery_id)

    async def retry(self, by: Caller, webhook_id: UUID, delivery_id: UUID) -> Delivery:
        """Deliver it once more, at once if nothing earlier of its object waits."""
        require_writer(by)
        async with self._database.transaction() as connection:
            await endpoints.webhook_by_id(connection, webhook_id, owner_for(by))
            delivery = await journal.delivery_by_id(connection, webhook_id, delivery_id)
            event = await journal.event_by_id(connection, delivery.event_id)
            await queueing.put_again(connection, [(webhook_id, event)], self._seconds)
            await queueing.hurry(connection, webhook_id, delivery.subject)
            return await journal.delivery_by_id(connection, webhook_id, delivery_id)

    async def replay(self, by: Caller, webhook_id: UUID, span: Span) -> int:
        """Deliver again, in their order, the events of `span` that the endpoint wants and its owner may see; how many are
        queued by it. Raises Invalid when `span` does not say which."""
        require_writer(by)
        _check(span)
        queued, after = 0, 0
        while True:
            async with self._database.transaction() as connection:
                await endpoints.webhook_by_id(connection, webhook_id, owner_for(by))
                (listener,) = await endpoints.listeners(connection, [webhook_id])
                events = await journal.past_events(
                    connection, webhook_id, span, listener.types, after=after, limit=PAGE
                )
                addressed = await address(connection, events, [_from_the_beginning(listener)], self._audience)
                queued += await queueing.put_again(connection, addressed, self._seconds)
            if len(events) < PAGE:
                return queued
            after = events[-1].sequence


def _from_the_beginning(listener: Listener) -> Listener:
    return msgspec.structs.replace(listener, after=0)


def _check(span: Span) -> None:
    if span.since is None and span.event_ids is None and not span.only_failed:
        raise Invalid("since: say from when, or which event_ids, or only_failed", field="since")
    in_utc(span.since, "since")
    in_utc(span.until, "until")
    if span.event_ids is not None and len(span.event_ids) > MOST_IDS:
        raise Invalid(f"event_ids: at most {MOST_IDS}", field="event_ids", limit=MOST_IDS)
