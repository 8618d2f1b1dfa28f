"""Where events go: one file for each kind of place."""

from mediaworks.events.sinks.opening import open_sinks, require_sinks
from mediaworks.events.sinks.port import Sink, SinkFactory, Surroundings

__all__ = ["Sink", "SinkFactory", "Surroundings", "open_sinks", "require_sinks"]
