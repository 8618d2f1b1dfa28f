"""A bound on what callers whom nobody knows can write into the log."""

from __future__ import annotations

import time
from ipaddress import ip_address, ip_network

MINUTE = 60.0
REMEMBERED = 10_000


class Flood:
    """Counts by address; an IPv6 address counts as its /64, which is what one customer has."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._counts: dict[str, tuple[float, int]] = {}

    def pass_over(self, address: str | None) -> int | None:
        """None when this refusal is one too many; else how many were passed over before it."""
        source, now = _source(address), time.monotonic()
        began, count = self._counts.pop(source, (now, 0))
        skipped = max(0, count - self._per_minute)
        if now - began >= MINUTE:
            began, count = now, 0
        elif count < self._per_minute:
            skipped = 0
        else:
            self._counts[source] = (began, count + 1)
            return None
        if len(self._counts) >= REMEMBERED:
            del self._counts[next(iter(self._counts))]
        self._counts[source] = (began, count + 1)
        return skipped


def _source(address: str | None) -> str:
    try:
        found = ip_address(address or "")
    except ValueError:
        return ""
    return str(found) if found.version == 4 else str(ip_network((found, 64), strict=False))
