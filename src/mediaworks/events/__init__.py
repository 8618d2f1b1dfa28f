"""What happened, written in the transaction in which it happened."""

from mediaworks.events.outbox import Event, forget_before, record

__all__ = ["Event", "forget_before", "record"]
