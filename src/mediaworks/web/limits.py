"""What a limited caller may still do, in the fields of draft-ietf-httpapi-ratelimit-headers-11."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from math import floor
from typing import Any
from uuid import UUID

from mediaworks.accounts import Caller
from mediaworks.accounts.allowances.model import Allotment, Holder, Level, Resource

UNITS = {Resource.REQUESTS: "requests", Resource.BYTES: "content-bytes"}  # those that the draft has a name for

Header = tuple[bytes, bytes]


def limit_headers(scope: Any) -> Iterable[Header]:
    """`RateLimit-Policy` and `RateLimit` for the caller of a request; nothing where nothing limits."""
    state = scope.get("state") or {}
    caller: Caller | None = state.get("caller")
    if caller is None or not caller.allowances:
        return ()
    return _headers(caller.allowances, state.get("levels", ()))


def _headers(allotments: Sequence[Allotment], levels: Sequence[Level]) -> list[Header]:
    policies = ", ".join(_policy(each) for each in allotments if each.resource in UNITS)
    limits = ", ".join(_limit(level) for level in levels)
    named = ((b"ratelimit-policy", policies), (b"ratelimit", limits))
    return [(name, value.encode("ascii")) for name, value in named if value]


def _policy(allotment: Allotment) -> str:
    unit = UNITS[allotment.resource]
    told = "" if unit == "requests" else f';qu="{unit}"'
    return f'"{allotment.name}";q={allotment.amount}{told};w={allotment.seconds}{_partition(allotment)}'


def _limit(level: Level) -> str:
    left = max(0, floor(level.available))
    return f'"{level.allotment.name}";r={left};t={max(1, level.seconds_until(left + 1))}{_partition(level.allotment)}'


def _partition(allotment: Allotment) -> str:
    """Which of several groups, as a byte sequence (RFC 9651 section 3.3.5)."""
    if allotment.holder is not Holder.GROUP:
        return ""
    return f";pk=:{b64encode(UUID(allotment.holder_id).bytes).decode()}:"
