"""From where a key may be used."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from mediaworks.errors import Forbidden, Invalid
from mediaworks.kit.peers import Network, is_within, parse_networks

_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#@\s,]+")


class Bounds(msgspec.Struct, frozen=True):
    """Web pages and networks; empty is anywhere."""

    origins: frozenset[str]
    addresses: tuple[str, ...]

    def check(self, origin: str | None, address: str | None) -> None:
        """Raise Forbidden for a request from elsewhere. Without an Origin no web page asks, and only the address counts."""
        if self.origins and origin is not None and origin.lower() not in self.origins:
            raise Forbidden("This key may not be used by pages of this origin", code="origin_not_allowed")
        if self.addresses and not is_within(address, _networks(self.addresses)):
            raise Forbidden("This key may not be used from this address", code="address_not_allowed_for_key")


def bounds_of(origins: Iterable[str], addresses: Iterable[str]) -> Bounds | None:
    """None when there are none."""
    bounds = Bounds(frozenset(origins), tuple(addresses))
    return bounds if bounds.origins or bounds.addresses else None


@lru_cache(maxsize=1024)
def _networks(addresses: tuple[str, ...]) -> tuple[Network, ...]:
    return parse_networks(addresses)


def checked_origins(origins: Iterable[str]) -> tuple[str, ...]:
    """As browsers write them. Raises Invalid for what is no origin (RFC 6454)."""
    found = tuple(sorted({origin.strip().lower().removesuffix("/") for origin in origins}))
    for origin in found:
        if not _ORIGIN.fullmatch(origin):
            raise Invalid(
                f"allowed_origins: {origin!r} is no origin such as https://www.example.org", field="allowed_origins"
            )
    return found


def checked_addresses(addresses: Iterable[str]) -> tuple[str, ...]:
    """Raises Invalid for what is no network."""
    try:
        return tuple(sorted({str(network) for network in parse_networks(addresses)}))
    except ValueError as error:
        raise Invalid(f"allowed_addresses: {error}", field="allowed_addresses") from error
