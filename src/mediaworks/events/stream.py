"""One client's stream of server-sent events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import msgspec
import structlog

from mediaworks.errors import Forbidden, MediaworksError, Unauthenticated
from mediaworks.events.hub import Hub
from mediaworks.events.model import Published
from mediaworks.events.view import event_view
from mediaworks.events.wanted import Wanted

log = structlog.get_logger(__name__)

RETRY_MILLISECONDS = 2000
BEAT_SECONDS = 15.0


class Access:
    """What a client may see, asked again every so many seconds: a key can be revoked while a stream is open."""

    def __init__(self, wanted: Wanted, ask: Callable[[], Awaitable[Wanted]], seconds: float) -> None:
        """`until`: when it is to be asked again (time.monotonic)."""
        self._seconds = seconds
        self._wanted = wanted
        self._ask = ask
        self.until = time.monotonic() + self._seconds

    async def wanted(self) -> Wanted:
        """Raises Unauthenticated or Forbidden when the client may see nothing any more."""
        if time.monotonic() >= self.until:
            try:
                self._wanted = await self._ask()
            except (Unauthenticated, Forbidden):
                raise
            except MediaworksError as outage:  # nothing new can be read now either
                log.warning("access_unknown", code=outage.code, detail=outage.detail)
            self.until = time.monotonic() + self._seconds
        return self._wanted


async def follow(hub: Hub, place: int, event_id: UUID | None, access: Access) -> AsyncIterator[bytes]:
    """Messages for all that follows the event `event_id`, whose number is `place`, and a comment when nothing came for a
    while; ends when access does. That id is said first, so that who loses the line before anything comes loses nothing."""
    known = f"id: {event_id}\n" if event_id else ""
    yield f"retry: {RETRY_MILLISECONDS}\n{known}: connected\n\n".encode()
    beat = time.monotonic() + BEAT_SECONDS
    try:
        while True:
            more = hub.next()
            before, (found, place) = place, await hub.after(place, await access.wanted())
            for event in found:
                await access.wanted()
                yield message(event)
            if found:
                beat = time.monotonic() + BEAT_SECONDS
            elif place == before:
                await more.wait(max(0.0, min(beat, access.until) - time.monotonic()))
            if time.monotonic() >= beat:
                yield b": beat\n\n"
                beat = time.monotonic() + BEAT_SECONDS
    except (Unauthenticated, Forbidden) as end:
        yield f": {end.code}\n\n".encode()


def message(event: Published) -> bytes:
    data = msgspec.json.encode(event_view(event))
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (str(event.id).encode(), event.type.encode(), data)
