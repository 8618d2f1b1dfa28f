from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, ip_network

from mediaworks.kit.egress.addresses import Address, Network, embedded, is_routable

_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class EgressConfig:
    """`allow`: networks (`10.2.0.0/16`, `fd00:7::/64`, `127.0.0.1`) and host names that may be reached although they
    are not public. A name that stands here is trusted whatever it resolves to."""

    allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for entry in self.allow:
            if _network(entry) is None and not _is_name(entry):
                raise ValueError(f"allow: {entry!r} is neither a network such as 10.2.0.0/16 nor a host name")

    def permits_name(self, host: str) -> bool:
        return host.lower().removesuffix(".") in self._names

    def permits(self, address: Address) -> bool:
        """Whether `address` may be connected to: it, and each IPv4 address that it leads to, is public or allowed."""
        if self._contains(address):
            return True
        return is_routable(address) and all(self._open(inner) for inner in embedded(address))

    def _open(self, address: IPv4Address) -> bool:
        return is_routable(address) or self._contains(address)

    def _contains(self, address: Address) -> bool:
        if not isinstance(address, IPv4Address) and address.scope_id is not None:
            return False
        return any(address in network for network in self._networks)

    @cached_property
    def _networks(self) -> tuple[Network, ...]:
        return tuple(network for entry in self.allow if (network := _network(entry)) is not None)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(entry.lower().removesuffix(".") for entry in self.allow if _network(entry) is None)


def _network(entry: str) -> Network | None:
    try:
        return ip_network(entry)
    except ValueError:
        return None


def _is_name(entry: str) -> bool:
    last = entry.removesuffix(".").rpartition(".")[2]
    return bool(_HOST_NAME.fullmatch(entry)) and not last.isdecimal()
