"""What happened, written in the transaction in which it happened, and who hears of it."""

from mediaworks.events.log import EventLog
from mediaworks.events.model import Event, Published
from mediaworks.events.outbox import cause, record

__all__ = ["Event", "EventLog", "Published", "cause", "record"]
