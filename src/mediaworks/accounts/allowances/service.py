"""What callers may use: taken, charged, and refused with the moment from which on it is there again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from math import floor

import structlog

from mediaworks.accounts.allowances.model import Allotment, Level, Outcome, Resource
from mediaworks.accounts.allowances.port import Buckets
from mediaworks.errors import RateLimited, TooLarge, Unavailable

log = structlog.get_logger(__name__)

REST_SECONDS = 1.0
NOTHING_TO_COUNT = Outcome(True, ())
LOOKED_AT = frozenset({Resource.BYTES, Resource.MEGAPIXEL_SECONDS, Resource.VIDEO_SECONDS})


class Allowances:
    """While the buckets cannot be reached, everything passes: a limit is no reason to be away. Then the log has a warning,
    and for a second nobody asks again."""

    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets
        self._rests_until = 0.0

    async def take_request(self, allotments: Sequence[Allotment]) -> Outcome:
        """Count one request in every bucket for requests, or in none when one of them is empty."""
        counted = [each for each in allotments if each.resource is Resource.REQUESTS]
        if not counted or self._rests():
            return NOTHING_TO_COUNT
        try:
            return await self._buckets.take(1, counted)
        except Unavailable as outage:
            return self._pass(outage)

    async def require(self, allotments: Sequence[Allotment], size: int) -> None:
        """Raise RateLimited when an upload of `size` bytes is more than is left; TooLarge when it will never fit."""
        looked_at = [each for each in allotments if each.resource in LOOKED_AT]
        if not looked_at or self._rests():
            return
        try:
            levels = await self._buckets.levels(looked_at)
        except Unavailable as outage:
            self._pass(outage)
            return
        for level in levels:
            _check(level, size)

    async def charge(self, allotments: Sequence[Allotment], resource: Resource, count: float) -> None:
        """Count what was used, even beyond what was left."""
        charged = [each for each in allotments if each.resource is resource]
        if not charged or count <= 0 or self._rests():
            return
        try:
            await self._buckets.charge(count, charged)
        except Unavailable as outage:
            self._pass(outage)

    async def close(self) -> None:
        await self._buckets.close()

    def _rests(self) -> bool:
        return time.monotonic() < self._rests_until

    def _pass(self, outage: Unavailable) -> Outcome:
        self._rests_until = time.monotonic() + REST_SECONDS
        log.warning("allowances_not_counted", reason=outage.detail)
        return NOTHING_TO_COUNT


def refusal(levels: Sequence[Level], count: float) -> RateLimited:
    """What is said to whom `count` is not left, of the bucket that takes the longest."""
    level = max(levels, key=lambda each: each.seconds_until(count))
    allotment = level.allotment
    return RateLimited(
        f"{max(0, floor(level.available))} of {allotment.amount} {allotment.resource.value} in {allotment.seconds} s are left",
        policy=allotment.name,
        limit=allotment.amount,
        window_seconds=allotment.seconds,
        retry_after=max(1, level.seconds_until(count)),
    )


def _check(level: Level, size: int) -> None:
    wanted = size if level.allotment.resource is Resource.BYTES else 0
    if wanted > level.allotment.amount:
        raise TooLarge(
            f"file: {wanted} bytes are more than the {level.allotment.amount} of {level.allotment.seconds} s",
            code="over_allowance",
            field="file",
            limit=level.allotment.amount,
        )
    if level.available < wanted or level.available <= 0:
        raise refusal([level], max(wanted, 1))
