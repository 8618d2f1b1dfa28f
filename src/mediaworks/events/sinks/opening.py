"""Sinks by their addresses: whoever installs a package with an entry point in the group `mediaworks.sinks` adds a scheme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from mediaworks.errors import SetupError
from mediaworks.events.sinks.port import Sink, SinkFactory, Surroundings
from mediaworks.kit.plugins import brought

GROUP = "mediaworks.sinks"


def open_sinks(addresses: Iterable[str], surroundings: Surroundings) -> tuple[Sink, ...]:
    """Raises SetupError for a scheme that nobody knows, an address that cannot be, and two that are the same place."""
    sinks = tuple(_open(address, surroundings) for address in addresses)
    for name, count in Counter(sink.name for sink in sinks).items():
        if count > 1:
            raise SetupError(f"events.sinks: {name} is there {count} times")
    return sinks


def require_sinks(addresses: Iterable[str]) -> None:
    """As `open_sinks`, for who wants to know before anything runs. Raises SetupError."""
    open_sinks(addresses, Surroundings(lambda media_id, name: ""))


def _open(address: str, surroundings: Surroundings) -> Sink:
    scheme = address.partition("://")[0]
    factory: SinkFactory = brought(GROUP, scheme, setting="events.sinks")
    try:
        return factory(address, surroundings)
    except ValueError as error:
        raise SetupError(f"events.sinks: the address of {scheme}:// is none: {error}") from error
