"""From an event to the endpoints that are to hear of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from mediaworks.db import Connection, Database
from mediaworks.events.audience import Audience
from mediaworks.events.catalogue import SHARED_TYPES
from mediaworks.events.model import Published
from mediaworks.events.webhooks.config import WebhooksConfig
from mediaworks.events.webhooks.model import Listener
from mediaworks.events.webhooks.queries import endpoints, queueing

DAY_SECONDS = 86400.0


class WebhooksSink:
    """Writes deliveries; who sends them is the dispatcher. So a slow endpoint holds up nobody."""

    name = "webhooks"

    def __init__(self, database: Database, audience: Audience, config: WebhooksConfig) -> None:
        self._database = database
        self._audience = audience
        self._seconds = config.retry_days * DAY_SECONDS

    async def deliver(self, events: Sequence[Published]) -> None:
        async with self._database.transaction() as connection:
            found = await endpoints.listeners(connection)
            if addressed := await address(connection, events, found, self._audience):
                await queueing.put(connection, addressed, self._seconds)

    async def close(self) -> None:
        """There is nothing to let go."""


async def address(
    connection: Connection, events: Sequence[Published], listeners: Sequence[Listener], audience: Audience
) -> list[tuple[UUID, Published]]:
    """Each event with the id of each endpoint that wants it and whose owner may see it."""
    wanted = frozenset().union(*(listener.types for listener in listeners))
    subjects = {event.subject for event in events if event.type in wanted}
    if not subjects:
        return []
    shared = await audience.of(connection, subjects)
    return [
        (listener.id, event)
        for event in events
        for listener in _hearing(event, listeners, frozenset(shared.get(event.subject, ())))
    ]


def _hearing(event: Published, listeners: Sequence[Listener], audience: frozenset[UUID]) -> Iterator[Listener]:
    others = audience if event.type in SHARED_TYPES else frozenset()
    for listener in listeners:
        if event.type not in listener.types or event.sequence <= listener.after:
            continue
        if listener.hears_all or event.user_id == listener.user_id or not others.isdisjoint(listener.readers):
            yield listener
