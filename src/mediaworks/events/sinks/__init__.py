"""Where events go: one file for each kind of place."""

from mediaworks.events.sinks.port import Sink

__all__ = ["Sink"]
