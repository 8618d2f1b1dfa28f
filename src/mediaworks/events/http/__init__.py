"""Routes for events."""

from litestar import Router

from mediaworks.events.http.history import history, types
from mediaworks.events.http.sinks import sinks
from mediaworks.events.http.stream import stream

router = Router("/api/v1/events", route_handlers=[stream, history, types, sinks], tags=["events"])

__all__ = ["router"]
