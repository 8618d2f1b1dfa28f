"""Where a request comes from, when proxies stand in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def parse_networks(entries: Iterable[str]) -> tuple[Network, ...]:
    """Networks such as `10.2.0.0/16`, or single addresses. Raises ValueError that names the wrong one."""
    return tuple(_network(entry) for entry in entries)


def peer_address(scope: Any) -> str | None:
    """Who holds the other end of the connection; None when it is no network connection."""
    return str(scope["client"][0]) if scope.get("client") else None


def client_address(scope: Any, proxies: Sequence[Network]) -> str | None:
    """The client behind trusted proxies: the rightmost address of X-Forwarded-For that is none of theirs.

    What stands further left, or was said by anybody else, anyone may have made up. Something that is no address ends the
    search at the proxy that wrote it down.
    """
    known = peer_address(scope)
    if known is None or not proxies or not is_within(known, proxies):
        return known
    for hop in reversed(_forwarded(scope)):
        address = parse_address(hop)
        if address is None:
            return known
        known = str(address)
        if not is_within(known, proxies):
            return known
    return known


def is_within(address: str | None, networks: Sequence[Network]) -> bool:
    """Whether `address` lies in one of the networks; IPv4 that is mapped into IPv6 counts as IPv4."""
    parsed = parse_address(address or "")
    return parsed is not None and any(parsed in network for network in networks)


def parse_address(text: str) -> Address | None:
    """The address in `text`, without a port; None when there is none."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _forwarded(scope: Any) -> list[str]:
    told = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return [hop for line in told for hop in line.split(",") if hop.strip()]


def _network(entry: str) -> Network:
    try:
        return ip_network(entry)
    except ValueError as error:
        raise ValueError(f"{entry!r} is no network such as 10.2.0.0/16") from error
