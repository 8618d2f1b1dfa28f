from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable
from uuid import UUID

from mediaworks.events.model import Published


@runtime_checkable
class Sink(Protocol):
    """Where events go. One process at a time delivers to a sink, in order, and remembers under `name` how far it came."""

    name: str

    async def deliver(self, events: Sequence[Published]) -> None:
        """Take over these events, whole or not at all; whatever is raised has all of them delivered again later."""

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a sink may need of the installation. `public_url`: where everybody can have a media object, by id and name."""

    public_url: Callable[[UUID, str], str]


SinkFactory = Callable[[str, Surroundings], Sink]
"""Makes the sink for an address, without connecting to it yet. Raises ValueError for an address that cannot be."""
