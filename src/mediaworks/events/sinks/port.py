from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from mediaworks.events.model import Published


@runtime_checkable
class Sink(Protocol):
    """Where events go. One process at a time delivers to a sink, in order, and remembers how far it came."""

    name: str

    async def deliver(self, events: Sequence[Published]) -> None:
        """Take over these events, whole or not at all; whatever is raised has all of them delivered again later."""

    async def close(self) -> None: ...
