"""Events to the addresses that users name: signed, in order for each object, at least once (see docs/webhooks.md)."""

from mediaworks.events.webhooks.room import WebhooksRoom, open_webhooks

__all__ = ["WebhooksRoom", "open_webhooks"]
