"""All of webhooks, put together."""

from __future__ import annotations

from dataclasses import dataclass

from mediaworks.db import Database
from mediaworks.db.presence import Presence
from mediaworks.events.audience import Audience
from mediaworks.events.webhooks.config import WebhooksConfig
from mediaworks.events.webhooks.dispatching import Dispatcher
from mediaworks.events.webhooks.fan_out import WebhooksSink
from mediaworks.events.webhooks.history import History
from mediaworks.events.webhooks.sending import Sender
from mediaworks.events.webhooks.service import Webhooks
from mediaworks.kit.egress import Egress


@dataclass(frozen=True, slots=True)
class WebhooksRoom:
    """`sink` belongs to the relay; `dispatcher` runs in the workers."""

    service: Webhooks
    history: History
    sink: WebhooksSink
    dispatcher: Dispatcher
    sender: Sender

    async def close(self) -> None:
        await self.sender.close()


def open_webhooks(
    database: Database, presence: Presence, egress: Egress, audience: Audience, config: WebhooksConfig
) -> WebhooksRoom:
    """To be called before `presence.start`; `audience` says with whom the subjects of events are shared."""
    sender = Sender(egress, config.seconds)
    return WebhooksRoom(
        Webhooks(database, egress, sender, config),
        History(database, audience, config),
        WebhooksSink(database, audience, config),
        Dispatcher(database, presence, sender, config),
        sender,
    )
